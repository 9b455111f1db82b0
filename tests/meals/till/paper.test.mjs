import assert from "node:assert/strict";
import test from "node:test";
import { receiptLines } from "../../../meals/static/till/paper.js";

const words = { tell: (key, params) => (params ? `${key} ${Object.values(params).join(" ")}` : key), dish: ({ name }) => ({ text: name }) };
const start = { canteen: { name: "文晖一食堂" }, till: { number: 1 } };
const ENTRY = {
  number: "1-2-7", occurred_at: "2026-11-20T03:48:00.000Z", acknowledged_at: null, guest: { name: "王*英", card_tail: "60210018" },
  items: [{ name: "A 套餐", price_fen: 1600, count: 1 }, { name: "米饭", price_fen: 100, count: 2 }],
  quote: {
    price_fen: 1800, points_fen: 600, cash_fen: 300,
    shares: [{ payer: "city", amount_fen: 500 }, { payer: "district", amount_fen: 300 }, { payer: "concession", amount_fen: 100 }],
  },
};
const print = (entry, more = {}) => receiptLines(entry, { words, start, ...more });

test("a waiting sale's receipt says that it waits, and adds up", () => {
  const lines = print(ENTRY);
  assert.deepEqual(lines.slice(0, 4), [
    ["title", "文晖一食堂"], ["mark", "slip.waiting"], ["plain", "sold.number 1-2-7"], ["plain", "2026-11-20 11:48", "slip.till 1"],
  ]);
  const amounts = lines.filter(([look]) => look !== "rule").map(([, left, right]) => [left, right]);
  for (const line of [["A 套餐", "16.00"], ["米饭 x2", "2.00"], ["slip.price", "18.00"], ["slip.subsidy", "-8.00"],
    ["payer.concession", "-1.00"], ["payer.points", "-6.00"], ["payer.self", "3.00 unit.yuan"]]) {
    assert.ok(amounts.some((each) => each[0] === line[0] && each[1] === line[1]), line[0]);
  }
});

test("a second paper says so, and so does one of a sale that was undone", () => {
  const marks = print(ENTRY, { isReprint: true, isUndone: true }).filter(([look]) => look === "mark").map(([, text]) => text);
  assert.deepEqual(marks, ["slip.waiting", "slip.reprint", "slip.undone", "guest.thanks"]);
});

test("somebody whom the till does not know stands on it without a name", () => {
  assert.ok(!print({ ...ENTRY, guest: { name: "" } }).some(([, text]) => String(text).startsWith("slip.guest")));
});
