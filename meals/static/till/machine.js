// The till's one state machine: a state and an event in, the next state and what is to be done out.
// Pure: no clock, no network, no page. Every event brings its own moment (`now`) and a fresh `id`;
// the id of the scan becomes the id of its sale, so that whatever happens later, it is one sale.

import { change, choose, freshBasket, itemsOf, keep } from "./basket.js";
import { figuresOf, ofDay, rowIn } from "./daybook.js";

export const UNDO_MS = 3000;
export const BOUNCE_MS = 1000; // a scanner that reads the same card twice in one pull of its trigger
export const TORN_MS = 3000; // digits taken for keys this long before a scan that was put together belong to it
export const SOFT_MS = 800; // no answer yet: say so
const SOFT_ENROLLED_MS = 2000; // by then an enrolled till has decided by itself, and no screen of waiting flickers past
const REST_MS = 60_000; // a verdict nobody needs any more

const BUSY = new Set(["checking", "selling", "undoing"]);
const BOOKING = new Set(["selling", "undoing"]);
// Words for which only another answer helps; a sale by the same card would meet the same refusal.
const GONE = new Set(["already_reversed"]);
/** Refusals that another scan or a fresh code puts right: nothing is wrong with the guest. */
export const MILD = new Set([
  "card_unknown", "no_menu", "code_unreadable", "code_unknown", "code_expired", "code_used", "code_foreign",
  "card_not_in_roster", "code_number", "code_clock", "dish_not_in_roster", "bill_too_large", "unknown_over_limit", "no_roster",
]);

const NOTHING_WAITS = { count: 0, price_fen: 0, oldest_at: null };

export function start() {
  return {
    stage: { view: "idle" }, menu: null, basket: freshBasket(null), today: null,
    link: "up", late: [], notice: null, scanned: { card: null, at: -Infinity }, keyed: { basket: null, at: -Infinity }, awaited: 0, reads: [], foreign: null,
    device: null, session: "good", standing: NOTHING_WAITS, facts: null, served: null, own: [], roster: "",
  };
}

const to = (state, stage, ...effects) => [{ ...state, stage, notice: null }, effects];
const stay = (state, ...effects) => [state, effects];
const tone = (name) => ({ do: "tone", name });

/** When to say that something takes long: a till that can decide by itself has done so before. */
const later = (state, id) => ({ do: "later", id, ms: state.device ? SOFT_ENROLLED_MS : SOFT_MS });

/** Whether the answer is for what the screen waits for. */
const isAwaited = (stage, id) => BOOKING.has(stage.view) && stage.id === id;

// ---- scanning and selling

function scan(state, event) {
  const noted = { ...state, reads: [event.read, ...state.reads].filter(Boolean).slice(0, 5) };
  const { stage } = noted;
  if (stage.view === "blocked") return stay(noted, tone("danger"));
  const isBounce = event.card && event.card === noted.scanned.card && event.now - noted.scanned.at < BOUNCE_MS;
  const isSame = event.card && event.card === stage.card;
  // A phone held on under the scanner after its sale: that code can pay nothing more, and the verdict stays.
  const isSpent = isSame && event.kind === "code" && stage.view === "sold";
  if (isBounce || isSpent || (BUSY.has(stage.view) && isSame)) return stay(noted);
  if (BOOKING.has(stage.view)) return stay({ ...noted, notice: "notice.one_at_a_time" }, tone("warn"));
  if (event.isMended && event.now - noted.keyed.at < TORN_MS) noted.basket = noted.keyed.basket;
  if (!event.card) return to(noted, { view: "wrong", kind: event.kind, count: event.text.length, before: stage.view }, tone("warn"));
  return check({ ...noted, scanned: { card: event.card, at: event.now } }, event);
}

function check(state, event) {
  const items = itemsOf(state.basket, state.menu);
  if (!items.length) return to(state, { view: "refused", card: event.card, problem: { code: "no_menu" } }, tone("warn"));
  const stage = { view: "checking", id: event.id, card: event.card, items, slow: false, before: settled(state.stage), ...(FINDING.has(state.stage.view) ? fetched(state.stage) : {}) };
  return to(state, stage, { do: "quote", id: event.id, card: event.card, items }, later(state, event.id));
}

/** Screens from which a scan is about the same guest; from any other it is about the next one. */
const FINDING = new Set(["finding", "unreached"]);
/** A meal that somebody carries away for the guest stays one from finding the guest to the verdict. */
const fetched = (stage) => (stage.collect ? { collect: true } : {});

/** What stays on the screen while an answer is on its way. */
const settled = (stage) => (BUSY.has(stage.view) ? stage.before : stage);

function sell(state, stage, now, decision) {
  const { id, card, items } = stage;
  const next = { view: "selling", id, card, items, slow: false, since: now, before: settled(stage), ...fetched(stage) };
  return to(state, next, { do: "sell", id, card, items, decision }, later(state, id));
}

/** Somebody has decided: `decision` is {quote} or {problem}, and `by` says whether it was the server or this till. */
function quoted(state, event) {
  const { stage } = state;
  if (stage.view !== "checking" || stage.id !== event.id) return stay(state);
  const { decision } = event;
  const { problem, quote } = decision;
  // The till's own refusal is one: there is nobody to keep it. A server's is not taken from a quote: the sale is
  // tried, so that the server keeps the refusal too.
  if (problem && decision.by === "till") return refuse(state, { card: stage.card, problem });
  if (problem || quote.subsidised) return sell(state, stage, event.now, decision);
  const asking = { view: "asking", id: stage.id, card: stage.card, items: stage.items, quote, decision, ...fetched(stage) };
  return to(state, asking, tone("warn"));
}

function refuse(state, about, ...effects) {
  return to(state, { view: "refused", ...about }, tone(MILD.has(about.problem.code) ? "warn" : "danger"), ...effects);
}

function unreached(state, event) {
  const { stage } = state;
  if (stage.view !== "checking" || stage.id !== event.id) return stay(state);
  return to(state, { view: "unreached", card: stage.card, why: event.why, ...fetched(stage) }, tone("danger"));
}

/** A sale or an undoing is done: the server answered, or it stands in the queue and the till's own receipt counts. */
function answered(state, event) {
  const rest = event.left === undefined ? state : { ...state, awaited: event.left };
  const refresh = { do: "refresh" };
  if (!isAwaited(state.stage, event.entry.id)) {
    const late = [...state.late, { entry: event.entry, receipt: event.receipt }];
    return stay({ ...rest, late }, refresh);
  }
  if (event.entry.kind === "undo") return undone(rest, event.entry.sale, event.receipt);
  const stage = {
    view: "sold", receipt: event.receipt, card: event.entry.card, at: event.now,
    undoUntil: event.now + UNDO_MS, recovered: Boolean(state.stage.recovered), ...fetched(state.stage),
  };
  const sold = { ...rest, basket: freshBasket(state.menu) };
  return to(sold, stage, tone(event.receipt.subsidised ? "ok" : "warn"), refresh);
}

function undone(state, sale, receipt) {
  return to(state, { view: "undone", sale, waiting: Boolean(receipt?.waiting) }, tone("undone"), { do: "refresh" });
}

/** A queued entry has reached the server. Its screen was shown long ago: only what differs from it is news. */
function acknowledged(state, event) {
  const { stage } = state;
  const { entry, receipt, differs } = event;
  if (isAwaited(stage, entry.id) && receipt) return answered(state, event);
  const isShown = stage.view === "sold" && stage.receipt.id === entry.id;
  const next = isShown ? { ...state, stage: { ...stage, receipt: { ...stage.receipt, waiting: false } } } : state;
  if (!differs) return stay(next, { do: "refresh" });
  return stay({ ...next, late: [...next.late, { entry, receipt, differs }] }, tone("warn"), { do: "refresh" });
}

function refused(state, event) {
  const rest = event.left === undefined ? state : { ...state, awaited: event.left };
  const { entry, problem } = event;
  if (!isAwaited(state.stage, entry.id)) {
    return stay({ ...rest, late: [...state.late, { entry, problem }] }, { do: "refresh" });
  }
  if (entry.kind === "undo" && GONE.has(problem.code)) return undone(rest, entry.sale);
  return refuse(rest, { problem, card: entry.card, about: entry.kind }, { do: "refresh" });
}

// ---- waiting

function late(state, event) {
  const { stage } = state;
  if (!BUSY.has(stage.view) || stage.id !== event.id || stage.slow) return stay(state);
  return stay({ ...state, stage: { ...stage, slow: true } }, tone("waiting"));
}

function tried(state, event) {
  if (!isAwaited(state.stage, event.entry.id)) return stay(state);
  return stay({ ...state, stage: { ...state.stage, slow: true, tries: event.tries, reachable: event.reachable } });
}

/** After a reload: what was sent and never answered comes first. */
function recover(state, event) {
  const entry = event.entries.at(-1);
  if (!entry) return stay(state);
  const stage = {
    view: entry.kind === "undo" ? "undoing" : "selling", id: entry.id, card: entry.card, items: entry.items ?? entry.body?.items,
    sale: entry.sale, slow: true, recovered: true, since: event.now, before: { view: "idle" },
  };
  return to({ ...state, awaited: event.entries.length }, stage);
}

// ---- undoing

function undo(state, event) {
  const { stage } = state;
  if (BUSY.has(stage.view)) return stay({ ...state, notice: "notice.one_at_a_time" }, tone("warn"));
  if (stage.view === "sold" && event.now <= stage.undoUntil) return reverse(state, event, saleOf(stage.receipt), "slip");
  const sale = stage.view === "sold" ? saleOf(stage.receipt) : state.today?.recent.find((each) => each.state === "sold");
  if (!sale) return stay({ ...state, notice: "notice.nothing_to_undo" }, tone("warn"));
  return to(state, { view: "reasons", sale, before: stage });
}

const saleOf = (receipt) => ({
  id: receipt.id, number: receipt.number, guest: receipt.guest?.name, cash_fen: receipt.cash_fen, sold_at: receipt.sold_at,
});

function reverse(state, event, sale, reason) {
  const stage = { view: "undoing", id: event.id, sale, reason, slow: false, since: event.now, before: settled(state.stage) };
  return to(state, stage, { do: "undo", id: event.id, sale, reason }, later(state, event.id));
}

function pickSale(state, event) {
  const sale = state.today?.recent.find((each) => each.id === event.sale) ?? rowIn(state.own, event.sale);
  if (!sale || sale.state !== "sold" || BUSY.has(state.stage.view)) return stay(state);
  return to(state, { view: "reasons", sale, before: state.stage });
}

// ---- finding, panels, keys

/** Open a screen that is not about a sale; pressing its key again closes it. */
function open(state, event) {
  if (BOOKING.has(state.stage.view) || state.stage.view === "blocked") return stay(state);
  const { view, collect = false } = event;
  const isOpen = state.stage.view === view && Boolean(state.stage.collect) === collect;
  if (isOpen) return to(state, { view: "idle" });
  const stage = view === "finding" ? { view, collect, query: event.query || "", people: null, message: null } : { view };
  return to(state, stage, ...(view === "today" ? [{ do: "refresh" }] : []), ...(view === "queue" ? [{ do: "wake" }] : []));
}

function search(state, event) {
  const collect = state.stage.view === "finding" && state.stage.collect;
  if (BOOKING.has(state.stage.view)) return stay(state);
  const stage = { view: "finding", collect: Boolean(collect), query: event.query, people: null, message: null, busy: true };
  return to(state, stage, { do: "search", query: event.query });
}

function found(state, event) {
  const { stage } = state;
  if (stage.view !== "finding" || stage.query !== event.query) return stay(state);
  return to(state, { ...stage, busy: false, people: event.people || null, message: event.message || null });
}

function enter(state, event) {
  const { stage } = state;
  if (stage.view === "asking") return sell(state, stage, event.now, stage.decision);
  if (BOOKING.has(stage.view) || stage.view === "queue") return stay(state, { do: "wake" });
  if (stage.view === "unreached") return check(state, { ...event, card: stage.card });
  if (stage.view === "finding" && stage.people?.length === 1) return pickPerson(state, { ...event, at: 0 });
  if (stage.view === "undone" || stage.view === "wrong") return to(state, { view: "idle" });
  return stay(state);
}

function pickPerson(state, event) {
  const person = state.stage.people?.[event.at];
  if (!person || !person.card) return stay(state);
  return scan(state, { ...event, card: person.card, text: person.card, kind: "card" });
}

function escape(state) {
  const { stage } = state;
  if (stage.view === "blocked") return stay(state);
  // Only with a server that answers, but not this, may the next guest be served first.
  if (BOOKING.has(stage.view)) return stage.slow && stage.reachable ? to(state, { view: "idle" }) : stay(state);
  if (stage.view === "reasons" && stage.before.view === "sold") return to(state, stage.before);
  if (stage.view === "idle") return to({ ...state, basket: freshBasket(state.menu), late: [] }, stage);
  return to(state, { view: "idle" });
}

function digit(state, event) {
  const at = Number(event.digit) - 1;
  const { stage } = state;
  if (stage.view === "finding" && stage.people) return pickPerson(state, { ...event, at });
  if (stage.view === "reasons") return event.reasons[at] ? reverse(state, event, stage.sale, event.reasons[at]) : stay(state);
  const item = state.menu?.items[at];
  return item ? pickDish(remember(state, event.now), { dish: item.id, by: 0 }) : stay(state);
}

/** Keep the basket as it was before the first of several digits: they may turn out to be the start of a torn scan. */
function remember(state, now) {
  const basket = now - state.keyed.at < TORN_MS ? state.keyed.basket : state.basket;
  return { ...state, keyed: { basket, at: now } };
}

function pickDish(state, event) {
  if (!state.menu || BUSY.has(state.stage.view)) return stay(state);
  const basket = event.by
    ? change(state.basket, state.menu, event.dish, event.by)
    : choose(state.basket, state.menu, event.dish);
  // A question about another price is answered by asking again with the new dishes.
  const stage = state.stage.view === "asking" ? { view: "idle" } : state.stage;
  return stay({ ...state, basket, stage });
}

/** One more or one less of the dish chosen last. */
function count(state, event) {
  const ids = Object.keys(state.basket.counts);
  const dish = state.menu?.items.filter((item) => ids.includes(String(item.id))).at(-1);
  return dish ? pickDish(state, { dish: dish.id, by: event.by }) : stay(state);
}

// ---- what the world sends

function menu(state, event) {
  return stay({ ...state, menu: event.menu, basket: keep(state.basket, event.menu) });
}

function link(state, event) {
  if (event.link === state.link) return stay(state);
  return stay({ ...state, link: event.link }, tone("link"));
}

/** A till that was enrolled sells on without the server, without a log-in, and from a page grown old. */
function trouble(state, event) {
  const isNew = state.session !== event.why;
  if (state.device) return stay({ ...state, session: event.why }, ...(isNew && event.why === "stale_page" ? [{ do: "renew" }] : []));
  return to(state, { view: "blocked", why: event.why }, tone("danger"));
}

/** What waits, and how far the till may go on: for the banner, the locks, and whoever wants to leave. */
function standing(state, event) {
  const { standing: now, facts = state.facts, roster = state.roster } = event;
  return stay({ ...state, standing: now, awaited: now.count, facts, roster });
}

/** What the server says was sold today, with what it does not know yet on top. */
function today(state, event) {
  const served = event.today ?? state.served;
  const own = event.own ?? state.own;
  return stay({ ...state, served, own, today: served && figuresOf(served, ofDay(own, event.now)) });
}

/**
 * Whoever wants to leave the till first sees what waits, and leaves by himself when nothing does. Without the server
 * nobody leaves: nobody would be logged out, and the kept page would be gone. `isReached`: it answered just now.
 */
function leave(state, { where, isReached = false }) {
  if (BOOKING.has(state.stage.view)) return stay({ ...state, notice: "notice.one_at_a_time" }, tone("warn"));
  if (state.awaited) return to(state, { view: "queue", where }, tone("warn"), { do: "wake" });
  if (state.link === "down") return stay({ ...state, notice: "notice.no_way_out" }, tone("warn"));
  return stay(state, { do: isReached ? "go" : "leave", where });
}

function tick(state, event) {
  const { stage } = state;
  return stage.view === "sold" && event.now - stage.at > REST_MS ? to(state, { view: "idle" }) : stay(state);
}

const EVENTS = {
  scan, quoted, unreached, answered, acknowledged, refused, late, tried, recover, undo, open, search, found, enter, escape,
  digit, menu, link, trouble, standing, today, leave, tick, count,
  queued: answered,
  good_session: (state) => stay({ ...state, session: "good" }),
  person: pickPerson, dish: pickDish, sale: pickSale,
  reason: (state, event) => (state.stage.view === "reasons" ? reverse(state, event, state.stage.sale, event.reason) : stay(state)),
  device: (state, event) => stay({ ...state, device: event.device }),
  foreign: (state, event) => stay({ ...state, foreign: event.name }),
  read: (state) => stay({ ...state, late: [] }),
  block: (state, event) => to(state, { view: "blocked", why: event.why, cashier: event.cashier }, tone("danger")),
  unblock: (state) => (state.stage.view === "blocked" ? to(state, { view: "idle" }) : stay(state)),
};

/** Take one step: the next state, and the effects in their order. */
export function step(state, event) {
  return EVENTS[event.type](state, event);
}
