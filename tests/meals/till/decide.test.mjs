import assert from "node:assert/strict";
import test from "node:test";
import { decide } from "../../../meals/static/till/decide.js";
import { Roster } from "../../../meals/static/till/roster.js";
import { CARD, MEAL, NOON, RULES, content, row } from "./facts.mjs";

const ITEMS = [{ dish_id: 7, count: 1 }];
const MINUTE = 60_000;
const rosterOf = (about, rest = {}) => Roster.from(content({ people: [row(about)], ...rest }), NOON - 10 * MINUTE);
const ask = (asked = {}) => decide({ roster: rosterOf(), card: CARD, items: ITEMS, at: NOON, ...asked });
const code = (about = {}) => ({ senior_id: 41, issued_at: NOON - 20_000, expires_at: NOON + 70_000, nonce: "aa", key_id: "0102", ...about });
const TEXT = `CY1${"A".repeat(130)}`;

/** A sale of this till as its entry, half an hour after the roster. */
function sale(about = {}) {
  const { quote } = ask();
  return { id: "s1", kind: "sale", state: "queued", card: CARD, senior_id: 41, occurred_at: new Date(NOON - 5 * MINUTE).toISOString(), quote, ...about };
}

test("a known guest gets the whole answer of the server, and what it rests on", () => {
  const { quote, basis } = ask();
  assert.deepEqual(
    [quote.price_fen, quote.public_fen, quote.concession_fen, quote.points_fen, quote.cash_fen, quote.balance_fen, quote.subsidised, quote.window],
    [1600, 800, 0, 800, 0, 10_000, true, "lunch"],
  );
  assert.deepEqual(quote.shares, [{ payer: "city", kind: "city", amount_fen: 320 }, { payer: "district", kind: "district", amount_fen: 480 }]);
  assert.deepEqual(quote.explanation, {
    zh: ["原价 16.00 元，补一半，用分 8.00", "82 岁，按「80 岁以上」补", "补贴：市 3.20，区 4.80"],
    en: ["Price 16.00 yuan, half off, 8.00 by points", "Aged 82, tier “80 and over”", "Subsidy: city 3.20, district 4.80"],
  });
  assert.deepEqual(quote.guest, { name: "王*英", card_tail: "00000018", age: 82, tier: { zh: "80 岁以上", en: "80 and over" } });
  assert.deepEqual([quote.policies, quote.canteen, quote.till], [[1, 2], { id: 2, name: "文晖一食堂" }, 1]);
  assert.deepEqual(quote.items, [{ id: 7, name: "A 套餐", name_en: "Set meal A", kind: "set_meal", price_fen: 1600, count: 1 }]);
  assert.deepEqual(basis, { senior_id: 41, card: CARD, roster_version: `${NOON - 10 * MINUTE}-2026-11-20`, roster_at: NOON - 10 * MINUTE, lock: null, claim: null });
});

for (const [about, expected] of [
  [{ card_state: "lost" }, "card_lost"], [{ card_state: "cancelled" }, "card_cancelled"], [{ card_state: "replaced" }, "card_replaced"],
  [{ status: "deceased" }, "senior_deceased"], [{ status: "in_institution" }, "senior_in_institution"],
  [{ card_state: "lost", status: "deceased" }, "card_lost"],
]) {
  test(`${JSON.stringify(about)} is refused as ${expected}`, () => {
    const { problem } = ask({ roster: rosterOf(about) });
    assert.deepEqual(problem, { code: expected, status: 409, guest: { name: "王*英", card_tail: "00000018" } });
  });
}

test("nothing is sold on a closed day, in a place without sale rules, or by no roster at all", () => {
  const days = content().days.map((day) => ({ ...day, open: false }));
  assert.equal(ask({ roster: rosterOf({}, { days }) }).problem.code, "canteen_closed");
  assert.equal(ask({ roster: rosterOf({ status: "deceased" }, { days }) }).problem.code, "senior_deceased");
  assert.equal(ask({ roster: rosterOf({}, { sale_rules: null }) }).problem.code, "sale_rules_missing");
  assert.equal(ask({ roster: null }).problem.code, "no_roster");
  assert.deepEqual(ask({ at: NOON + 5 * 86_400_000 }).problem, { code: "roster_over", status: 409, on: "2026-11-20" });
});

test("a card that the roster does not know is not sold on", () => {
  assert.equal(ask({ card: "6021000000000000026" }).problem.code, "card_not_in_roster");
});

test("a lapsed licence bars the subsidy, not the meal, and so do some statuses", () => {
  const canteen = { ...content().canteen, licence_expires_on: "2026-11-19" };
  const { quote } = ask({ roster: rosterOf({}, { canteen }) });
  assert.deepEqual([quote.subsidised, quote.reasons[1]], [false, { code: "licence_lapsed", params: { expired_on: "2026-11-19" } }]);
  assert.equal(ask({ roster: rosterOf({ status: "in_hospital" }) }).quote.reasons[1].code, "in_hospital");
});

test("a second lunch is at full price, and says where the first one was", () => {
  const roster = rosterOf({ meals: [["lunch", 800, "11:05", "潮鸣食堂", "3", false]], month: [4, 3200] });
  const { quote } = ask({ roster });
  assert.deepEqual(quote.reasons[1], { code: "count_used", params: { per: "window", window: "lunch", allowed: 1, at: "11:05", canteen: "潮鸣食堂", till: "3", here: false } });
  assert.equal(quote.explanation.zh[1], "今天午餐已用过。11:05 在潮鸣食堂 3 号台");
});

test("tomorrow today's meals no longer count, those of the month do", () => {
  const roster = rosterOf({ meals: [["lunch", 800, "11:05", "x", "3", false]], month: [4, 3200] });
  const { quote } = ask({ roster, at: NOON + 22 * 60 * MINUTE + 20 * MINUTE });
  assert.deepEqual([quote.subsidised, quote.window], [true, "lunch"]);
});

test("a dish that the roster does not have is taken as the page shows it, else not at all", () => {
  assert.equal(ask({ items: [{ dish_id: 9, count: 1 }] }).problem.code, "dish_not_in_roster");
  const { quote } = ask({ items: [{ dish_id: 9, count: 2, price_fen: 300, kind: "dish", name: "米饭", name_en: "Rice" }] });
  assert.deepEqual([quote.price_fen, quote.items[0].name], [600, "米饭"]);
  assert.equal(ask({ items: [{ dish_id: 7, count: 1, price_fen: 1, kind: "dish" }] }).quote.price_fen, MEAL.price_fen);
  assert.equal(ask({ items: [{ dish_id: 7, count: 100 }] }).problem.code, "bill_too_large");
});

// ---- own sales

test("what this till sold itself counts until the roster shows it", () => {
  const { quote } = ask({ own: [sale()] });
  assert.equal(quote.reasons[1].code, "count_used");
  assert.deepEqual(quote.reasons[1].params.here, true);
  assert.equal(quote.reasons[1].params.at, "11:43");
  assert.deepEqual([quote.balance_fen, quote.points_fen], [9200, 1600]);
});

test("a sale is not counted twice once the roster shows it, though its answer never came", () => {
  const roster = rosterOf({ points_fen: 9200, balance_fen: 9200, month: [1, 800], meals: [["lunch", 800, "11:44", "文晖一食堂", "1", true]] });
  assert.equal(ask({ roster, own: [sale()] }).quote.balance_fen, 9200);
});

test("an acknowledged sale counts only while the roster is older", () => {
  const booked = (at) => sale({ acknowledged_at: at, answer: { outcome: "booked", receipt: { ...ask().quote, sold_at: new Date(NOON - 5 * MINUTE).toISOString(), points_fen: 500 } } });
  assert.equal(ask({ own: [booked(NOON - MINUTE)] }).quote.balance_fen, 9500);
  assert.equal(ask({ own: [booked(NOON - 20 * MINUTE)] }).quote.balance_fen, 10_000);
});

test("an undone sale does not count, and one that the roster shows is given back", () => {
  const undo = { id: "u1", kind: "undo", state: "queued", undoes: "s1" };
  assert.ok(ask({ own: [sale(), undo] }).quote.subsidised);
  const roster = rosterOf({ points_fen: 9200, balance_fen: 9200, month: [1, 800], meals: [["lunch", 800, "11:43", "文晖一食堂", "1", true]] });
  const { quote } = ask({ roster, own: [sale(), undo] });
  assert.deepEqual([quote.subsidised, quote.balance_fen], [true, 10_000]);
});

test("points of a full-price sale are given back once: when it is undone, unless the roster may have them", () => {
  const quote = { ...ask().quote, shares: [], points_fen: 1600, public_fen: 0, subsidised: false };
  const sold = sale({ quote, acknowledged_at: NOON - 30 * MINUTE });
  const undo = (minutesAgo, about = {}) => ({ id: "u1", kind: "undo", undoes: "s1", occurred_at: new Date(NOON - minutesAgo * MINUTE).toISOString(), ...about });
  const roster = () => rosterOf({ points_fen: 5000, balance_fen: 5000 });
  const left = (...own) => ask({ roster: roster(), own }).quote.balance_fen;
  assert.equal(left(sold), 5000);
  assert.equal(left(sold, undo(1)), 6600);
  assert.equal(left(sold, undo(15)), 5000);
  assert.equal(left(sold, undo(15, { acknowledged_at: NOON - 14 * MINUTE })), 5000);
  assert.equal(left(sold, undo(5, { acknowledged_at: NOON - 4 * MINUTE })), 6600);
});

test("an undoing that the server did not follow changes nothing", () => {
  const roster = rosterOf({ meals: [["lunch", 800, "11:43", "文晖一食堂", "1", true]] });
  const undo = { id: "u1", kind: "undo", undoes: "s1", occurred_at: new Date(NOON - 30 * MINUTE).toISOString(), acknowledged_at: NOON - 29 * MINUTE };
  assert.ok(!ask({ roster, own: [sale(), undo] }).quote.subsidised);
});

test("somebody else's sales change nothing, and a sale by code is its person's", () => {
  assert.ok(ask({ own: [sale({ senior_id: 99 })] }).quote.subsidised);
  assert.ok(!ask({ own: [sale({ senior_id: null, card: CARD })] }).quote.subsidised);
  const text = `CY1${"A".repeat(10)}UQ${"A".repeat(118)}`; // senior 41
  assert.ok(!ask({ own: [sale({ senior_id: null, card: text })] }).quote.subsidised);
  assert.ok(!ask({ own: [sale({ senior_id: null, card: "880123456789012346" })] }).quote.subsidised);
  const other = { ...ask().quote, guest: { name: "李*", card_tail: "00000018" } };
  assert.ok(ask({ own: [sale({ senior_id: null, card: "880123456789012346", quote: other })] }).quote.subsidised);
});

test("points are never less than nothing", () => {
  const { quote } = ask({ roster: rosterOf({ points_fen: 500, balance_fen: 500 }), own: [sale()] });
  assert.deepEqual([quote.balance_fen, quote.points_fen, quote.cash_fen], [0, 0, 1600]);
});

test("points that end today are gone tomorrow, what was spent of them first", () => {
  const roster = () => rosterOf({ points_fen: 1000, balance_fen: 1500, expiring: [["2026-11-20", 600, 700]] });
  const tomorrow = NOON + 22 * 60 * MINUTE + 20 * MINUTE;
  assert.deepEqual([ask({ roster: roster() }).quote.balance_fen, ask({ roster: roster() }).quote.points_fen], [1500, 800]);
  const { quote } = ask({ roster: roster(), at: tomorrow });
  assert.deepEqual([quote.balance_fen, quote.points_fen, quote.cash_fen], [800, 400, 400]);
  const spent = ask({ roster: roster(), at: tomorrow, own: [sale({ quote: { ...ask().quote, points_fen: 500 } })] }).quote;
  assert.deepEqual([spent.balance_fen, spent.points_fen], [800, 400]);
});

// ---- codes

test("a good code stands for the card of its person, and is to be used up", () => {
  const { quote, basis } = ask({ card: TEXT, code: code() });
  assert.equal(quote.guest.card_tail, "00000018");
  assert.deepEqual(basis.claim, { nonce: "aa", until: NOON + 70_000 + 2 * MINUTE });
});

test("an old, used or doubtful code does not pay, in the server's order", () => {
  const old = ask({ card: TEXT, code: code({ issued_at: NOON - 10 * MINUTE, expires_at: NOON - 8 * MINUTE }) }).problem;
  assert.deepEqual([old.code, old.clock, old.when], ["code_expired", "11:38", "2026-11-20T11:38:00.000+08:00"]);
  const used = ask({ card: TEXT, code: code(), own: [sale({ card: TEXT })] }).problem;
  assert.deepEqual([used.code, used.clock, used.guest.name], ["code_used", "11:43", "王*英"]);
  assert.equal(ask({ card: TEXT, code: code(), clock: { isSuspect: true } }).problem.code, "code_clock");
  assert.ok(ask({ clock: { isSuspect: true } }).quote);
  const ahead = code({ issued_at: NOON + MINUTE, expires_at: NOON + 3 * MINUTE });
  assert.ok(ask({ card: TEXT, code: ahead }).quote);
  const yesterday = code({ issued_at: NOON - 86_400_000, expires_at: NOON - 86_000_000 });
  assert.equal(ask({ card: TEXT, code: yesterday }).problem.clock, "11-19 11:48");
});

test("a code whose card does not pay, does not pay either", () => {
  assert.equal(ask({ roster: rosterOf({ card_state: "lost" }), card: TEXT, code: code() }).problem.code, "code_without_card");
});

for (const fault of ["unreadable", "foreign", "forged", "number"]) {
  test(`a code that is ${fault} is refused as such`, () => {
    assert.equal(ask({ card: TEXT, code: { fault } }).problem.code, `code_${fault}`);
  });
}

test("somebody whom only a signature knows pays in cash, within half the limits", () => {
  const stranger = code({ senior_id: 4711 });
  const { quote, basis } = ask({ card: TEXT, code: stranger, items: [{ dish_id: 9, count: 1, price_fen: 1500, kind: "dish" }] });
  assert.deepEqual([quote.cash_fen, quote.points_fen, quote.shares, quote.subsidised], [1500, 0, [], false]);
  assert.equal(quote.explanation.zh[0], "原价 15.00 元，没有补贴，付现金 15.00");
  assert.deepEqual([basis.senior_id, basis.claim.nonce], [4711, "aa"]);
  assert.equal(ask({ card: TEXT, code: stranger }).problem.code, "unknown_over_limit"); // 16 yuan, half of 30 is 15
  assert.equal(ask({ card: TEXT, code: { ...stranger, expires_at: NOON - 1 } }).problem.code, "code_expired");
});

// ---- locks

test("a locked till sells at full price, for cash, and says why", () => {
  const { quote, basis } = ask({ standing: { count: 300, price_fen: 0, oldest_at: NOON } });
  assert.deepEqual([quote.subsidised, quote.points_fen, quote.cash_fen], [false, 0, 1600]);
  assert.deepEqual(quote.reasons.map(({ code: each }) => each), ["price", "till_locked", "points", "cash"]);
  assert.deepEqual(quote.reasons[1].params, { why: "pending_sales" });
  assert.equal(basis.lock.code, "pending_sales");
  assert.equal(quote.explanation.en[1], "The till could not decide on a subsidy by itself: no subsidy");
});

test("what locks is named, the gravest first", () => {
  const lock = (asked) => ask(asked).basis.lock?.code;
  assert.equal(lock({ isRevoked: true, standing: { count: 300, price_fen: 0 } }), "revoked");
  assert.equal(lock({ roster: rosterOf({}, { till_rules: null }) }), "no_rules");
  assert.equal(lock({ roster: Roster.from(content(), NOON - 25 * 3_600_000) }), "roster_old");
  assert.equal(lock({ standing: { count: 3, price_fen: RULES.pending_fen - 100 } }), "pending_fen");
  assert.equal(lock({ items: [{ dish_id: 7, count: 2 }] }), "sale_at_most");
  assert.equal(lock({ standing: { count: 299, price_fen: RULES.pending_fen - 1600 } }), undefined);
});

test("a lock does not hide why there would be no subsidy anyway", () => {
  const roster = rosterOf({ meals: [["lunch", 800, "11:05", "x", "3", false]] });
  const { quote } = ask({ roster, isRevoked: true });
  assert.deepEqual([quote.reasons[1].code, quote.points_fen, quote.cash_fen], ["count_used", 0, 1600]);
});
