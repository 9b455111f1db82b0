import assert from "node:assert/strict";
import test from "node:test";
import { HELD, STATE, pagesOf } from "../../../meals/static/till/kept.js";
import { Shell, dropShell, keptAt, readRenewal } from "../../../meals/static/till/shell.js";
import { FakeCaches, pageOf } from "./caches.mjs";

const own = { build: "web", till: "1", cashier: "5" };
const parse = (text) => ({
  querySelector: () => (text.includes("no-token") ? null : { content: "token" }), getElementById: () => ({ textContent: '{"menu": 1}' }),
});

/** A shell in a window that only remembers; `state` is what the page would say. */
function shellOf(state = {}) {
  const posted = [], loaded = [], kept = new Map();
  const root = { dataset: {} };
  const window = {
    document: { documentElement: root }, caches: new FakeCaches(), location: { reload: () => loaded.push("anew") },
    sessionStorage: { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) },
  };
  const till = { store: { standing: async () => ({ count: state.count ?? 0 }) } };
  const shell = new Shell({ window, words: { tell: (key) => key }, start: { till: { id: 1 }, cashier: { id: 5 }, urls: { till: "/till" } }, till, isIdle: () => state.idle ?? true });
  Object.assign(shell, { strips: { firstChild: null }, show: () => {} });
  shell.registration = { waiting: { postMessage: (said) => posted.push(said.do) } };
  return { shell, state, posted, loaded, window };
}

const wait = async (shell, ticks) => { for (let at = 0; at < ticks; at += 1) await shell.tick(); };

test("a kept page says since when; a fetched one does not", () => {
  const page = (value) => ({ documentElement: { getAttribute: () => value } });
  assert.equal(keptAt(page("1700")), 1700);
  assert.equal(keptAt(page(null)), null);
});

test("a new version takes over when nothing is open and nothing waits", async () => {
  const { shell, state, posted } = shellOf({ idle: false });
  shell.isReady = true;
  await wait(shell, 10);
  assert.deepEqual(posted, [], "a sale is open");
  Object.assign(state, { idle: true, count: 2 });
  await wait(shell, 10);
  assert.deepEqual(posted, [], "sales wait in the store");
  state.count = 0;
  await shell.hold(1);
  await wait(shell, 10);
  assert.deepEqual(posted, [], "the page says that one waits");
  await shell.hold(0);
  await wait(shell, 2);
  assert.deepEqual(posted, [], "not calm for long enough");
  state.idle = false;
  await shell.tick();
  state.idle = true;
  await wait(shell, 3);
  assert.deepEqual(posted, ["take_over"]);
});

test("whoever sits there may take it although sales wait, but not in the middle of one", async () => {
  const { shell, state, posted } = shellOf({ idle: false, count: 2 });
  shell.isReady = true;
  shell.force();
  await wait(shell, 5);
  assert.deepEqual(posted, []);
  state.idle = true;
  await wait(shell, 3);
  assert.deepEqual(posted, ["take_over"]);
});

test("without a new version nothing happens, and a page that stays old is not loaded over and over", async () => {
  const { shell, posted, loaded } = shellOf();
  await wait(shell, 10);
  assert.deepEqual([posted, loaded], [[], []]);
  shell.isStale = true;
  await wait(shell, 30);
  assert.deepEqual(loaded, ["anew"]);
});

test("a browser that was enrolled anew in another window loads its page, whatever waits", async () => {
  const { shell, loaded, state } = shellOf({ count: 3, idle: false });
  shell.isMoved = true;
  await wait(shell, 5);
  assert.deepEqual(loaded, []);
  state.idle = true;
  await wait(shell, 3);
  assert.deepEqual(loaded, ["anew"]);
});

test("what waits is noted for the worker, by the build that made it", async () => {
  const { shell, window } = shellOf();
  await shell.hold(3);
  const cache = await window.caches.open(STATE);
  assert.deepEqual(await (await cache.match(HELD)).json(), { build: "web", go: "/till" });
  await shell.hold(0);
  assert.equal(await cache.match(HELD), undefined);
});

test("a log-out takes the pages along and leaves the files", async () => {
  const caches = new FakeCaches();
  for (const name of [pagesOf("aa"), pagesOf("bb"), "files-till-aa", STATE]) await caches.open(name);
  await dropShell(caches);
  assert.deepEqual(await caches.keys(), ["files-till-aa", STATE]);
  await dropShell(undefined); // a plain address has no caches
});

test("a renewed page brings its token and start", async () => {
  assert.deepEqual(await readRenewal(pageOf("bb"), { own, parse }), { csrf: "token", start: { menu: 1 }, build: "bb" });
});

test("a kept page is made fresh as soon as the server answers, once", async () => {
  const fresh = [], answers = [{ lost: true }, { csrf: "token", build: "web" }, { csrf: "again", build: "web" }];
  const { shell } = shellOf();
  shell.onFresh = (renewal) => fresh.push(renewal.csrf);
  shell.renew = async () => answers.shift();
  shell.isOld = true;
  await shell.renewUntilFresh();
  assert.deepEqual(fresh, []);
  await shell.renewUntilFresh();
  shell.wake();
  clearTimeout(shell.renewal);
  assert.deepEqual(fresh, ["token"]);
  assert.ok(!shell.isStale);
});

test("a page of an older build, or of somebody who has left, is loaded anew when nothing is open", async () => {
  for (const renewal of [{ csrf: "token", build: "newer" }, { other: true }]) {
    const { shell, loaded } = shellOf();
    shell.renew = async () => renewal;
    shell.isOld = true;
    await shell.renewUntilFresh();
    await wait(shell, 3);
    assert.deepEqual(loaded, ["anew"]);
  }
});

test("why there is no renewed page", async () => {
  const cases = [
    [{ type: "opaqueredirect", status: 0 }, { signedOut: true }], [new Response("", { status: 401 }), { signedOut: true }],
    [pageOf("aa", { cashier: 6 }), { other: true }], [pageOf("aa", { till: 2 }), { other: true }],
    [new Response("choose", { status: 200 }), { lost: true }], [new Response("", { status: 503 }), { lost: true }],
    [pageOf("aa", { text: "no-token" }), { lost: true }],
  ];
  for (const [answer, expected] of cases) assert.deepEqual(await readRenewal(answer, { own, parse }), expected);
});
