import assert from "node:assert/strict";
import test from "node:test";
import { Shell, asKept, routeOf } from "../../../../care_beds/static/rounds/worker.js";

class Caches {
  constructor() { this.all = new Map(); }
  async open(name) {
    if (!this.all.has(name)) this.all.set(name, new Map());
    const cache = this.all.get(name);
    return { put: async (key, answer) => void cache.set(key, answer), match: async (key) => cache.get(key)?.clone() };
  }
  async keys() { return [...this.all.keys()]; }
  async delete(name) { return this.all.delete(name); }
  async match(request) {
    for (const cache of this.all.values()) if (cache.has(request)) return cache.get(request).clone();
    return undefined;
  }
}

const CONFIG = { build: "b1", files: ["/assets/b1/a.js", "/assets/b1/b.css"], page: "/care/today", patience_ms: 20, nothing: "<p>nothing</p>", headers: {} };
const pageOf = (build = "b1") => new Response('<script>{"is_kept": false}</script>', { status: 200, headers: { "Care-Round": build, "Content-Type": "text/html" } });

function phone(answers) {
  const caches = new Caches(), behind = [];
  const fetch = async (address) => {
    const answer = answers[address] ?? answers.other;
    if (!answer) throw new TypeError("no line");
    return typeof answer === "function" ? answer() : answer.clone();
  };
  const shell = new Shell({ caches, fetch, config: CONFIG });
  return { shell, caches, answers, behind, open: async () => { const shown = await shell.open((work) => behind.push(work)); await Promise.all(behind); return shown; } };
}

test("what was opened once opens without a line, and knows that it was kept", async () => {
  const { shell, open, answers, caches } = phone({ "/care/today": pageOf(), other: new Response("x") });
  await shell.install();
  assert.equal((await open()).status, 200);
  delete answers["/care/today"];
  delete answers.other;
  assert.match(await (await open()).text(), /"is_kept": true/);
  assert.ok(await caches.match("/assets/b1/a.js"));
});

test("a server that is silent or broken is not waited for", async () => {
  const { shell, open, answers } = phone({ "/care/today": pageOf(), other: new Response("x") });
  await shell.install();
  answers["/care/today"] = new Response("bad gateway", { status: 502 });
  assert.match(await (await open()).text(), /is_kept": true/);
  answers["/care/today"] = () => new Promise((resolve) => { setTimeout(() => resolve(pageOf()), 60); });
  assert.match(await (await open()).text(), /is_kept": true/);
});

test("the log-in is shown and never kept, and without anything there is a page that says so", async () => {
  const { open, answers } = phone({ "/care/today": new Response("log in", { status: 200 }) });
  assert.equal(await (await open()).text(), "log in");
  delete answers["/care/today"];
  assert.equal((await open()).status, 503);
});

test("files of an older build stay until the kept page is of the new one", async () => {
  const { shell, caches, answers } = phone({ "/care/today": pageOf("b0"), other: new Response("x") });
  await caches.open("files-care-b0");
  await shell.install();
  await shell.sweep();
  assert.ok((await caches.keys()).includes("files-care-b0"));
  answers["/care/today"] = pageOf("b1");
  await shell.note(pageOf("b1"));
  await shell.sweep();
  assert.ok(!(await caches.keys()).includes("files-care-b0"));
});

test("only the page and files pass through", () => {
  const about = { origin: "https://x", page: "/care/today" };
  const route = (path, more = {}) => routeOf({ method: "GET", url: `https://x${path}`, mode: "navigate", ...more }, about);
  assert.deepEqual([route("/care/today"), route("/assets/b/a.js"), route("/care/today", { mode: "cors" }), route("/api/v1/x"), route("/care/today", { method: "POST" })], ["page", "file", "pass", "pass", "pass"]);
  assert.equal(asKept('"is_kept":false'), '"is_kept": true');
});
