import assert from "node:assert/strict";
import test from "node:test";
import { HELD, STATE, filesOf, pagesOf } from "../../../meals/static/till/kept.js";
import { Shell, serve } from "../../../meals/static/till/worker.js";
import { FakeCaches, fileOf, pageOf } from "./caches.mjs";

const origin = "https://till.example";
const request = { method: "GET", url: `${origin}/till`, mode: "navigate" };

/** A worker of a build; `server` answers by path, and may throw or wait. */
function shellOf(build, server, caches = new FakeCaches(), isAlone = () => true) {
  const config = { build, files: [`/assets/${build}/a.js`, `/assets/${build}/b.css`], origin, till: "/till", guest: "/till/guest/", patience_ms: 40, nothing: "nobody", headers: {} };
  const fetch = async (asked) => server(new URL(asked.url ?? asked, origin).pathname);
  return new Shell({ caches, fetch, config, isAlone, now: () => 1000 });
}

const serving = (build, about) => async (path) => (path.startsWith("/assets/") ? fileOf(path) : pageOf(build, about));
const down = async () => { throw new TypeError("Failed to fetch"); };
const open = async (shell, asked = request) => {
  const works = [];
  const answer = await shell.open(asked, (work) => works.push(work));
  const text = await answer.text();
  await Promise.all(works);
  return { text, status: answer.status };
};

test("installed, the till opens without the server, with every file", async () => {
  const caches = new FakeCaches();
  await shellOf("aa", serving("aa"), caches).install();
  const offline = shellOf("aa", down, caches);
  const { text } = await open(offline);
  assert.match(text, /data-kept-at="1000".*aa 5/s);
  for (const file of offline.config.files) assert.equal(await (await offline.file({ url: origin + file })).text(), file);
});

test("a file of another build spoils the installation, so that it is tried again later", async () => {
  for (const answer of [fileOf("x", { stays: false }), new Response("gone", { status: 404 })]) {
    const shell = shellOf("aa", async (path) => (path.endsWith("b.css") ? answer.clone() : fileOf(path)));
    await assert.rejects(shell.install(), /is not of build aa/);
  }
});

test("nobody logged in at installation: the page is kept when it is first opened", async () => {
  const caches = new FakeCaches();
  const toLogIn = async (path) => (path.startsWith("/assets/") ? fileOf(path) : { status: 0, headers: new Headers(), clone() { return this; } });
  await shellOf("aa", toLogIn, caches).install();
  assert.equal((await open(shellOf("aa", down, caches))).text, "nobody");
  await open(shellOf("aa", serving("aa"), caches));
  assert.match((await open(shellOf("aa", down, caches))).text, /aa 5/);
});

test("a server that takes too long is not waited for, and its page is kept all the same", async () => {
  const caches = new FakeCaches();
  await shellOf("aa", serving("aa"), caches).install();
  const slow = async () => { await new Promise((resolve) => setTimeout(resolve, 120)); return pageOf("aa", { text: "fresh" }); };
  assert.doesNotMatch((await open(shellOf("aa", slow, caches))).text, /fresh/);
  assert.match((await open(shellOf("aa", down, caches))).text, /fresh/);
});

test("without a kept page a slow server is waited for, a broken one speaks for itself", async () => {
  const slow = async () => { await new Promise((resolve) => setTimeout(resolve, 120)); return pageOf("aa", { text: "late" }); };
  assert.match((await open(shellOf("aa", slow))).text, /late/);
  assert.equal((await open(shellOf("aa", async () => new Response("broken", { status: 502 })))).status, 502);
  assert.equal((await open(shellOf("aa", down))).status, 503);
});

test("a page of another cashier or till takes the place of the kept one", async () => {
  for (const about of [{ cashier: 6 }, { till: 2 }]) {
    const caches = new FakeCaches();
    await shellOf("aa", serving("aa"), caches).install();
    await open(shellOf("aa", serving("bb", about), caches)); // already a newer version: shown, not kept
    assert.equal((await open(shellOf("aa", down, caches))).text, "nobody");
  }
});

test("the guest's screen is kept beside the till's page", async () => {
  const caches = new FakeCaches();
  await shellOf("aa", serving("aa"), caches).install();
  const guest = { ...request, url: `${origin}/till/guest/1` };
  await open(shellOf("aa", serving("aa", { cashier: "-", text: "guest" }), caches), guest);
  assert.match((await open(shellOf("aa", down, caches), guest)).text, /guest/);
  assert.match((await open(shellOf("aa", down, caches))).text, /aa 5/);
});

test("a new version is installed beside the old one and takes its place when it serves", async () => {
  const caches = new FakeCaches();
  await shellOf("aa", serving("aa"), caches).install();
  const fresh = shellOf("bb", serving("bb"), caches);
  await fresh.install();
  assert.ok((await caches.keys()).includes(filesOf("aa")));
  assert.match((await open(shellOf("aa", down, caches, () => false))).text, /aa 5/);
  await fresh.sweep(); // what activation does
  assert.deepEqual((await caches.keys()).filter((name) => name.endsWith("aa")), []);
  assert.match((await open(shellOf("bb", down, caches))).text, /bb 5/);
});

test("while sales wait, the version that made them stays and opens, with and without the server", async () => {
  const caches = new FakeCaches();
  await shellOf("aa", serving("aa"), caches).install();
  await (await caches.open(STATE)).put(HELD, new Response(JSON.stringify({ build: "aa", count: 3 })));
  const fresh = shellOf("bb", serving("bb"), caches);
  await fresh.install();
  await fresh.sweep();
  assert.match((await open(fresh)).text, /aa 5/);
  assert.match((await open(shellOf("bb", down, caches))).text, /aa 5/);
  assert.equal(await (await fresh.file({ url: `${origin}/assets/aa/a.js` })).text(), "/assets/aa/a.js");
  await (await caches.open(STATE)).delete(HELD);
  assert.match((await open(fresh)).text, /bb 5/);
  assert.deepEqual((await caches.keys()).filter((name) => name.endsWith("aa")), []);
});

test("a renewal by a script is the server's answer, and is kept", async () => {
  const caches = new FakeCaches();
  const shell = shellOf("aa", serving("aa", { text: "fresh" }), caches);
  assert.match(await (await shell.renew({ ...request, mode: "cors" })).text(), /fresh/);
  assert.ok(await (await caches.open(pagesOf("aa"))).match("/till"));
  await assert.rejects(shellOf("aa", down, caches).renew(request), TypeError);
});

test("the worker answers for pages and files only, tells its build, and takes over when it is told to", async () => {
  const heard = {}, told = [];
  let took = 0;
  const scope = {
    location: { origin }, registration: {}, caches: new FakeCaches(), clients: { claim: async () => {} },
    fetch: async () => pageOf("aa"), addEventListener: (name, work) => { heard[name] = work; }, skipWaiting: async () => { took += 1; },
  };
  serve(scope, { build: "aa", files: [], till: "/till", guest: "/till/guest/", patience_ms: 40, nothing: "", headers: {} });
  const answered = [];
  for (const [method, path] of [["GET", "/till"], ["GET", "/assets/aa/a.js"], ["POST", "/api/v1/meals/quotes"], ["GET", "/healthz"]]) {
    heard.fetch({ request: { method, url: origin + path, mode: "navigate" }, respondWith: () => answered.push(path), waitUntil: () => {} });
  }
  assert.deepEqual(answered, ["/till", "/assets/aa/a.js"]);
  heard.message({ data: { do: "build" }, ports: [{ postMessage: (said) => told.push(said) }] });
  heard.message({ data: { do: "take_over" }, ports: [], waitUntil: () => {} });
  heard.message({ data: "nonsense", ports: [] });
  assert.deepEqual(told, ["aa"]);
  assert.equal(took, 1);
});
