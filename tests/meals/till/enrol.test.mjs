import assert from "node:assert/strict";
import test from "node:test";
import { KEPT_AS } from "../../../meals/static/till/device.js";
import { Enrolment, offerOf, stuckOf } from "../../../meals/static/till/enrol.js";
import { MemoryStore } from "./memory_store.mjs";

const words = {
  no_code: "no code", lost: "silence", done: "till {till} of {canteen}", stuck: "{count} wait", stuck_lost: "{count} wait, token gone",
  stuck_unsigned: "{count} wait, unsigned", saved: "saved as {file}",
};
const answer = { token: "new", device: { id: 9, number: 3 }, till: { id: 1, number: 2 }, canteen: { id: 4, name: "文晖" } };
const former = { token: "old", device: { id: 7, number: 1 }, till: { id: 1, number: 2 }, canteen: { id: 4, name: "文晖" } };
const ELSEWHERE = "#code=abc&canteen=5";
const entry = (id, device) => ({ id, device, seq: 1, state: "queued", kind: "undo", undoes: "x", reason: "slip", occurred_at: "2026-11-20T03:48:00Z", items: [], quote: null });

/** An enrolment whose server answers with `said`; `waiting` stand in the store. */
function enrolmentOf({ hash = "#code=abc", kept = null, waiting = [], said = { kept: answer } } = {}) {
  const shown = [], asked = [];
  const storage = { text: kept && JSON.stringify(kept), getItem(name) { return name === KEPT_AS ? this.text : null; }, setItem(name, text) { this.text = text; } };
  const store = new MemoryStore();
  for (const each of waiting) store.entries.set(each.id, each);
  const enrolment = new Enrolment({
    start: { words }, offer: offerOf(hash), storage, store, now: () => 7, show: (...what) => shown.push(what),
    trade: async (code) => { asked.push(code); return said; },
  });
  return { enrolment, shown, asked, storage, store };
}

test("an address offers a code, and says whether it is for a device that was there before", () => {
  assert.deepEqual(offerOf("#code=abc"), { code: "abc", canteen: null, device: null });
  assert.deepEqual(offerOf("#code=abc&canteen=4&device=7"), { code: "abc", canteen: 4, device: 7 });
  assert.deepEqual(offerOf(""), { code: null, canteen: null, device: null });
  assert.deepEqual(stuckOf([entry("a", 7), { id: "b", state: "sending", device: null }], { device: 7 }), []);
});

test("a browser without anything waiting becomes the till, and keeps its token before it says so", async () => {
  const { enrolment, shown, storage } = enrolmentOf();
  await enrolment.begin();
  assert.deepEqual(shown, [["done", "till 2-3 of 文晖"]]);
  assert.equal(JSON.parse(storage.text).token, "new");
});

test("an address without a code, a refusal and silence leave everything as it was", async () => {
  for (const [about, said] of [[{ hash: "" }, "no code"], [{ said: { lost: true } }, "silence"], [{ said: { problem: { title: "no", detail: "It was used." } } }, "It was used."]]) {
    const { enrolment, shown, storage } = enrolmentOf({ kept: former, ...about });
    await enrolment.begin();
    assert.deepEqual(shown, [["nothing", said]]);
    assert.equal(JSON.parse(storage.text).token, "old");
  }
});

test("sales of a device of this canteen stay, and are sent by the device in its place", async () => {
  const lost = { why: "not_signed_in", at: 1 };
  for (const kept of [former, { ...former, lost }, { ...former, lost: { why: "till_revoked", at: 1 } }, null]) {
    const { enrolment, shown, store } = enrolmentOf({ hash: "#code=abc&canteen=4", kept, waiting: [entry("a", 7), entry("b", 7)] });
    await enrolment.begin();
    assert.equal(shown.at(-1)[0], "done");
    assert.equal(store.entries.size, 2);
  }
});

test("sales of another canteen's device are taken care of before its place is taken", async () => {
  const cases = [
    [former, "stuck", "2 wait"], [{ ...former, lost: { why: "till_revoked", at: 1 } }, "stuck", "2 wait, token gone"],
    [{ ...former, lost: { why: "not_signed_in", at: 1 } }, "nothing", "2 wait, unsigned"],
  ];
  for (const [kept, step, text] of cases) {
    const { enrolment, shown, asked } = enrolmentOf({ hash: ELSEWHERE, kept, waiting: [entry("a", 7), entry("b", 7)] });
    await enrolment.begin();
    assert.deepEqual(shown, [[step, text]]);
    assert.deepEqual(asked, [], "the code is not used up");
  }
});

test("a new token for the same device changes nothing for what waits", async () => {
  const { enrolment, shown, store } = enrolmentOf({ hash: "#code=abc&device=7", kept: former, waiting: [entry("a", 7)] });
  await enrolment.begin();
  assert.equal(shown[0][0], "done");
  assert.equal(store.entries.size, 1);
});

test("saved as a file signed by the former device, what waited leaves the queue and is kept", async () => {
  const { enrolment, shown, storage, store } = enrolmentOf({ hash: ELSEWHERE, kept: former, waiting: [entry("a", 7)] });
  await enrolment.begin();
  const file = await enrolment.save();
  assert.equal(JSON.parse(file.text).device, 7);
  assert.equal(JSON.parse(JSON.parse(file.text).content).entries.length, 1);
  assert.equal(shown.at(-1)[0], "saved");
  await enrolment.go();
  assert.equal(JSON.parse(storage.text).device.id, 9);
  assert.equal(store.entries.size, 0);
  assert.equal(store.sent.get("a").answer.outcome, "handed_in");
});

test("a code that is over after the file was saved leaves the queue where it was", async () => {
  const { enrolment, store } = enrolmentOf({ hash: ELSEWHERE, kept: former, waiting: [entry("a", 7)], said: { problem: { title: "no" } } });
  await enrolment.begin();
  await enrolment.save();
  await enrolment.go();
  assert.equal(store.entries.size, 1);
});
