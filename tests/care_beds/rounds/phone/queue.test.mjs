import assert from "node:assert/strict";
import test from "node:test";
import { Queue, backOff, judge } from "../../../../care_beds/static/rounds/queue.js";
import { inOrder } from "../../../../care_beds/static/rounds/store.js";

class MemoryStore {
  constructor() { this.entries = new Map(); }
  async put(entry) {
    if (this.isFull) throw new Error("QuotaExceededError");
    this.entries.set(entry.id, structuredClone(entry));
  }
  async remove(id) { this.entries.delete(id); }
  async all() { return inOrder([...this.entries.values()]); }
}

const LOST = { lost: true };
const TAKEN = { status: 201, body: { state: "started" } };
const entry = (id, more = {}) => ({ id, kind: "check_in", visit_id: 1, made_at: 1, fields: {}, picture: null, ...more });

/** A queue whose server answers by turns, the last answer for ever. */
function phone(answers, { store = new MemoryStore(), account = 5, locks, look } = {}) {
  const sent = [], events = [], at = { now: 0 };
  const send = async (each) => {
    sent.push({ ...each, isKept: store.entries.has(each.id) });
    return answers[Math.min(sent.length, answers.length) - 1];
  };
  const timer = { setTimeout: () => 1, clearTimeout() {}, setInterval: () => 1, clearInterval() {} };
  const queue = new Queue({ store, send, account, on: (event) => events.push(event), now: () => at.now, chance: () => 1, timer, locks, look });
  const settle = async () => { while (queue.running) await queue.running; };
  return { queue, store, sent, events, at, settle, types: () => events.map(({ type }) => type).filter((type) => type !== "tried") };
}

test("what was done is on the disk before it is sent, and over when the server has it", async () => {
  const { queue, store, sent, settle, types } = phone([TAKEN]);
  await queue.add(entry("a", { picture: new Blob(["x"]) }));
  await settle();
  assert.equal(sent[0].isKept, true);
  assert.equal(store.entries.get("a").state, "taken");
  assert.equal(store.entries.get("a").picture, null);
  assert.deepEqual(types(), ["kept", "taken"]);
});

test("without a line it stays, and a page that opens later sends it once under the same id", async () => {
  const store = new MemoryStore();
  const before = phone([LOST], { store });
  await before.queue.add(entry("a"));
  await before.settle();
  assert.equal(store.entries.get("a").state, "waiting");
  const after = phone([TAKEN], { store });
  await after.queue.start();
  await after.settle();
  await after.queue.wake();
  assert.deepEqual(after.sent.map(({ id }) => id), ["a"]);
  assert.equal(store.entries.get("a").state, "taken");
});

test("the end of a visit never overtakes its beginning", async () => {
  const { queue, sent, at, settle } = phone([LOST, TAKEN]);
  await queue.add(entry("in", { made_at: 1 }));
  await settle();
  await queue.add(entry("out", { kind: "check_out", made_at: 2 }));
  await settle();
  at.now = 100_000;
  await queue.wake();
  await settle();
  assert.deepEqual(sent.map(({ id }) => id), ["in", "in", "out"]);
});

test("a clock that was put right in between does not send the end of a visit before its beginning", async () => {
  const { queue, sent, at, settle } = phone([LOST, TAKEN]);
  await queue.add(entry("in", { made_at: 9_000 }));
  await queue.add(entry("out", { kind: "check_out", made_at: 5_000 }));
  await settle();
  at.now = 100_000;
  await queue.wake();
  await settle();
  assert.deepEqual(sent.slice(-2).map(({ id }) => id), ["in", "out"]);
});

test("what the server refuses is set aside with the reason, and what comes behind goes on", async () => {
  const { queue, store, settle, types } = phone([{ status: 409, problem: { code: "visit_cancelled", detail: "x" } }, TAKEN]);
  await queue.add(entry("a"));
  await settle();
  await queue.add(entry("b", { visit_id: 2 }));
  await settle();
  assert.equal(store.entries.get("a").state, "refused");
  assert.equal(store.entries.get("b").state, "taken");
  assert.deepEqual(types(), ["kept", "refused", "kept", "taken"]);
  await queue.again("a");
  await settle();
  assert.equal(store.entries.get("a").state, "taken");
});

const BROKEN = { status: 500, problem: { code: "http_500" } };
const broken = (times, then) => [...new Array(times).fill(BROKEN), then];

/** Let the waits between tries pass. */
async function insist({ queue, at, settle }, times) {
  for (let turn = 0; turn < times; turn += 1) {
    at.now += 61_000;
    await queue.wake();
    await settle();
  }
}

test("a mark that the server stumbles over each time is set aside, and what is of other visits goes on", async () => {
  const held = phone(broken(5, TAKEN));
  await held.queue.add(entry("in"));
  await held.settle();
  await held.queue.add(entry("out", { kind: "check_out", made_at: 2 }));
  await held.queue.add(entry("next", { visit_id: 2, made_at: 3 }));
  await held.settle();
  await insist(held, 8);
  assert.equal(held.store.entries.get("next").state, "taken");
  const order = held.sent.map(({ id }) => id);
  assert.ok(order.indexOf("next") < order.lastIndexOf("in"), "others go before it");
  assert.ok(order.lastIndexOf("in") < order.indexOf("out"), "the end of a visit does not overtake its beginning");
});

test("what was set aside is tried again by itself, with waits, and at once when its carer presses", async () => {
  const held = phone([...broken(6, BROKEN), TAKEN]);
  await held.queue.add(entry("in"));
  await held.settle();
  await insist(held, 5);
  await held.queue.soon();
  assert.deepEqual([held.sent.length, held.store.entries.get("in").state], [6, "aside"]);
  held.at.now += 61_000;
  await held.queue.soon();
  assert.equal(held.sent.length, 7);
  await held.queue.again("in");
  await held.settle();
  assert.equal(held.store.entries.get("in").state, "taken");
});

test("what was set aside is tried once more when the page opens anew", async () => {
  const store = new MemoryStore();
  await store.put({ ...entry("in"), account: 5, seq: 1, state: "aside", tries: 5, not_before: 600_000 });
  const { queue, settle } = phone([TAKEN], { store });
  await queue.start();
  await settle();
  assert.equal(store.entries.get("in").state, "taken");
});

test("what is too large for the line is set aside at once, and can go without its picture", async () => {
  const held = phone([{ status: 413, problem: { code: "http_413" } }, TAKEN]);
  await held.queue.add(entry("in", { picture: new Blob(["x"]) }));
  await held.settle();
  assert.equal(held.store.entries.get("in").state, "aside");
  await held.queue.again("in", { picture: false });
  await held.settle();
  assert.equal(held.sent[1].picture, null);
  assert.equal(held.store.entries.get("in").state, "taken");
});

test("without a line nothing is set aside, however long; with one, what never arrives is", async () => {
  for (const [look, stands] of [[async () => LOST, "waiting"], [async () => ({ status: 204, body: null }), "aside"]]) {
    const held = phone([LOST], { look });
    await held.queue.add(entry("in"));
    await insist(held, 8);
    assert.equal(held.store.entries.get("in").state, stands);
  }
});

test("another carer's entries stay in the phone until that carer logs in", async () => {
  const store = new MemoryStore();
  const first = phone([LOST], { store, account: 5 });
  await first.queue.add(entry("a"));
  const second = phone([TAKEN], { store, account: 6 });
  await second.queue.start();
  assert.equal(second.sent.length, 0);
  assert.equal(await second.queue.others(), 1);
});

test("a log-in that ended stops the queue and loses nothing", async () => {
  const { queue, store, events, settle } = phone([{ status: 401, problem: { code: "not_signed_in" } }]);
  await queue.add(entry("a"));
  await settle();
  assert.equal(events.at(-1).why, "signed_out");
  assert.equal(store.entries.get("a").state, "waiting");
});

test("of two windows only one sends", async () => {
  const { queue, sent, settle } = phone([TAKEN], { locks: { request: (_name, _options, work) => work(null) } });
  await queue.add(entry("a"));
  await settle();
  assert.equal(sent.length, 0);
});

test("a phone without room says so instead of pretending", async () => {
  const store = new MemoryStore();
  store.isFull = true;
  await assert.rejects(phone([TAKEN], { store }).queue.add(entry("a")), /Quota/);
});

test("each failure doubles the wait up to a minute", () => {
  assert.deepEqual([1, 2, 3, 9].map((failures) => backOff(failures, 1)), [1000, 2000, 4000, 60_000]);
});

test("an outcome says what is to be done", () => {
  assert.equal(judge(LOST), "again");
  assert.equal(judge(TAKEN), "taken");
  assert.equal(judge({ status: 503, problem: { code: "http_503" } }), "stumbled");
  assert.equal(judge({ status: 429, problem: { code: "http_429" } }), "again");
  assert.equal(judge({ status: 413, problem: { code: "http_413" } }), "too_large");
  assert.equal(judge({ status: 400, problem: { code: "csrf_missing" } }), "stale_page");
  assert.equal(judge({ status: 422, problem: { code: "invalid" } }), "refused");
});
