// Prices every case of a file of JSON lines and puts it into words, and says where the browser differs from what stands
// beside it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { explain, tierOf } from "../../../meals/static/till/explaining.js";
import { priceMeal } from "../../../meals/static/till/pricing.js";

const lines = readFileSync(process.argv[2], "utf8").trim().split("\n");
for (const [place, line] of lines.entries()) {
  const { bill, quote, told, tier } = JSON.parse(line);
  const priced = priceMeal(bill);
  assert.deepStrictEqual(priced, quote, `case ${place}: ${line}`);
  assert.deepStrictEqual([explain(priced.reasons), tierOf(priced.reasons)], [told, tier], `case ${place}: ${line}`);
}
console.log(lines.length);
