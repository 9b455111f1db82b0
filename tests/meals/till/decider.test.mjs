import assert from "node:assert/strict";
import test from "node:test";
import { TillClock } from "../../../meals/static/till/clock.js";
import { Decider } from "../../../meals/static/till/decider.js";
import { Roster } from "../../../meals/static/till/roster.js";
import { CARD, NOON, content, row } from "./facts.mjs";

const ITEMS = [{ dish_id: 7, count: 1 }];
const CODE = `CY1${"A".repeat(130)}`;

function deciding({ entries = [], sent = [], found = {}, about = {}, check = async () => ({ fault: "forged" }), isRevoked = () => false, own } = {}) {
  const claimed = new Set();
  const store = {
    waiting: async () => entries, sentSince: async () => sent, find: async (id) => found[id] ?? null,
    standing: () => ({ count: entries.length, price_fen: 0, oldest_at: null, last_seq: 0 }),
    claimCode: async (nonce) => !claimed.has(nonce) && Boolean(claimed.add(nonce)),
  };
  const keeper = { roster: Roster.from(content({ people: [row(about)] }), NOON - 60_000) };
  const signatures = Promise.resolve({ learn: () => {}, check });
  return new Decider({ keeper, signatures, store, clock: new TillClock({ wall: () => NOON, mono: () => 0 }), own, isRevoked });
}

test("a card is decided with its moment", async () => {
  const { quote, occurred_at: at, clock_suspect: isSuspect } = await deciding().decide({ card: CARD, items: ITEMS });
  assert.deepEqual([quote.cash_fen, at, isSuspect], [0, new Date(NOON).toISOString(), false]);
});

test("a code is read first, and used up once", async () => {
  const decider = deciding({ check: async () => ({ senior_id: 41, issued_at: NOON - 1000, expires_at: NOON + 60_000, nonce: "aa" }) });
  const { basis } = await decider.decide({ card: CODE, items: ITEMS });
  assert.deepEqual([await decider.claim(basis), await decider.claim(basis), await decider.claim({ claim: null })], [true, false, true]);
  assert.equal((await deciding().decide({ card: CODE, items: ITEMS })).problem.code, "code_forged");
});

test("what waits and what was answered since counts, and so does an undoing of what was answered before", async () => {
  const { quote } = await deciding().decide({ card: CARD, items: ITEMS });
  const sale = { id: "s", kind: "sale", card: CARD, senior_id: 41, occurred_at: new Date(NOON - 1000).toISOString(), quote };
  assert.equal((await deciding({ entries: [sale] }).decide({ card: CARD, items: ITEMS })).quote.reasons[1].code, "count_used");
  const answered = { ...sale, acknowledged_at: NOON - 500, answer: { outcome: "answered", receipt: { ...quote, sold_at: sale.occurred_at } } };
  assert.equal((await deciding({ sent: [answered] }).decide({ card: CARD, items: ITEMS })).quote.reasons[1].code, "count_used");
  const old = { ...answered, acknowledged_at: NOON - 600_000 };
  const about = { points_fen: 9200, balance_fen: 9200, month: [1, 800], meals: [["lunch", 800, "11:47", "文晖一食堂", "1", true]] };
  const undo = { id: "u", kind: "undo", undoes: "s", occurred_at: new Date(NOON).toISOString() };
  const undone = await deciding({ entries: [undo], found: { s: old }, about }).decide({ card: CARD, items: ITEMS });
  assert.deepEqual([undone.quote.subsidised, undone.quote.balance_fen], [true, 10_000]);
});

test("what the page has in memory is not read from the disk", async () => {
  const { quote } = await deciding().decide({ card: CARD, items: ITEMS });
  const own = async () => [{ id: "s", kind: "sale", senior_id: 41, occurred_at: new Date(NOON - 1000).toISOString(), quote }];
  assert.equal((await deciding({ own }).decide({ card: CARD, items: ITEMS })).quote.subsidised, false);
});

test("a revoked till is locked, and one without a roster sells nothing", async () => {
  assert.equal((await deciding({ isRevoked: () => true }).decide({ card: CARD, items: ITEMS })).basis.lock.code, "revoked");
  const decider = deciding();
  decider.keeper.roster = null;
  assert.equal((await decider.decide({ card: CARD, items: ITEMS })).problem.code, "no_roster");
});

const used = (params) => ({ subsidised: false, window: "lunch", reasons: [{ code: "price", params: { price_fen: 1600 } }, { code: "count_used", params: { per: "window", window: "lunch", allowed: 1, ...params } }] });
const ELSEWHERE = { at: "11:46", canteen: "潮鸣食堂", till: "2", here: false };

test("a card that the server called lost after the roster is not served when the line goes", async () => {
  const decider = deciding();
  decider.hear({ card: CARD, problem: { code: "card_lost" } });
  assert.equal((await decider.decide({ card: CARD, items: ITEMS })).problem.code, "card_lost");
  decider.keeper.roster.asked_at = NOON + 1; // and the roster that came after it knows
  assert.equal((await decider.decide({ card: CARD, items: ITEMS })).quote.subsidised, true);
});

test("whoever was told that this meal was had elsewhere gets no second one from the roster", async () => {
  const decider = deciding();
  decider.hear({ card: CARD, quote: used(ELSEWHERE) });
  const { quote } = await decider.decide({ card: CARD, items: ITEMS });
  assert.deepEqual([quote.subsidised, quote.reasons[1].code, quote.reasons[1].params.canteen], [false, "count_used", "潮鸣食堂"]);
  decider.hear({ card: CARD, quote: { subsidised: true, reasons: [] } }); // it was undone there
  assert.equal((await decider.decide({ card: CARD, items: ITEMS })).quote.subsidised, true);
});

test("what the server said of another meal, or of a sale of this till, holds nothing up", async () => {
  for (const quote of [{ ...used(ELSEWHERE), window: "breakfast" }, used({ at: "11:46", canteen: "文晖一食堂", till: "1", here: true })]) {
    const decider = deciding();
    decider.hear({ card: CARD, quote });
    assert.equal((await decider.decide({ card: CARD, items: ITEMS })).quote.subsidised, true);
  }
});
