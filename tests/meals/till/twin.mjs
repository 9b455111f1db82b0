// Prices every case of a file of JSON lines, and says where the browser's rules differ from what stands beside it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { priceMeal } from "../../../meals/static/till/pricing.js";

const lines = readFileSync(process.argv[2], "utf8").trim().split("\n");
for (const [place, line] of lines.entries()) {
  const { bill, quote } = JSON.parse(line);
  assert.deepStrictEqual(priceMeal(bill), quote, `case ${place}: ${line}`);
}
console.log(lines.length);
