import assert from "node:assert/strict";
import test from "node:test";
import { start, step } from "../../../meals/static/till/machine.js";

const MENU = {
  items: [
    { id: 1, name: "A", price_fen: 1600, kind: "set_meal", default: true },
    { id: 2, name: "B", price_fen: 1800, kind: "set_meal", default: false },
    { id: 3, name: "rice", price_fen: 100, kind: "dish", default: false },
  ],
};
const CARD = "6021000000000000018";
const OTHER = "6021000000000000026";
const SUBSIDISED = { subsidised: true, cash_fen: 200 };
const FULL_PRICE = { subsidised: false, cash_fen: 1600, reasons: [] };
const RECEIPT = { id: "sale", number: "1-1148-001", subsidised: true, cash_fen: 200, guest: { name: "王*兰" } };

/** Run events one after another; answers the last state and all effects. */
function run(events, from = start()) {
  let state = from;
  const effects = [];
  for (const event of events) {
    const [next, done] = step(state, { id: "id", now: 0, ...event });
    state = next;
    effects.push(...done);
  }
  return { state, effects, did: (name) => effects.filter((effect) => effect.do === name) };
}

const scan = (card, more = {}) => ({ type: "scan", card, text: card, kind: "card", id: `of-${card}`, ...more });
const ready = () => run([{ type: "menu", menu: MENU }]).state;
const entry = { kind: "sale", id: `of-${CARD}`, card: CARD };
const answer = { type: "answered", entry, receipt: RECEIPT, left: 0 };
const sold = () => run([scan(CARD), { type: "quoted", id: `of-${CARD}`, quote: SUBSIDISED }, answer], ready()).state;

test("a scan sells the default meal without a tap", () => {
  const { state, did } = run([scan(CARD), { type: "quoted", id: `of-${CARD}`, quote: SUBSIDISED }], ready());
  assert.equal(state.stage.view, "selling");
  assert.deepEqual(did("sell"), [{ do: "sell", id: `of-${CARD}`, card: CARD, items: [{ dish_id: 1, count: 1 }] }]);
});

test("the first digit of a torn scan, taken for a key, adds no dish to the meal", () => {
  const events = [{ type: "digit", digit: "3", now: 1000 }, scan(CARD, { isMended: true, now: 1400 })];
  const { state } = run(events, ready());
  assert.deepEqual(state.stage.items, [{ dish_id: 1, count: 1 }]);
});

test("a dish chosen by its key before a whole scan is sold", () => {
  const { state } = run([{ type: "digit", digit: "2", now: 1000 }, scan(CARD, { now: 1400 })], ready());
  assert.deepEqual(state.stage.items, [{ dish_id: 2, count: 1 }]);
});

test("without a subsidy the cashier is asked, and Enter sells once", () => {
  const events = [scan(CARD), { type: "quoted", id: `of-${CARD}`, quote: FULL_PRICE }];
  const asked = run(events, ready());
  assert.equal(asked.state.stage.view, "asking");
  assert.equal(asked.did("sell").length, 0);
  const { did } = run([{ type: "enter" }, { type: "enter" }], asked.state);
  assert.equal(did("sell").length, 1);
});

test("a refused quote is tried as a sale, so that the refusal is kept", () => {
  const { did, state } = run([
    scan(CARD), { type: "quoted", id: `of-${CARD}`, problem: { code: "card_lost" } },
    { type: "refused", entry, problem: { code: "card_lost" }, left: 0 },
  ], ready());
  assert.equal(did("sell").length, 1);
  assert.equal(state.stage.view, "refused");
});

test("a scan works on every screen", () => {
  const at = ready();
  const screens = [
    [], [scan("x", { card: null, kind: "alipay" })], [{ type: "open", view: "finding" }], [{ type: "open", view: "today" }],
    [{ type: "open", view: "reading" }], [scan(OTHER), { type: "quoted", id: `of-${OTHER}`, quote: FULL_PRICE }],
    [scan(OTHER)], [scan(OTHER), { type: "unreached", id: `of-${OTHER}`, why: "down" }],
  ];
  for (const events of screens) {
    const before = run(events, at).state;
    assert.equal(run([scan(CARD, { now: 5000 })], before).did("quote").length, 1, before.stage.view);
  }
  for (const before of [sold(), run([{ type: "undo", now: 9000 }], sold()).state]) {
    assert.equal(run([scan(OTHER, { now: 9500 })], before).did("quote").length, 1, before.stage.view);
  }
});

test("while a sale is on its way the next card waits, and the same card changes nothing", () => {
  const selling = run([scan(CARD), { type: "quoted", id: `of-${CARD}`, quote: SUBSIDISED }], ready()).state;
  const same = run([scan(CARD, { now: 5000 })], selling);
  assert.equal(same.state.stage, selling.stage);
  assert.equal(same.state.notice, null);
  const other = run([scan(OTHER, { now: 5000 })], selling);
  assert.equal(other.did("quote").length, 0);
  assert.equal(other.state.notice, "notice.one_at_a_time");
});

test("the same card twice within a second is one scan", () => {
  assert.equal(run([scan(CARD, { now: 900 })], sold()).did("quote").length, 0);
  assert.equal(run([scan(CARD, { now: 1500 })], sold()).did("quote").length, 1);
});

test("an answer that comes when the screen has moved on is told beside it", () => {
  const selling = run([scan(CARD), { type: "quoted", id: `of-${CARD}`, quote: SUBSIDISED },
    { type: "tried", entry, tries: 1, reachable: true }, { type: "escape" }], ready()).state;
  assert.equal(selling.stage.view, "idle");
  const { state } = run([answer], selling);
  assert.equal(state.stage.view, "idle");
  assert.equal(state.late.length, 1);
});

test("nobody leaves a sale while the server is away", () => {
  const events = [scan(CARD), { type: "quoted", id: `of-${CARD}`, quote: SUBSIDISED },
    { type: "tried", entry, tries: 1, reachable: false }, { type: "escape" }];
  assert.equal(run(events, ready()).state.stage.view, "selling");
});

test("an undo within three seconds needs no reason, a later one does", () => {
  const soon = run([{ type: "undo", now: 2900 }], sold());
  assert.deepEqual(soon.did("undo").map(({ reason }) => reason), ["slip"]);
  const late = run([{ type: "undo", now: 3100 }], sold());
  assert.equal(late.state.stage.view, "reasons");
  const done = run([{ type: "digit", digit: "2", reasons: ["slip", "wrong_dish"] }], late.state);
  assert.deepEqual(done.did("undo").map(({ reason, sale }) => [reason, sale.id]), [["wrong_dish", "sale"]]);
});

test("undone twice is undone", () => {
  const undoing = run([{ type: "undo", now: 100, id: "u" }], sold()).state;
  const undo = { kind: "undo", id: "u", sale: { id: "sale" } };
  const { state } = run([{ type: "refused", entry: undo, problem: { code: "already_reversed" }, left: 0 }], undoing);
  assert.equal(state.stage.view, "undone");
});

test("after a reload what was not answered comes first", () => {
  const { state } = run([{ type: "recover", entries: [{ ...entry, body: { items: [] } }] }], ready());
  assert.equal(state.stage.view, "selling");
  assert.ok(state.stage.recovered);
  assert.equal(run([answer], state).state.stage.view, "sold");
});

test("a dish is chosen by its digit, a second set meal takes the place of the first", () => {
  const { state } = run([{ type: "digit", digit: "2", reasons: [] }, { type: "digit", digit: "3", reasons: [] }, { type: "count", by: 1 }], ready());
  assert.deepEqual(state.basket.counts, { 2: 1, 3: 2 });
  assert.deepEqual(run([{ type: "escape" }], state).state.basket.counts, { 1: 1 });
});

test("after a sale the next scan sells the default again", () => {
  const chosen = run([{ type: "dish", dish: 2, by: 0 }], ready()).state;
  const { state } = run([scan(CARD), { type: "quoted", id: `of-${CARD}`, quote: SUBSIDISED }, answer], chosen);
  assert.deepEqual(state.basket.counts, { 1: 1 });
});

test("with nothing to sell a scan says so and asks nobody", () => {
  const { state, did } = run([{ type: "menu", menu: { items: [] } }, scan(CARD)]);
  assert.equal(state.stage.problem.code, "no_menu");
  assert.equal(did("quote").length, 0);
});

test("an answer for an older quote changes nothing", () => {
  const { state } = run([scan(CARD), scan(OTHER, { now: 2000 }), { type: "quoted", id: `of-${CARD}`, quote: SUBSIDISED }], ready());
  assert.equal(state.stage.view, "checking");
  assert.equal(state.stage.card, OTHER);
});

test("a phone held on under the scanner after its sale changes nothing; a card does", () => {
  const code = { ...entry, card: "881234567890123457", id: "of-code" };
  const after = { ...ready(), stage: { view: "sold", receipt: RECEIPT, card: code.card, at: 0, undoUntil: 3000 } };
  const held = run([scan(code.card, { kind: "code", now: 2000 })], after);
  assert.equal(held.state.stage.view, "sold");
  assert.equal(held.effects.length, 0);
  assert.equal(run([scan(CARD, { now: 2000 })], after).state.stage.view, "checking");
});

test("a code that is too old is a question of another scan, not an alarm", () => {
  const selling = { ...ready(), stage: { view: "selling", id: entry.id, card: "x", items: [], slow: false, before: { view: "idle" } } };
  const tones = (code) => run([{ type: "refused", entry, problem: { code }, left: 0 }], selling).did("tone");
  assert.deepEqual(tones("code_expired"), [{ do: "tone", name: "warn" }]);
  assert.deepEqual(tones("card_lost"), [{ do: "tone", name: "danger" }]);
});
