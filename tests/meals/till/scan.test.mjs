import assert from "node:assert/strict";
import test from "node:test";
import { WedgeReader } from "../../../meals/static/till/scan.js";

const CARD = "6021000000000000018";

function reading() {
  const scans = [];
  const keys = [];
  const reader = new WedgeReader({ onScan: (scan) => scans.push(scan), onKey: (key) => keys.push(key) });
  return { reader, scans, keys };
}

const key = (code, at, more = {}) => ({ code, key: code.replace(/^(Digit|Numpad|Key)/, ""), keyCode: 0, at, ...more });

/** Press and release each digit, `gap` ms apart; answers the moment after the last. */
function type(reader, text, { from = 0, gap = 8, ...more } = {}) {
  let at = from;
  for (const sign of text) {
    const code = /\d/.test(sign) ? `Digit${sign}` : `Key${sign.toUpperCase()}`;
    reader.press(key(code, at, { key: sign, ...more }));
    reader.release(key(code, at + 2));
    at += gap;
  }
  return at;
}

for (const suffix of ["Enter", "NumpadEnter", "Tab"]) {
  test(`a scan ends with ${suffix}, which the page does not get`, () => {
    const { reader, scans } = reading();
    const at = type(reader, CARD);
    assert.equal(reader.press(key(suffix, at)), true);
    assert.equal(scans.length, 1);
    assert.equal(scans[0].card, CARD);
  });
}

test("a scan without an end is over after a silence", () => {
  const { reader, scans } = reading();
  type(reader, CARD);
  reader.fallSilent();
  assert.equal(scans[0].card, CARD);
  assert.equal(scans[0].suffix, "none");
});

test("an Enter that comes late belongs to the scan before it", () => {
  const { reader } = reading();
  const at = type(reader, CARD);
  reader.fallSilent();
  assert.equal(reader.press(key("Enter", at + 150)), true);
  assert.equal(reader.press(key("Enter", at + 900)), false);
});

test("with an input method on, the physical keys count", () => {
  const { reader, scans } = reading();
  const at = type(reader, CARD, { key: "Process", keyCode: 229 });
  reader.press(key("Enter", at, { key: "Process", keyCode: 229 }));
  assert.equal(scans[0].card, CARD);
});

test("a key that the input method sends twice counts once", () => {
  const { reader, scans } = reading();
  let at = 0;
  for (const sign of CARD) {
    reader.press(key(`Digit${sign}`, at, { key: "Process", keyCode: 229 }));
    reader.press(key(`Digit${sign}`, at + 1, { key: sign, keyCode: 48 }));
    reader.release(key(`Digit${sign}`, at + 3));
    at += 9;
  }
  reader.press(key("Enter", at, { key: "Process", keyCode: 229 }));
  assert.equal(reader.press(key("Enter", at + 1, { keyCode: 13 })), true);
  assert.equal(scans.length, 1);
  assert.equal(scans[0].text, CARD);
});

test("full-width digits of a keyboard without codes are read", () => {
  const { reader, scans } = reading();
  [...CARD].forEach((sign, at) => {
    reader.press({ code: "", key: String.fromCharCode(sign.charCodeAt(0) + 0xfee0), keyCode: 0, at: at * 8 });
  });
  reader.fallSilent();
  assert.equal(scans[0].card, CARD);
});

test("Alt and the number pad spell a digit by its code", () => {
  const { reader, scans } = reading();
  let at = 0;
  for (const sign of CARD) {
    reader.press(key("AltLeft", at, { key: "Alt", alt: true }));
    for (const part of `0${sign.charCodeAt(0)}`) reader.press(key(`Numpad${part}`, at + 1, { alt: true }));
    reader.release(key("AltLeft", at + 3, { key: "Alt" }));
    at += 10;
  }
  reader.fallSilent();
  assert.equal(scans[0].card, CARD);
});

test("one digit alone is a key", () => {
  const { reader, scans, keys } = reading();
  type(reader, "2");
  reader.fallSilent();
  assert.deepEqual(keys, ["2"]);
  assert.equal(scans.length, 0);
});

test("digits typed by fingers are no scan", () => {
  const { reader, scans } = reading();
  type(reader, "60218840", { gap: 180 });
  reader.fallSilent();
  assert.equal(scans.length, 0);
});

test("a payment code is told apart", () => {
  const { reader, scans } = reading();
  const at = type(reader, "2812345678901234567");
  reader.press(key("Enter", at));
  assert.equal(scans[0].kind, "alipay");
  assert.equal(scans[0].card, null);
});

test("a web address is something else, not a torn card", () => {
  const { reader, scans } = reading();
  const at = type(reader, "httpsexampleorg123");
  reader.press(key("Enter", at));
  assert.equal(scans[0].kind, "other");
});

test("a card that a busy machine tore apart is put together by its check digit", () => {
  const { reader, scans } = reading();
  const at = type(reader, CARD.slice(0, 7));
  reader.fallSilent();
  type(reader, CARD.slice(7), { from: at + 200 });
  reader.press(key("Enter", at + 300));
  assert.equal(scans.at(-1).card, CARD);
});

test("in a field, a burst that is a card is a scan and leaves the field as it was", () => {
  const { reader, scans } = reading();
  const field = {};
  let at = 0;
  for (const sign of CARD) {
    assert.equal(reader.press(key(`Digit${sign}`, at, { key: sign, field, kept: "王" })), false);
    at += 8;
  }
  assert.equal(reader.press(key("Enter", at, { field })), true);
  assert.equal(scans[0].field, field);
  assert.equal(scans[0].kept, "王");
});

test("in a field, a timer that ran too early tears nothing apart", () => {
  const { reader, scans } = reading();
  const more = { field: {}, kept: "" };
  const at = type(reader, CARD.slice(0, 9), more);
  reader.fallSilent();
  type(reader, CARD.slice(9), { from: at, ...more });
  reader.press(key("Enter", at + 90, more));
  assert.equal(scans.at(-1).card, CARD);
});

test("in a field, what fingers type stays, a card's number too", () => {
  const { reader, scans } = reading();
  const at = type(reader, CARD, { gap: 40, field: {}, kept: "" });
  assert.equal(reader.press(key("Enter", at, { field: {} })), false);
  assert.equal(scans.length, 0);
});

const CODE = `CY1${"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(5).slice(0, 130)}`;

test("a phone's payment code of 133 signs is one scan", () => {
  const { reader, scans, keys } = reading();
  const at = type(reader, CODE);
  assert.equal(reader.press(key("Enter", at)), true);
  assert.deepEqual(scans.map(({ kind, card }) => [kind, card]), [["code", CODE]]);
  assert.deepEqual(keys, []);
});

test("with an input method on, the letters of a payment code are read by their keys", () => {
  const { reader, scans } = reading();
  const at = type(reader, CODE, { key: "Process", keyCode: 229 });
  reader.press(key("Enter", at, { key: "Process", keyCode: 229 }));
  assert.equal(scans[0].card, CODE);
});

test("with Caps Lock on, a payment code is read all the same", () => {
  const { reader, scans } = reading();
  const at = type(reader, CODE.toLowerCase());
  reader.press(key("Enter", at));
  assert.equal(scans[0].card, CODE);
});

test("a payment code torn in three by a busy machine is put together", () => {
  const { reader, scans } = reading();
  let at = 0;
  for (const part of [CODE.slice(0, 50), CODE.slice(50, 90), CODE.slice(90)]) {
    at = type(reader, part, { from: at }) + 200;
    reader.fallSilent();
  }
  assert.equal(scans.at(-1).card, CODE);
  assert.equal(scans.filter(({ card }) => card).length, 1);
});

test("a payment code scanned into a field is taken out of it", () => {
  const { reader, scans } = reading();
  const field = { value: "" };
  const at = type(reader, CODE, { field, kept: "" });
  reader.press(key("Enter", at, { field }));
  assert.equal(scans[0].card, CODE);
  assert.equal(scans[0].field, field);
});
