import assert from "node:assert/strict";
import test from "node:test";
import { Daybook, figuresOf, ofDay, rowIn } from "../../../meals/static/till/daybook.js";

const SHARES = [{ payer: "city", amount_fen: 500 }, { payer: "concession", amount_fen: 100 }];
const QUOTE = { price_fen: 1600, shares: SHARES, points_fen: 600, cash_fen: 400 };
const sale = (id, made_at = 0) => ({
  id, kind: "sale", made_at, occurred_at: new Date(made_at).toISOString(), guest: { name: "王*英" }, what: "A", quote: QUOTE,
});
const undo = (id, undoes, amounts = {}) => ({ id, kind: "undo", undoes, made_at: 9, sale: { id: undoes, ...amounts } });
const SERVED = {
  totals: { count: 2, subsidised: 1, cash_fen: 2000, points_fen: 0, public_fen: 800 },
  recent: [{ id: "s2", number: "1-0002", cash_fen: 1600, state: "sold" }, { id: "s1", number: "1-0001", cash_fen: 400, state: "sold" }],
};
const waiting = (...entries) => entries.map((entry) => ({ ...entry, number: `1-2-${entry.id}`, acknowledged_at: null }));

test("the day is what the server says and what waits", () => {
  const { totals, recent } = figuresOf(SERVED, waiting(sale("a", 1), sale("b", 2)));
  assert.deepEqual(totals, { count: 4, subsidised: 3, cash_fen: 2800, points_fen: 1200, public_fen: 1800 });
  assert.deepEqual(recent.map(({ id }) => id), ["b", "a", "s2", "s1"]);
  assert.equal(recent[0].number, "1-2-b");
});

test("what was undone counts on neither side", () => {
  const { totals, recent } = figuresOf(SERVED, waiting(sale("a"), undo("u", "a"), undo("v", "s2", { cash_fen: 1600 })));
  assert.deepEqual(totals, { count: 1, subsidised: 1, cash_fen: 400, points_fen: 0, public_fen: 800 });
  assert.deepEqual(recent.map(({ id, state }) => [id, state]), [["a", "reversed"], ["s2", "reversed"], ["s1", "sold"]]);
});

test("an undoing that the server already shows is not counted twice", () => {
  const served = { ...SERVED, recent: [{ ...SERVED.recent[0], state: "reversed" }, SERVED.recent[1]] };
  assert.equal(figuresOf(served, waiting(undo("v", "s2", { cash_fen: 1600 }))).totals.count, 2);
});

test("a sale that was answered stays on top until the server's figures are younger", () => {
  const own = new Daybook();
  own.note(sale("a", 1), { receipt: { number: "1-2-7", waiting: true } });
  own.note(sale("b", 2));
  own.note(sale("a", 1), { receipt: { id: "a", number: "1-1120-001" }, acknowledgedAt: 100 });
  assert.deepEqual(own.unknownAt(100).map(({ id }) => id), ["a", "b"]);
  assert.equal(own.find("a").number, "1-2-7");
  assert.equal(own.find("a").receipt.number, "1-1120-001");
  assert.deepEqual(own.unknownAt(101).map(({ id }) => id), ["b"]);
  own.sweep(101);
  assert.equal(own.find("a"), null);
});

test("what the server lists already is not counted on top", () => {
  const { totals, recent } = figuresOf(SERVED, waiting({ ...sale("s2", 1) }));
  assert.equal(totals.count, 2);
  assert.equal(recent.length, 2);
});

test("any waiting sale can be found for undoing, and says whether it was undone", () => {
  const own = waiting(sale("a"), sale("b"), undo("u", "a"));
  assert.equal(rowIn(own, "a").state, "reversed");
  assert.equal(rowIn(own, "b").state, "sold");
  assert.equal(rowIn(own, "u"), null);
});

test("a sale that the server booked under an id of its own is the same sale", () => {
  const own = new Daybook();
  own.note(sale("key", 1), { receipt: { id: "s1" }, acknowledgedAt: 5 });
  own.note(undo("u", "s1"));
  const { totals, recent } = figuresOf({ ...SERVED, recent: [] }, own.unknownAt(0));
  assert.equal(totals.count, 2);
  assert.deepEqual(recent.map(({ id, state }) => [id, state]), [["s1", "reversed"]]);
  assert.equal(own.find("s1").id, "key");
  assert.equal(figuresOf(SERVED, own.unknownAt(0).slice(0, 1)).totals.count, 2);
});

test("what waits from yesterday is not sold today, nor is its undoing", () => {
  const now = Date.parse("2026-11-21T08:00:00+08:00");
  const before = sale("a", Date.parse("2026-11-20T11:48:00+08:00"));
  const today = sale("b", Date.parse("2026-11-21T00:01:00+08:00"));
  const undone = { ...undo("u", "a", { sold_at: before.occurred_at }), occurred_at: today.occurred_at };
  assert.deepEqual(ofDay([before, today, undone], now).map(({ id }) => id), ["b"]);
});
