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
const quoted = (id, quote, by = "server") => ({ type: "quoted", id, decision: { by, quote, problem: null } });
const refusedBy = (by, id, code) => ({ type: "quoted", id, decision: { by, quote: null, problem: { code } } });
const ready = () => run([{ type: "menu", menu: MENU }]).state;
const entry = { kind: "sale", id: `of-${CARD}`, card: CARD };
const answer = { type: "answered", entry, receipt: RECEIPT, left: 0 };
const sold = () => run([scan(CARD), quoted(`of-${CARD}`, SUBSIDISED), answer], ready()).state;

test("a scan sells the default meal without a tap", () => {
  const { state, did } = run([scan(CARD), quoted(`of-${CARD}`, SUBSIDISED)], ready());
  assert.equal(state.stage.view, "selling");
  const decision = { by: "server", quote: SUBSIDISED, problem: null };
  assert.deepEqual(did("sell"), [{ do: "sell", id: `of-${CARD}`, card: CARD, items: [{ dish_id: 1, count: 1 }], decision }]);
});

test("a meal fetched for another stays one until its verdict, and the next one is none", () => {
  const open = { type: "open", view: "finding", collect: true };
  const fetched = run([open, scan(CARD), quoted(`of-${CARD}`, FULL_PRICE), { type: "enter" }, answer], ready()).state;
  assert.deepEqual([fetched.stage.view, fetched.stage.collect], ["sold", true]);
  const next = run([scan(OTHER), quoted(`of-${OTHER}`, SUBSIDISED)], fetched).state;
  assert.equal(next.stage.collect, undefined);
  assert.equal(sold().stage.collect, undefined);
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
  const events = [scan(CARD), quoted(`of-${CARD}`, FULL_PRICE)];
  const asked = run(events, ready());
  assert.equal(asked.state.stage.view, "asking");
  assert.equal(asked.did("sell").length, 0);
  const { did } = run([{ type: "enter" }, { type: "enter" }], asked.state);
  assert.equal(did("sell").length, 1);
});

test("a refused quote is tried as a sale, so that the refusal is kept", () => {
  const { did, state } = run([
    scan(CARD), refusedBy("server", `of-${CARD}`, "card_lost"),
    { type: "refused", entry, problem: { code: "card_lost" }, left: 0 },
  ], ready());
  assert.equal(did("sell").length, 1);
  assert.equal(state.stage.view, "refused");
});

test("a scan works on every screen", () => {
  const at = ready();
  const screens = [
    [], [scan("x", { card: null, kind: "alipay" })], [{ type: "open", view: "finding" }], [{ type: "open", view: "today" }],
    [{ type: "open", view: "reading" }], [scan(OTHER), quoted(`of-${OTHER}`, FULL_PRICE)],
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
  const selling = run([scan(CARD), quoted(`of-${CARD}`, SUBSIDISED)], ready()).state;
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
  const selling = run([scan(CARD), quoted(`of-${CARD}`, SUBSIDISED),
    { type: "tried", entry, tries: 1, reachable: true }, { type: "escape" }], ready()).state;
  assert.equal(selling.stage.view, "idle");
  const { state } = run([answer], selling);
  assert.equal(state.stage.view, "idle");
  assert.equal(state.late.length, 1);
});

test("nobody leaves a sale while the server is away", () => {
  const events = [scan(CARD), quoted(`of-${CARD}`, SUBSIDISED),
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
  const { state } = run([scan(CARD), quoted(`of-${CARD}`, SUBSIDISED), answer], chosen);
  assert.deepEqual(state.basket.counts, { 1: 1 });
});

test("with nothing to sell a scan says so and asks nobody", () => {
  const { state, did } = run([{ type: "menu", menu: { items: [] } }, scan(CARD)]);
  assert.equal(state.stage.problem.code, "no_menu");
  assert.equal(did("quote").length, 0);
});

test("an answer for an older quote changes nothing", () => {
  const { state } = run([scan(CARD), scan(OTHER, { now: 2000 }), quoted(`of-${CARD}`, SUBSIDISED)], ready());
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

// ---- without the server

const ENROLLED = { number: 2 };
const enrolled = () => run([{ type: "device", device: ENROLLED }], ready()).state;
const OWN_RECEIPT = { ...RECEIPT, id: entry.id, number: "1-2-0007", waiting: true };
const queued = { type: "queued", entry, receipt: OWN_RECEIPT };
const waits = (count) => ({ type: "standing", standing: { count, price_fen: count * 1600, oldest_at: 0 } });
const soldAlone = () => run([scan(CARD), quoted(`of-${CARD}`, SUBSIDISED, "till"), queued, waits(1)], enrolled()).state;

test("what the till decided itself and wrote down is sold as any other", () => {
  const { did, state } = run([scan(CARD), quoted(`of-${CARD}`, SUBSIDISED, "till"), queued], enrolled());
  assert.equal(did("sell")[0].decision.by, "till");
  assert.equal(state.stage.view, "sold");
  assert.ok(state.stage.receipt.waiting);
  assert.deepEqual(did("tone"), [{ do: "tone", name: "ok" }]);
});

test("what the till refuses by its roster is refused, and tried nowhere", () => {
  const { did, state } = run([scan(CARD), refusedBy("till", `of-${CARD}`, "card_lost")], enrolled());
  assert.equal(did("sell").length, 0);
  assert.equal(state.stage.view, "refused");
});

test("a sale without subsidy is asked about also when the till decides, and keeps its decision", () => {
  const asked = run([scan(CARD), quoted(`of-${CARD}`, FULL_PRICE, "till")], enrolled());
  assert.equal(asked.state.stage.view, "asking");
  const { did } = run([{ type: "enter" }], asked.state);
  assert.equal(did("sell")[0].decision.by, "till");
});

test("a queued sale that arrives is not shown again", () => {
  const told = { type: "acknowledged", entry, receipt: RECEIPT, findings: [], differs: null };
  const after = run([told, waits(0)], soldAlone());
  assert.equal(after.state.stage.view, "sold");
  assert.equal(after.state.stage.receipt.waiting, false);
  assert.equal(after.state.stage.receipt.number, "1-2-0007");
  assert.deepEqual(after.state.late, []);
  const idle = run([{ type: "escape" }, told], soldAlone());
  assert.equal(idle.state.stage.view, "idle");
  assert.deepEqual(idle.state.late, []);
});

test("a truth that comes late and differs is told beside the screen", () => {
  const differs = { cash_fen: 0, points_fen: -600, public_fen: 0, unpaid_fen: 600 };
  const { state, did } = run([{ type: "acknowledged", entry, receipt: RECEIPT, findings: [], differs }], soldAlone());
  assert.deepEqual(state.late, [{ entry, receipt: RECEIPT, differs }]);
  assert.deepEqual(did("tone"), [{ do: "tone", name: "warn" }]);
});

test("an entry that was open when the page died may be answered by the queue", () => {
  const { state } = run([{ type: "recover", entries: [{ ...entry, items: [] }] },
    { type: "acknowledged", entry, receipt: RECEIPT, findings: [], differs: null }], enrolled());
  assert.equal(state.stage.view, "sold");
  assert.ok(state.stage.recovered);
});

test("a log-in that ended stops a till that only the server lets sell, and no other", () => {
  const ended = { type: "trouble", why: "signed_out" };
  assert.equal(run([ended], ready()).state.stage.view, "blocked");
  const on = run([ended, scan(CARD)], enrolled());
  assert.equal(on.state.session, "signed_out");
  assert.equal(on.state.stage.view, "checking");
});

test("nobody leaves while something waits, and everybody when nothing does", () => {
  const leave = { type: "leave", where: "log_out" };
  const kept = run([leave], soldAlone());
  assert.equal(kept.state.stage.view, "queue");
  assert.equal(kept.did("leave").length, 0);
  assert.equal(kept.did("wake").length, 1);
  assert.deepEqual(run([waits(0), leave], kept.state).did("leave"), [{ do: "leave", where: "log_out" }]);
});

test("nobody leaves without the server: nobody would be logged out, and the till could not be opened again", () => {
  const leave = { type: "leave", where: "choose" };
  const cut = run([{ type: "link", link: "down" }, leave], enrolled());
  assert.deepEqual([cut.did("leave"), cut.state.notice], [[], "notice.no_way_out"]);
  const asked = run([leave], enrolled());
  assert.deepEqual(asked.did("leave"), [{ do: "leave", where: "choose" }]);
  const silent = run([{ type: "link", link: "down" }, { ...leave, isReached: false }], asked.state);
  assert.deepEqual(silent.did("go"), []);
  assert.deepEqual(run([{ ...leave, isReached: true }], asked.state).did("go"), [{ do: "go", where: "choose" }]);
  const sold = run([waits(1), { ...leave, isReached: true }], asked.state); // meanwhile somebody was served
  assert.deepEqual([sold.did("go"), sold.state.stage.view], [[], "queue"]);
});

test("a queued sale can be undone at once, and the undoing waits as well", () => {
  const soon = run([{ type: "undo", now: 2900, id: "u" }], soldAlone());
  const [{ sale }] = soon.did("undo");
  assert.equal(sale.id, entry.id);
  const undo = { kind: "undo", id: "u", sale };
  const { state } = run([{ type: "queued", entry: undo, receipt: { waiting: true } }], soon.state);
  assert.equal(state.stage.view, "undone");
  assert.ok(state.stage.waiting);
});
