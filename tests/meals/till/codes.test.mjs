import assert from "node:assert/strict";
import test from "node:test";
import { classify, isIdNumber, isLuhn } from "../../../meals/static/till/codes.js";

const CARD = "6021000000000000018";

test("the check digit decides what is a number", () => {
  assert.ok(isLuhn("4539578763621486"));
  assert.ok(!isLuhn("4539578763621487"));
  assert.ok(isIdNumber("11010519491231002X"));
  assert.ok(!isIdNumber("110105194912310021"));
});

for (const [text, kind] of [
  [CARD, "card"],
  ["6021 0000 0000 0000 018", "card"],
  [[...CARD].map((sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0)).join(""), "card"], // full-width
  ["6021000000000000019", "misread"],
  ["602100000000000", "short"],
  ["6222021234567890128", "other"],
  ["134567890123456789", "wechat"],
  ["2812345678901234567", "alipay"],
  ["281234567890123456", "alipay"],
  ["11010519491231002X", "id_number"],
  ["6901234567892", "goods"],
  ["https://example.org/x", "other"],
]) {
  test(`${text} is ${kind}`, () => {
    const found = classify(text);
    assert.equal(found.kind, kind);
    assert.equal(found.card, kind === "card" ? CARD : null);
  });
}

const CODE = `CY1${"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(5).slice(0, 130)}`;
const NUMBER = "881234567890123457";

for (const [text, kind] of [
  [CODE, "code"],
  [CODE.toLowerCase(), "code"], // Caps Lock on
  [NUMBER, "code"],
  ["88 1234 5678 9012 3457", "code"],
  ["881234567890123458", "code_misread"],
  [CODE.slice(0, 60), "code_misread"],
  [`${CODE}A`, "code_misread"],
]) {
  test(`${text.slice(0, 24)} of ${text.length} signs is ${kind}`, () => {
    const found = classify(text);
    assert.equal(found.kind, kind);
    assert.equal(found.card, kind === "code" ? found.text : null);
    assert.ok(!found.card || found.card === CODE || found.card === NUMBER);
  });
}

test("no payment code of others is ever a card, even with a right check digit", () => {
  for (let last = 0; last < 10; last += 1) assert.notEqual(classify(`283456789012345678${last}`).kind, "card");
});
