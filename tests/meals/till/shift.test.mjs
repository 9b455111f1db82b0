import assert from "node:assert/strict";
import { test } from "node:test";

import { addCounts, fenOf } from "../../../meals/static/till/shift.js";
import { addUp, lineOf } from "../../../meals/static/till/tally.js";

test("yuan are read as people type them", () => {
  for (const [text, fen] of [["216", 21600], ["216.5", 21650], ["0.05", 5], [" 7。50 ", 750], ["", null], ["-3", null], ["1.234", null], ["1,000", null]]) {
    assert.equal(fenOf(text), fen, text);
  }
});

test("notes and coins add up", () => {
  assert.equal(addCounts({}), 0);
  assert.equal(addCounts({ 10000: 2, 50: 3 }), 20150);
});

test("only sales since the shift was opened count", () => {
  const receipt = (id, at) => ({ id, sold_at: at, price_fen: 1600, points_fen: 600, cash_fen: 200, guest: { name: "王*英" } });
  const lines = [receipt("a", "2026-11-20T03:47:59.999Z"), receipt("b", "2026-11-20T11:48:00+08:00")].map(lineOf);
  assert.deepEqual(addUp(lines, Date.parse("2026-11-20T03:48:00Z")), { count: 1, price_fen: 1600, points_fen: 600, cash_fen: 200 });
  assert.ok(!JSON.stringify(lines).includes("王"));
});
