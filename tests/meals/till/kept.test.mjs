import assert from "node:assert/strict";
import test from "node:test";
import {
  buildOfCache, choose, filesOf, isSameCounter, leftOver, pagesOf, pick, readMark, routeOf, stamp,
} from "../../../meals/static/till/kept.js";

const here = { origin: "https://till.example", till: "/till", guest: "/till/guest/" };
const way = (path, { method = "GET", mode = "cors", origin = here.origin } = {}) => routeOf({ method, url: origin + path, mode }, here);
const mark = (build, { till = "1", cashier = "5" } = {}) => ({ build, till, cashier });
const kept = (build, at = 0, about = {}) => ({ mark: mark(build, about), at });

test("only files and the till's own pages are touched, data never", () => {
  const ways = [
    ["page", "/till", { mode: "navigate" }], ["page", "/till?x=1", { mode: "navigate" }], ["page", "/till/guest/3", { mode: "navigate" }],
    ["renewal", "/till", {}], ["file", "/assets/abc/meals/till/till.js", {}],
    ["pass", "/till", { method: "POST", mode: "navigate" }], ["pass", "/till/choose", { mode: "navigate" }], ["pass", "/till/enrol", { mode: "navigate" }],
    ["pass", "/till/sw.js", {}], ["pass", "/login", { mode: "navigate" }], ["pass", "/healthz", {}],
    ["pass", "/api/v1/meals/quotes", { method: "POST" }], ["pass", "/api/v1/meals/tills/roster", {}],
    ["pass", "/assets/abc/x.js", { origin: "https://elsewhere.example" }],
  ];
  for (const [expected, path, about] of ways) assert.equal(way(path, about), expected, `${path} ${JSON.stringify(about)}`);
});

test("whose page it is stands in a header; any other answer has none", () => {
  assert.deepEqual(readMark("abc 1 5"), mark("abc"));
  assert.deepEqual(readMark("abc 1 -"), mark("abc", { cashier: null }));
  for (const none of [null, "", "abc"]) assert.equal(readMark(none), null);
});

test("a guest's screen is of its till, whoever sells there", () => {
  assert.ok(isSameCounter(mark("a"), mark("b")));
  assert.ok(isSameCounter(mark("a", { cashier: null }), mark("b")));
  assert.ok(!isSameCounter(mark("a"), mark("a", { cashier: "6" })));
  assert.ok(!isSameCounter(mark("a", { cashier: null }), mark("a", { till: "2", cashier: null })));
});

test("the server's page is shown when it answers, the kept one when it does not", () => {
  const pages = [kept("a")];
  const good = { status: 200, mark: mark("a") };
  assert.deepEqual(choose({ answer: good, kept: pages, held: null, own: "a" }), { show: "network", keep: true, foreign: true });
  for (const answer of [null, { status: 500, mark: null }, { status: 503, mark: null }, { status: 429, mark: null }]) {
    assert.equal(choose({ answer, kept: pages, held: null, own: "a" }).show, pages[0]);
    assert.equal(choose({ answer, kept: [], held: null, own: "a" }).show, "network");
  }
});

test("a log-in page, a choice or a refusal is shown and not kept, and takes nothing away", () => {
  for (const status of [0, 200, 302, 401, 403, 404]) {
    assert.deepEqual(choose({ answer: { status, mark: null }, kept: [kept("a")], held: null, own: "a" }), { show: "network", keep: false, foreign: false });
  }
});

test("a page of another build is shown but not kept by this worker", () => {
  assert.deepEqual(choose({ answer: { status: 200, mark: mark("b") }, kept: [kept("a")], held: null, own: "a" }), { show: "network", keep: false, foreign: true });
});

test("as long as sales wait, the version that made them opens", () => {
  const pages = [kept("b", 2), kept("a", 1)];
  const answer = { status: 200, mark: mark("b") };
  assert.equal(choose({ answer, kept: pages, held: "a", own: "b" }).show, pages[1]);
  assert.equal(choose({ answer, kept: pages, held: "a", own: "b" }).keep, true);
  assert.equal(choose({ answer: null, kept: pages, held: "a", own: "b" }).show, pages[1]);
  assert.equal(choose({ answer, kept: pages, held: null, own: "b" }).show, "network");
  assert.equal(choose({ answer, kept: [pages[0]], held: "a", own: "b" }).show, "network"); // nothing of it is left
  const other = { status: 200, mark: mark("b", { cashier: "6" }) };
  assert.equal(choose({ answer: other, kept: pages, held: "a", own: "b" }).show, "network"); // never under another's name
});

test("of several kept pages the held build's comes first, then our own, then the newest", () => {
  const pages = [kept("a", 1), kept("b", 2), kept("c", 3)];
  assert.equal(pick(pages, { held: "a", own: "b" }), pages[0]);
  assert.equal(pick(pages, { held: null, own: "b" }), pages[1]);
  assert.equal(pick(pages, { held: null, own: "z" }), pages[2]);
  assert.equal(pick([], { held: null, own: "z" }), null);
});

test("an old build goes when ours has a page to open and no sale of it waits", () => {
  const names = [filesOf("a"), pagesOf("a"), filesOf("b"), pagesOf("b"), filesOf("c"), "state-till", "something else"];
  assert.deepEqual(leftOver(names, { own: "b", held: null, hasPage: true }), [filesOf("a"), pagesOf("a"), filesOf("c")]);
  assert.deepEqual(leftOver(names, { own: "b", held: "a", hasPage: true }), [filesOf("c")]);
  assert.deepEqual(leftOver(names, { own: "b", held: null, hasPage: false }), []);
  assert.equal(buildOfCache("state-till"), null);
});

test("a kept page says since when", () => {
  assert.equal(stamp('<!doctype html>\n<html lang="zh-CN">\n<html>', 7), '<!doctype html>\n<html data-kept-at="7" lang="zh-CN">\n<html>');
});
