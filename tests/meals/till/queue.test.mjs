import assert from "node:assert/strict";
import test from "node:test";
import { BATCH } from "../../../meals/static/till/pump.js";
import { Queue } from "../../../meals/static/till/queue.js";
import { MemoryStore } from "./memory_store.mjs";

const DEVICE = { token: "secret", device: { id: 7, number: 2 }, till: { id: 3, number: 1 }, canteen: { id: 1, name: "一食堂" } };
const QUOTE = {
  price_fen: 1600, shares: [{ payer: "city", kind: "city", amount_fen: 800 }], points_fen: 600, cash_fen: 200, balance_fen: 1000,
  window: "lunch", subsidised: true, reasons: [], explanation: { zh: ["x"] }, guest: { name: "王*兰" },
};
const LOST = { lost: true };
const SOLD = { body: { id: "receipt", price_fen: 1600, shares: QUOTE.shares, points_fen: 600, cash_fen: 200, unpaid_fen: 0 }, status: 201 };

const sale = (id, more = {}) => ({
  id, kind: "sale", cashier: 5, cashier_name: "李", made_at: 0, occurred_at: "2026-11-20T03:48:00.000Z", card: "6021",
  items: [{ dish_id: 1, count: 1, price_fen: 1600 }], quote: QUOTE, is_offline: true, clock_suspect: false, roster_version: "v",
  path: "/checkouts", body: { card: "6021" }, ...more,
});

/** What the server says of a batch; `pick` leaves some out or says more. */
const booking = (pick = (id) => [{ id, outcome: "booked", receipt: SOLD.body, findings: [] }]) => (call) => ({
  status: 200, body: { server_time: "2026-11-20T03:48:01Z", answers: call.body.sales.flatMap(({ id }) => pick(id)) },
});

/** A queue whose server answers first tries with `first` and batches with `batch`, each by turns; the last one for ever. */
function till({ first = [LOST], batch = [LOST], device = DEVICE, isUp = true, store = new MemoryStore(), ...more } = {}) {
  const calls = { first: [], batch: [], state: [] };
  const events = [];
  const at = { now: 1_000_000, isUp };
  const turn = (answers, log) => {
    const answer = answers[Math.min(log.length, answers.length) - 1];
    return typeof answer === "function" ? answer(log.at(-1)) : answer;
  };
  const api = {
    call: async (method, path, { body, key, token }) => {
      const kind = !path.endsWith("/sales") ? "first" : body.sales.length ? "batch" : "state";
      calls[kind].push({ method, path, body, key, token, kept: [...store.entries.values()].find((entry) => entry.id === key)?.state });
      return turn({ first, batch, state: [{ status: 200, body: {} }] }[kind], calls[kind]);
    },
  };
  const queue = new Queue({ api, store, device, cashier: 5, clock: { now: () => at.now }, on: (event) => events.push(event), isUp: () => at.isUp, chance: () => 1, ...more });
  queue.pause = async () => {};
  const settle = async () => { while (queue.pump.pumping) await queue.pump.pumping; };
  const names = () => events.map(({ type }) => type).filter((type) => type !== "tried" && type !== "sent");
  return { queue, store, calls, events, at, settle, names, of: (type) => events.filter((event) => event.type === type) };
}

test("a sale is on the disk before it is sent, and over when it is answered in time", async () => {
  const { queue, calls, store, names } = till({ first: [SOLD] });
  await queue.submit(sale("a"));
  assert.equal(calls.first[0].kept, "sending");
  assert.equal(calls.first[0].key, "a");
  assert.deepEqual(names(), ["answered"]);
  assert.equal(store.entries.size, 0);
  assert.equal(store.sent.get("a").answer.outcome, "answered");
  assert.equal(store.seq, 0);
});

test("without an answer it gets a number, a receipt of the till's own, and is sent by the queue", async () => {
  const { queue, calls, of, names, settle } = till({ batch: [booking()] });
  await queue.submit(sale("a"));
  const [{ entry, receipt, standing }] = of("queued");
  assert.equal(entry.seq, 1);
  assert.deepEqual([receipt.number, receipt.waiting, receipt.balance_fen, receipt.cash_fen], ["1-2-1", true, 400, 200]);
  assert.deepEqual([standing.count, standing.price_fen], [1, 1600]);
  await settle();
  assert.deepEqual(names(), ["queued", "acknowledged"]);
  const { body, token, key } = calls.batch[0];
  assert.equal(token, "secret");
  assert.equal(key, undefined);
  assert.equal(body.device_state.queue_length, 1);
  assert.equal(body.device_state.last_seq, 1);
  assert.deepEqual([body.sales[0].seq, body.sales[0].kind, body.sales[0].quote.shares], [1, "sale", [{ payer: "city", amount_fen: 800 }]]);
  assert.equal(of("acknowledged")[0].differs, null);
});

test("with the line known to be cut nobody waits for a first try", async () => {
  const { queue, calls, names } = till({ isUp: false });
  await queue.submit(sale("a"));
  assert.equal(calls.first.length, 0);
  assert.deepEqual(names(), ["queued"]);
});

test("an answer that is slow to come is not waited for, and never shown twice", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let answer;
  const { queue, names, of, settle } = till({ first: [new Promise((resolve) => { answer = resolve; })], batch: [booking((id) => [{ id, outcome: "replayed", receipt: SOLD.body, findings: [] }])] });
  const selling = queue.submit(sale("a"));
  await new Promise(setImmediate);
  context.mock.timers.tick(800);
  await selling;
  answer(SOLD);
  await settle();
  assert.deepEqual(names(), ["queued", "acknowledged"]);
  assert.equal(of("acknowledged")[0].outcome, "replayed");
});

test("faults, an ended log-in and a stale page queue a sale at once, and say who must log in", async () => {
  const cases = [[{ problem: { code: "x" }, status: 500 }, []], [{ problem: { code: "x" }, status: 429 }, []],
    [{ problem: { code: "not_signed_in" }, status: 401 }, ["signed_out"]], [{ problem: { code: "csrf_failed" }, status: 400 }, ["signed_out"]]];
  for (const [outcome, before] of cases) {
    const { queue, names } = till({ first: [outcome] });
    await queue.submit(sale("a"));
    assert.deepEqual(names(), [...before, "queued"]);
  }
});

test("a refusal by a server that answers stands, and nothing is queued", async () => {
  const { queue, names, store, of } = till({ first: [{ problem: { code: "card_lost" }, status: 409 }] });
  await queue.submit(sale("a"));
  assert.deepEqual(names(), ["refused"]);
  assert.equal(of("refused")[0].problem.code, "card_lost");
  assert.equal(store.entries.size, 0);
});

test("a guest who is served elsewhere at this moment is asked for again before the sale is queued", async () => {
  const busy = { problem: { code: "in_flight" }, status: 409, retryAfter: 1000 };
  const quick = till({ first: [busy, SOLD] });
  await quick.queue.submit(sale("a"));
  assert.deepEqual(quick.names(), ["answered"]);
  const slow = till({ first: [busy] });
  await slow.queue.submit(sale("a"));
  assert.equal(slow.calls.first.length, 3);
  assert.deepEqual(slow.names(), ["queued"]);
});

test("a refusal of a quote is kept by the server if it can be, and is a refusal without it", async () => {
  for (const first of [[{ problem: { code: "card_lost" }, status: 409 }], [LOST]]) {
    const { queue, names, store, of } = till({ first });
    await queue.submit(sale("a", { quote: null, refusal: { code: "card_lost" } }));
    assert.deepEqual(names(), ["refused"]);
    assert.equal(of("refused")[0].problem.code, "card_lost");
    assert.equal(store.entries.size, 0);
  }
});

test("the same entry is seen through once, however often it is handed over", async () => {
  const { queue, calls, names } = till({ first: [SOLD] });
  await Promise.all([queue.submit(sale("a")), queue.submit(sale("a")), queue.resume()]);
  assert.equal(calls.first.length, 1);
  assert.deepEqual(names(), ["answered"]);
  queue.stop();
});

test("a lunch goes in batches of fifty, oldest first, each at once after the other", async () => {
  const { queue, calls, at, store, settle } = till({ isUp: false, batch: [LOST, booking()] });
  for (let count = 1; count <= 120; count += 1) await queue.submit(sale(`s${count}`));
  await settle();
  assert.equal(calls.batch.length, 1);
  at.isUp = true;
  queue.wake();
  await settle();
  assert.deepEqual(calls.batch.slice(1).map(({ body }) => body.sales.length), [50, 50, 20]);
  assert.deepEqual(calls.batch.slice(1).flatMap(({ body }) => body.sales.map(({ seq }) => seq)), Array.from({ length: 120 }, (_, place) => place + 1));
  assert.equal(store.entries.size, 0);
  assert.equal(store.sent.size, 120);
  await new Promise(setImmediate);
  assert.deepEqual(calls.state.map(({ body }) => [body.device_state.queue_length, body.device_state.oldest_queued_at]), [[0, null]]);
});

test("what the answers leave out stays and is asked again, and keeps nothing else from going", async () => {
  let round = 0;
  const leaving = booking((id) => (id === "s3" && (round += 1) === 1 ? [] : [{ id, outcome: "booked", receipt: null, findings: [] }]));
  const { queue, calls, store, settle } = till({ isUp: false, batch: [leaving] });
  await queue.submit(sale("s1"));
  await settle();
  for (const id of ["s2", "s3", "s4"]) await queue.submit(sale(id));
  await settle();
  assert.deepEqual([...store.entries.keys()], ["s3"]);
  queue.wake();
  await settle();
  assert.equal(store.entries.size, 0);
  assert.equal(calls.batch.at(-1).body.sales.length, 1);
});

test("what a browser sold as the device it was before is sent by the device it is now, under the old numbers", async () => {
  const store = new MemoryStore();
  const before = till({ isUp: false, store });
  await before.queue.submit(sale("a"));
  await before.settle();
  const now = till({ isUp: false, store, batch: [booking()], device: { ...DEVICE, token: "other", device: { id: 9, number: 3, last_seq: 4 } } });
  await now.queue.submit(sale("b"));
  await now.settle();
  const sent = now.calls.batch.flatMap(({ token, body }) => body.sales.map(({ id, device, seq }) => [token, id, device, seq]));
  assert.deepEqual(sent.sort(), [["other", "a", 7, 1], ["other", "b", 9, 5]]);
  assert.equal(now.of("queued")[0].receipt.number, "1-3-5");
});

test("answers that come twice, or for what is long over, change nothing", async () => {
  const twice = booking((id) => [id, id, "another"].map((each) => ({ id: each, outcome: "booked", receipt: null, findings: [] })));
  const { queue, of, store, settle } = till({ isUp: false, batch: [twice] });
  await queue.submit(sale("a"));
  await settle();
  assert.equal(of("acknowledged").length, 1);
  assert.equal(store.sent.size, 1);
});

test("after a failure the queue waits longer each time, at most a minute, unless somebody wakes it", async () => {
  const { queue, calls, at, settle } = till({ isUp: false });
  await queue.submit(sale("a"));
  await settle();
  const waits = [];
  for (let tries = 0; tries < 8; tries += 1) {
    waits.push(queue.pump.notBefore - at.now);
    at.now = queue.pump.notBefore - 1;
    queue.pump.soon();
    await settle();
    assert.equal(calls.batch.length, tries + 1);
    at.now += 1;
    queue.pump.soon();
    await settle();
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  queue.wake();
  await settle();
  assert.equal(calls.batch.length, 10);
});

test("a server that answers a first try gets what waits at once", async () => {
  const { queue, at, store, settle } = till({ isUp: false, first: [SOLD], batch: [LOST, booking()] });
  await queue.submit(sale("a"));
  await settle();
  assert.equal(store.entries.size, 1);
  at.isUp = true;
  await queue.submit(sale("b"));
  await settle();
  assert.equal(store.entries.size, 0);
});

test("a server that stumbles over fifty is asked for fewer, and for fifty again once it answers", async () => {
  const { queue, calls, at, settle } = till({ isUp: false, batch: [{ problem: { code: "x" }, status: 500 }, { problem: { code: "x" }, status: 413 }, booking()] });
  for (let count = 0; count < 100; count += 1) await queue.store.queue(sale(`s${count}`));
  for (let round = 0; round < 3; round += 1) {
    queue.wake();
    await settle();
  }
  assert.deepEqual(calls.batch.map(({ body }) => body.sales.length), [50, 25, 12, 50, 38]);
  assert.equal(at.now, 1_000_000);
});

test("a token that is no longer good locks the till, and what waits stays", async () => {
  for (const [code, why] of [["till_revoked", "revoked"], ["not_signed_in", "unknown_token"]]) {
    const { queue, of, store, settle } = till({ isUp: false, batch: [{ problem: { code }, status: 401 }] });
    await queue.submit(sale("a"));
    await settle();
    assert.equal(of("locked")[0].why, why);
    assert.equal(store.entries.size, 1);
  }
});

test("only one window sends", async () => {
  const store = new MemoryStore();
  let holder = null;
  const locks = {
    request: async (_name, _options, work) => {
      if (holder) return work(null);
      holder = work({});
      return holder.finally(() => { holder = null; });
    },
  };
  const windows = [1, 2].map(() => till({ isUp: false, batch: [booking()], store, locks }));
  await store.queue(sale("a"));
  for (const { queue } of windows) queue.pump.soon();
  await Promise.all(windows.map(({ settle }) => settle()));
  assert.equal(windows[0].calls.batch.length + windows[1].calls.batch.length, 1);
  assert.equal(store.sent.size, 1);
});

test("after a power cut own sales are tried again, another cashier's are queued, refusals of theirs are dropped", async () => {
  const store = new MemoryStore();
  await store.write(sale("mine", { state: "sending" }));
  await store.write(sale("theirs", { state: "sending", cashier: 9 }));
  await store.write(sale("refused", { state: "sending", cashier: 9, quote: null, refusal: { code: "card_lost" } }));
  const { queue, calls, names } = till({ first: [SOLD], store, isUp: true });
  await queue.resume();
  await new Promise(setImmediate);
  assert.deepEqual(calls.first.map(({ key }) => key), ["mine"]);
  assert.deepEqual([...store.entries.keys()], ["theirs"]);
  assert.deepEqual(names().sort(), ["answered", "queued"]);
  queue.stop();
});

test("what a browser without a token sells is sent until it is answered, and never queued", async () => {
  const { queue, calls, names, store } = till({ device: null, first: [LOST, { problem: { code: "x" }, status: 503 }, SOLD], isUp: false });
  await queue.submit(sale("a", { quote: null }));
  assert.deepEqual(calls.first.map(({ key }) => key), ["a", "a", "a"]);
  assert.deepEqual(names(), ["answered"]);
  const out = till({ device: null, first: [{ problem: { code: "not_signed_in" }, status: 401 }] });
  await out.queue.submit(sale("b"));
  assert.deepEqual(out.names(), ["block"]);
  assert.equal(out.store.entries.size, 1);
  assert.equal(store.seq, 0);
});

test("a full disk stops the till, sends nothing, and goes on when there is room", async () => {
  const full = till({ first: [LOST], isUp: true });
  full.store.isFull = true;
  await full.queue.submit(sale("a"));
  assert.equal(full.calls.first.length, 0);
  assert.deepEqual(full.of("block").map(({ why }) => why), ["storage"]);
  const later = till({ first: [LOST] });
  later.store.queue = async () => { throw new Error("full"); };
  await later.queue.submit(sale("b"));
  assert.deepEqual(later.names(), ["block"]);
  assert.equal(later.store.entries.get("b").state, "sending");
  delete later.store.queue;
  later.queue.wake();
  await new Promise(setImmediate);
  assert.deepEqual(later.names(), ["block", "queued"]);
});

test("an undo of what waits joins the queue behind it; of what is booked it is tried first", async () => {
  const waiting = till({ isUp: true });
  await waiting.queue.submit(sale("a"));
  await waiting.queue.submit({ id: "u", kind: "undo", undoes: "a", reason: "按错了", cashier: 5, occurred_at: 0, made_at: 1, sale: { cash_fen: 200, points_fen: 600 }, path: "/a/reversal" });
  assert.equal(waiting.calls.first.length, 1); // the sale's own
  const receipt = waiting.of("queued")[1].receipt;
  assert.deepEqual([receipt.checkout_id, receipt.cash_fen, receipt.points_fen, receipt.waiting], ["a", 200, 600, true]);
  assert.deepEqual((await waiting.store.waiting()).map(({ id, seq }) => [id, seq]), [["a", 1], ["u", 2]]);
  const booked = till({ first: [{ body: { id: "reversal" }, status: 201 }] });
  await booked.queue.submit({ id: "u", kind: "undo", undoes: "r", reason: "按错了", cashier: 5, occurred_at: 0, path: "/reversal", body: {} });
  assert.deepEqual(booked.names(), ["answered"]);
});

test("an undo of a sale that the server has under another id names that", async () => {
  const known = booking((id) => [{ id, outcome: "replayed", receipt: { ...SOLD.body, id: "theirs" }, findings: [] }]);
  const { queue, calls, settle } = till({ first: [LOST, { body: { id: "reversal" }, status: 201 }], batch: [known] });
  await queue.submit(sale("a"));
  await settle();
  await queue.submit({ id: "u", kind: "undo", undoes: "a", reason: "按错了", cashier: 5, occurred_at: 0, path: "/checkouts/a/reversal", body: {} });
  assert.equal(calls.first[1].path, "/checkouts/theirs/reversal");
});

test("the truth that comes later is told by how much it differs", async () => {
  const other = { ...SOLD.body, shares: [], points_fen: 0, cash_fen: 1600 };
  const { queue, of, settle } = till({ batch: [booking((id) => [{ id, outcome: "replayed", receipt: other, findings: [{ code: "OFF3", reasons: [] }] }])] });
  await queue.submit(sale("a"));
  await settle();
  assert.deepEqual(of("acknowledged")[0].differs, { price_fen: 0, points_fen: -600, cash_fen: 1400, public_fen: -800, unpaid_fen: 0 });
  assert.equal(of("acknowledged")[0].findings[0].code, "OFF3");
});

test("acknowledged sales are kept for thirty days", async () => {
  const { queue, store, at } = till();
  at.now = 40 * 24 * 3600 * 1000;
  store.sent.set("old", { acknowledged_at: at.now - 31 * 24 * 3600 * 1000 });
  store.sent.set("young", { acknowledged_at: at.now - 29 * 24 * 3600 * 1000 });
  await queue.resume();
  assert.deepEqual([...store.sent.keys()], ["young"]);
  queue.stop();
});

test("the file for the manager holds what waits, and its signature is of its very letters", async () => {
  const { queue } = till({ isUp: false });
  await queue.submit(sale("a"));
  const { name, text, count } = await queue.exportFile();
  assert.equal(count, 1);
  assert.match(name, /^chongyang-1-2-\d{8}-\d{4}\.json$/);
  const file = JSON.parse(text);
  const { createHmac, createHash } = await import("node:crypto");
  const key = createHash("sha256").update("secret").digest();
  assert.equal(file.signature, createHmac("sha256", key).update(file.content).digest("hex"));
  const content = JSON.parse(file.content);
  assert.deepEqual([content.device, content.till.number, content.last_seq, content.entries[0].id], [{ id: 7, number: 2 }, 1, 1, "a"]);
  assert.equal(JSON.stringify(content).includes("secret"), false);
});

test("a token that was cleared with the store goes back to its place", async () => {
  const kept = new Map();
  const store = new MemoryStore();
  store.memory = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
  const { of } = till({ store });
  store.onRestored(2);
  assert.equal(JSON.parse(kept.get("chongyang.till")).token, "secret");
  assert.equal(of("restored")[0].count, 2);
});

test("a batch has fifty entries, as the server takes them", () => assert.equal(BATCH, 50));

test("what a power cut left hours ago is not sold anew, now: it goes by the queue, under its own moment", async () => {
  const { queue, store, calls, at, settle } = till({ first: [SOLD], batch: [booking()] });
  at.now = 6 * 3_600_000;
  await store.write({ ...sale("lunch", { made_at: 0 }), state: "sending", seq: null, device: 7 });
  await store.write({ ...sale("now", { made_at: at.now - 5000 }), state: "sending", seq: null, device: 7 });
  await queue.resume();
  queue.stop();
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  await settle();
  assert.deepEqual(calls.first.map(({ key }) => key), ["now"]);
  assert.deepEqual(calls.batch.flatMap(({ body }) => body.sales.map(({ id, occurred_at: when }) => [id, when])), [["lunch", "2026-11-20T03:48:00.000Z"]]);
});
