import assert from "node:assert/strict";
import test from "node:test";
import { Roster, ageOn, clockOf, dayOf, isoOf, mayBe, minuteOf, momentOf } from "../../../meals/static/till/roster.js";
import { CARD, NOON, VERSION, content, row } from "./facts.mjs";

const OTHER = "6021000000000000026";

test("a moment has the day, the minute and the clock of the place", () => {
  assert.equal(dayOf(NOON), "2026-11-20");
  assert.equal(dayOf(Date.parse("2026-11-20T17:00:00Z")), "2026-11-21");
  assert.equal(minuteOf(NOON), 708);
  assert.equal(clockOf(NOON), "11:48");
  assert.equal(isoOf(NOON), "2026-11-20T11:48:00.000+08:00");
  assert.equal(momentOf(VERSION), Date.parse("2026-11-20T11:30:00+08:00"));
  assert.equal(momentOf("nonsense"), null);
});

test("a person is found by the card and by the id in a code, with the card in use", () => {
  const roster = Roster.from(content({ people: [row({ card_state: "lost" }), row({ card: OTHER }), row({ id: 42, card: "6021000000000000034", name: "李*" })] }));
  assert.equal(roster.find(CARD).card_state, "lost");
  assert.equal(roster.findSenior(41).card, OTHER);
  assert.equal(roster.findSenior(42).name, "李*");
  assert.equal(roster.find("1"), null);
  assert.equal(roster.findSenior(1), null);
});

test("half a roster is none", () => {
  assert.equal(Roster.from({ ...content(), full: false }), null);
  assert.equal(Roster.from(null), null);
});

test("a delta changes who it names, and forgets who is gone", () => {
  const roster = Roster.from(content({ people: [row(), row({ id: 42, card: OTHER })] }));
  const next = roster.apply({ ...content({ people: [row({ points_fen: 5 })] }), full: false, gone: [OTHER, "unknown"], version: "2-2026-11-20" }, NOON);
  assert.equal(next.find(CARD).points_fen, 5);
  assert.equal(next.find(OTHER), null);
  assert.equal(next.findSenior(42), null);
  assert.deepEqual([next.version, next.at, next.size], ["2-2026-11-20", NOON, 1]);
});

test("a whole roster takes the place of all", () => {
  const roster = Roster.from(content()).apply(content({ people: [row({ id: 42, card: OTHER })] }));
  assert.equal(roster.find(CARD), null);
  assert.equal(roster.size, 1);
});

test("a card that came to somebody else is theirs alone", () => {
  const roster = Roster.from(content()).apply({ ...content({ people: [row({ id: 43 })] }), full: false });
  assert.equal(roster.findSenior(41), null);
  assert.equal(roster.findSenior(43).card, CARD);
});

test("other columns are asked for whole", () => {
  assert.throws(() => Roster.from(content()).apply({ ...content(), full: false, columns: ["id"] }));
});

test("what the store keeps is the roster again", () => {
  const roster = Roster.from(content({ people: [row(), row({ id: 42, card: OTHER })] }));
  roster.apply({ ...content({ people: [row({ points_fen: 5 })] }), full: false });
  const again = Roster.from(JSON.parse(JSON.stringify(roster.content())));
  assert.deepEqual(again.find(CARD), roster.find(CARD));
  assert.deepEqual(again.day("2026-11-21"), roster.day("2026-11-21"));
});

test("a birthday within the roster's days counts from its day on", () => {
  const person = { age: 79, birthday_on: "2026-11-21" };
  assert.deepEqual(["2026-11-20", "2026-11-21", "2026-11-22"].map((on) => ageOn(person, on)), [79, 80, 80]);
});

test("a name is found through its mask", () => {
  for (const text of ["王秀英", "王秀", "秀英", "王", "英", "王*英"]) assert.ok(mayBe(text, "王*英"), text);
  for (const text of ["秀", "欧", "李秀英", "王秀英子"]) assert.ok(!mayBe(text, "王*英"), text);
});

test("guests are found by name or the last digits, those who eat here first, lost cards never", () => {
  const people = [row(), row({ id: 42, card: OTHER, month: [3, 2400] }), row({ id: 43, card: "6021000000000000034", card_state: "lost" })];
  const roster = Roster.from(content({ people }));
  assert.deepEqual(roster.search("秀英").map(({ card }) => card), [OTHER, CARD]);
  assert.deepEqual(roster.search("0018"), [{ name: "王*英", age: 82, card: CARD, card_tail: "0018" }]);
  assert.deepEqual(roster.search("018"), []);
  assert.deepEqual(roster.search(" "), []);
});

test("the menu of a moment comes as the server gives it", () => {
  const menu = Roster.from(content()).menu(NOON, { lunch: { zh: "午餐", en: "Lunch" } });
  assert.deepEqual(menu.window, { name: "lunch", until: "2026-11-20T13:30:00.000+08:00", label: { zh: "午餐", en: "Lunch" } });
  assert.equal(menu.items[0].id, 7);
  assert.equal(Roster.from(content()).menu(NOON + 5 * 3_600_000).window.name, "dinner");
  assert.equal(Roster.from(content()).menu(NOON + 12 * 3_600_000).window, null);
  assert.equal(Roster.from(content()).menu(NOON + 5 * 86_400_000), null);
});

test("ten thousand people are taken in and found in moments", () => {
  const people = Array.from({ length: 10_000 }, (_, at) => row({ id: at + 1, card: String(6021000000000000000n + BigInt(at)), name: `${"王李张陈"[at % 4]}*${"英兰"[at % 2]}` }));
  const text = JSON.stringify(content({ people }));
  let roster = null;
  const takes = [1, 2, 3].map(() => {
    const began = performance.now();
    roster = Roster.from(JSON.parse(text));
    return performance.now() - began;
  });
  const taken = Math.min(...takes); // of a machine that does other things too, the best
  const cards = people.map((each) => each[1]);
  const looked = performance.now();
  for (const card of cards) roster.find(card);
  const each = (performance.now() - looked) / cards.length;
  const searched = performance.now();
  roster.search("王秀英");
  const search = performance.now() - searched;
  console.log(`10,000 people: ${(text.length / 1e6).toFixed(2)} MB taken in ${taken.toFixed(0)} ms, a card ${each.toFixed(4)} ms, a name ${search.toFixed(1)} ms`);
  assert.ok(taken < 300, `${taken}`);
  assert.ok(each < 5, `${each}`);
});
