import assert from "node:assert/strict";
import test from "node:test";
import { Daybook } from "../../../meals/static/till/daybook.js";
import { Queue } from "../../../meals/static/till/queue.js";
import { Selling } from "../../../meals/static/till/selling.js";
import { Writing } from "../../../meals/static/till/writing.js";
import { start as startState, step } from "../../../meals/static/till/machine.js";
import { Roster } from "../../../meals/static/till/roster.js";
import { content } from "./facts.mjs";
import { MemoryStore } from "./memory_store.mjs";

const NOW = Date.parse("2026-11-20T11:48:00+08:00");
const NOON_ROSTER = NOW - 600_000;
const CARD = "6021000000000000018";
const MENU = { on: "2026-11-20", items: [{ id: 1, name: "A", price_fen: 1600, kind: "set_meal", default: true }] };
const URLS = { quotes: "/quotes", checkouts: "/checkouts", reversal: "/checkouts/{id}/reversal", device: "/sales" };
const QUOTE = {
  subsidised: true, price_fen: 1600, shares: [{ payer: "city", kind: "city", amount_fen: 800 }], points_fen: 600, cash_fen: 200,
  balance_fen: 600, window: "lunch", reasons: [], guest: { name: "王*英" },
};
const DEVICE = { token: "t", device: { id: 7, number: 2 }, till: { id: 3, number: 1 }, canteen: { id: 5, name: "文晖" } };
const START = { canteen: { id: 5 }, till: { id: 3, number: 1 }, cashier: { id: 9, name: "周敏" }, urls: URLS };
const WORDS = { tell: (key) => key, dish: ({ name }) => ({ text: name }) };
const clock = { now: () => NOW, check: () => ({ isSuspect: false }), state: () => ({ isSuspect: false }), hear: () => {},
  stamp: () => ({ at: NOW, occurred_at: new Date(NOW).toISOString(), clock_suspect: false }) };

/** A till whose server gives these outcomes by path; what is not named stays without an answer. */
function counter(answers = {}, { isUp = true } = {}) {
  const calls = [];
  let state = step(startState(), { type: "menu", menu: MENU })[0];
  let count = 0;
  const till = {
    start: START, words: WORDS, clock, device: DEVICE, servedAt: 0, book: new Daybook(), keeper: null, store: new MemoryStore(),
    line: { isUp, note: ({ lost }) => { till.line.isUp = !lost; } }, keepAwake: () => {}, isRevoked: () => false, canAsk: () => till.line.isUp,
    shiftDesk: { note: () => {} }, state: () => state,
    api: { call: async (_method, path, given) => (calls.push([path, given]), answers[path]?.(given) ?? { lost: true }) },
  };
  till.send = (event) => {
    const [next, effects] = step(state, { id: `id-${(count += 1)}`, now: NOW, ...event });
    state = next;
    for (const effect of effects) if (["quote", "sell", "undo"].includes(effect.do)) till.work = till.selling[effect.do](effect);
  };
  till.writing = new Writing({ start: START, words: WORDS, clock, menu: () => MENU });
  till.selling = new Selling(till);
  till.decider = { decide: async () => ({ quote: QUOTE, basis: { senior_id: 11, roster_version: "v", roster_at: NOW } }), claim: async () => true, hear: () => {} };
  till.queue = new Queue({ api: till.api, store: till.store, device: DEVICE, cashier: 9, clock, on: (event) => till.selling.heard(event), isUp: () => till.canAsk(), locks: null, url: URLS.device });
  till.send({ type: "device", device: { number: 2 } });
  return { till, calls, state: () => state };
}

/** Let what was begun come to its end. */
async function settle(till) {
  for (let round = 0; round < 20; round += 1) {
    await till.work;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const scan = (till) => till.send({ type: "scan", id: "sale-1", card: CARD, kind: "card", text: CARD });
const SOLD = { body: { ...QUOTE, id: "sale-1", number: "1-1120-001", sold_at: "2026-11-20T11:48:00+08:00" }, status: 201 };

test("with the server there a sale is its own, and leaves nothing behind", async () => {
  const { till, calls, state } = counter({ "/quotes": () => ({ body: QUOTE, status: 200 }), "/checkouts": () => SOLD });
  scan(till);
  await settle(till);
  assert.equal(state().stage.view, "sold");
  assert.equal(state().stage.receipt.number, "1-1120-001");
  assert.deepEqual(calls.map(([path]) => path), ["/quotes", "/checkouts"]);
  assert.equal(state().standing.count, 0);
});

test("without the server the till decides, writes down and shows its own number", async () => {
  const { till, calls, state } = counter({}, { isUp: false });
  scan(till);
  await settle(till);
  assert.equal(state().stage.view, "sold");
  assert.equal(state().stage.receipt.number, "1-2-1");
  assert.equal(state().stage.receipt.roster_at, NOW);
  assert.equal(state().standing.count, 1);
  assert.deepEqual(calls.map(([path]) => path), ["/sales"]); // the queue tries; nobody waits for it
  const [entry] = await till.store.waiting();
  assert.equal(entry.is_offline, true);
  assert.equal(entry.senior_id, 11);
});

test("a quote of the server whose sale has no answer is queued as the server decided it", async () => {
  const { till, state } = counter({ "/quotes": () => ({ body: QUOTE, status: 200 }) });
  scan(till);
  await settle(till);
  assert.equal(state().stage.view, "sold");
  const [entry] = await till.store.waiting();
  assert.equal(entry.is_offline, false);
  assert.equal(entry.state, "queued");
});

test("a refusal of the server is tried as a sale once and shown, answer or not", async () => {
  const problem = { code: "card_lost", detail: "lost" };
  const { till, calls, state } = counter({ "/quotes": () => ({ problem, status: 409 }) });
  scan(till);
  await settle(till);
  assert.equal(state().stage.view, "refused");
  assert.deepEqual(calls.map(([path]) => path).slice(0, 2), ["/quotes", "/checkouts"]);
  assert.equal(state().standing.count, 0);
});

test("a code pays once at this till, also when nobody else can say so", async () => {
  const { till, state } = counter({}, { isUp: false });
  till.decider.claim = async () => false;
  scan(till);
  await settle(till);
  assert.equal(state().stage.view, "refused");
  assert.equal(state().stage.problem.code, "code_used");
});

test("the day counts what waits, and once when it has arrived", async () => {
  const { till, state } = counter({}, { isUp: false });
  const totals = { count: 0, subsidised: 0, cash_fen: 0, points_fen: 0, public_fen: 0 };
  till.send({ type: "today", today: { totals, recent: [] } });
  scan(till);
  await settle(till);
  assert.equal(state().today.totals.cash_fen, 200);
  assert.equal(state().today.recent[0].waiting, true);
  const [entry] = await till.store.waiting();
  till.selling.heard({ type: "acknowledged", entry, receipt: SOLD.body, findings: [], differs: null, standing: till.store.standing() });
  await settle(till);
  assert.equal(state().today.totals.cash_fen, 200);
  assert.equal(state().today.recent[0].waiting, false);
  till.servedAt = NOW + 1;
  till.send({ type: "today", today: { totals: { ...totals, count: 1, cash_fen: 200 }, recent: [] }, own: till.book.unknownAt(NOW + 1) });
  assert.equal(state().today.totals.cash_fen, 200);
});

test("a decision that breaks shows a screen instead of waiting for ever", async () => {
  const { till, state } = counter({}, { isUp: false });
  till.selling.failed = (_error, outcome) => outcome;
  till.decider.decide = async () => { throw new Error("a row of another shape"); };
  scan(till);
  await settle(till);
  assert.equal(state().stage.view, "unreached");
});

test("a code that cannot be noted as used sells nothing, and says that the store is full", async () => {
  const { till, state } = counter({}, { isUp: false });
  till.selling.failed = (_error, outcome) => outcome;
  till.decider.claim = async () => { throw new Error("QuotaExceededError"); };
  scan(till);
  await settle(till);
  assert.deepEqual([state().stage.view, state().stage.why], ["blocked", "storage"]);
  assert.deepEqual(await till.store.waiting(), []);
});

test("what the server says of a card is kept for when it is away", async () => {
  const lost = { problem: { code: "card_lost" }, status: 409 };
  const { till } = counter({ "/quotes": () => lost, "/checkouts": () => lost });
  const heard = [];
  till.decider.hear = ({ card, problem }) => heard.push([card, problem.code]);
  scan(till);
  await settle(till);
  assert.deepEqual([...new Set(heard.map(String))], [`${CARD},card_lost`]);
});

test("the figures of a till that went on alone over midnight begin at nothing", async () => {
  const { till, state } = counter({}, { isUp: false });
  till.servedAt = NOW - 24 * 3_600_000;
  till.send({ type: "today", today: { totals: { count: 40, cash_fen: 8000 }, recent: [{ id: "old", state: "sold" }] }, own: [] });
  scan(till);
  await settle(till);
  assert.deepEqual([state().today.totals.count, state().today.recent.map(({ id }) => id)], [1, ["sale-1"]]);
});

test("the line is back before the queue is empty: a guest served meanwhile is not served again by the server", async () => {
  const { till, calls, state } = counter({ "/quotes": () => ({ body: QUOTE, status: 200 }), "/checkouts": () => SOLD }, { isUp: false });
  till.keeper = { roster: Roster.from(content(), NOON_ROSTER) };
  scan(till);
  await settle(till);
  assert.equal(state().standing.count, 1);
  till.line.isUp = true;
  till.decider.decide = async () => ({ quote: { ...QUOTE, subsidised: false, shares: [], cash_fen: 1600 }, basis: { senior_id: 41 } });
  till.send({ type: "scan", id: "sale-2", card: CARD, kind: "card", text: CARD, now: NOW + 5000 });
  await settle(till);
  assert.equal(state().stage.view, "asking"); // by the roster with what waits: it is the second one
  till.send({ type: "enter" });
  await settle(till);
  assert.deepEqual(calls.filter(([path]) => path !== "/sales"), []); // and it goes behind the first
  assert.deepEqual((await till.store.waiting()).map(({ id, seq }) => [id, seq]), [["sale-1", 1], ["sale-2", 2]]);
  till.line.isUp = true; // the queue's own try may have met silence meanwhile
  till.send({ type: "scan", id: "sale-3", card: "6021000000000000026", kind: "card", text: "6021000000000000026", now: NOW + 9000 });
  await settle(till);
  assert.deepEqual(calls.filter(([path]) => path !== "/sales").map(([path]) => path), ["/quotes", "/checkouts"]); // others ask as ever
});
