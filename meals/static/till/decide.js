// A till's own decision while nobody can be asked: who stands there, whether anything may be sold, who pays what.
// The same steps in the same order as meals/deciding.py, from the roster instead of the database. Pure.

import { explain, tierOf } from "./explaining.js";
import { locksOf } from "./limits.js";
import { usedAt, withOwn } from "./own.js";
import { priceMeal, windowAt } from "./pricing.js";
import { ageOn, clockOf, dayOf, isoOf, minuteOf } from "./roster.js";
import { holds } from "./told.js";

const CLOCK_SKEW_MS = 120_000; // as the server allows: a code may be from a clock that is a little fast
const BILL_FEN_AT_MOST = 100_000;
const CARD_REFUSALS = { lost: "card_lost", cancelled: "card_cancelled", replaced: "card_replaced" };
const STATUS_REFUSALS = { deceased: "senior_deceased", in_institution: "senior_in_institution" };
const BARRING_STATUSES = ["in_hospital", "moved_away"];
const STATUS_OF = { invalid: 422, card_unknown: 404, code_unknown: 404 };

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const refuse = (code, rest = {}) => ({ problem: { code, status: STATUS_OF[code] ?? 409, ...rest } });

/**
 * Decide a bill: {quote, basis}, in the server's own form, or {problem}. `code` is what a payment code's text was read as,
 * `said` what the server told of this guest since the roster.
 */
export function decide({ roster, card, code = null, items, at, own = [], standing, isRevoked = false, clock = null, said = null }) {
  if (!roster) return refuse("no_roster");
  const on = dayOf(at);
  const day = roster.day(on);
  if (!day) return refuse("roster_over", { on: roster.on });
  const person = code ? roster.findSenior(code.senior_id) : roster.find(card);
  const guest = person && { name: person.name, card_tail: person.card.slice(-8) };
  const refused = refusalOf({ person, guest, code, card, day, at, own, clock });
  if (refused) return refused;
  if (said?.problem) return refuse(said.problem.code, { guest });
  if (!roster.sale_rules) return refuse("sale_rules_missing");
  const lines = linesOf(items, day);
  if (!Array.isArray(lines)) return lines;
  const bill = { lines, price_fen: sum(lines.map((line) => line.price_fen * line.count)) };
  if (bill.price_fen < 1 || bill.price_fen > BILL_FEN_AT_MOST) return refuse("bill_too_large", { yuan: BILL_FEN_AT_MOST / 100 });
  const locks = locksOf({ roster, at, standing, price_fen: bill.price_fen, isRevoked, isKnown: Boolean(person) });
  const asked = { roster, day, on, at, bill, lock: locks[0] ?? null, barred: said?.barred ?? null };
  const basis = basisOf({ roster, person, card, code, lock: asked.lock });
  if (!person) return locks.length ? refuse("unknown_over_limit", { lock: locks[0] }) : { quote: unknownQuote(asked, code), basis };
  const known = withOwn(person, { entries: own, roster, on });
  return { quote: quoteOf({ ...asked, person: known, guest, priced: price({ ...asked, person: known }) }), basis };
}

// ---- refusals, in the server's order

function refusalOf({ person, guest, code, card, day, at, own, clock }) {
  if (code?.fault) return refuse(`code_${code.fault}`);
  if (!person) return code ? refuseUnknown({ code, card, day, at, own, clock }) : refuse("card_not_in_roster");
  if (person.card_state in CARD_REFUSALS) return refuse(code ? "code_without_card" : CARD_REFUSALS[person.card_state], { guest });
  if (person.status in STATUS_REFUSALS) return refuse(STATUS_REFUSALS[person.status], { guest });
  if (!day.open) return refuse("canteen_closed", { guest });
  return code ? refuseCode({ code, card, at, own, clock, guest }) : null;
}

function refuseUnknown({ code, card, day, at, own, clock }) {
  return day.open ? refuseCode({ code, card, at, own, clock }) : refuse("canteen_closed");
}

/** Why a code does not pay at this moment, for a guest who could be served otherwise. */
function refuseCode({ code, card, at, own, clock, guest }) {
  const who = guest ? { guest } : {};
  const used = code.used_at ?? usedAt(card, own);
  if (used !== null && used !== undefined) return refuse("code_used", { ...who, ...told(used, at) });
  if (clock?.isSuspect) return refuse("code_clock", who);
  const isGood = code.issued_at - CLOCK_SKEW_MS <= at && at <= code.expires_at;
  return isGood ? null : refuse("code_expired", { ...who, ...told(code.issued_at, at) });
}

/** When something happened, also as it is said at a till: the day only where it was another. */
function told(moment, at) {
  const time = clockOf(moment);
  return { when: isoOf(moment), clock: dayOf(moment) === dayOf(at) ? time : `${dayOf(moment).slice(5)} ${time}` };
}

// ---- the bill

/** What is bought, as the roster's menu has it; a dish that came to the menu since is taken as the page shows it. */
function linesOf(items, day) {
  const menu = new Map(day.items.map((item) => [item.id, item]));
  const lines = items.map((item) => {
    const dish = menu.get(item.dish_id) ?? (item.price_fen && item.kind ? { id: item.dish_id, ...item } : null);
    return dish && { id: dish.id, name: dish.name ?? "", name_en: dish.name_en ?? "", kind: dish.kind, price_fen: dish.price_fen, count: item.count ?? 1 };
  });
  return lines.every(Boolean) && lines.length ? lines : refuse("dish_not_in_roster");
}

/** What bars a subsidy whatever the policy says; the meal is sold all the same. */
function barOf({ canteen, person, on }) {
  for (const [column, code] of [["licence_expires_on", "licence_lapsed"], ["agreement_expires_on", "agreement_lapsed"]]) {
    if (canteen[column] < on) return { code, params: { expired_on: canteen[column] } };
  }
  return BARRING_STATUSES.includes(person.status) ? { code: person.status, params: {} } : null;
}

const used = (meals) => ({ subsidised: meals.length, public_fen: sum(meals.map(([, publicFen]) => publicFen)) });

function takenOf({ meals, month }, window) {
  const same = meals.filter(([name]) => name === window);
  const last = (same.length ? same : meals).at(-1);
  const [, , at, canteen, till, here] = last ?? [];
  return {
    window: used(same), day: used(meals), month: { subsidised: month[0], public_fen: month[1] },
    last: last ? { at, canteen, till: String(till), here } : null,
  };
}

/** Who pays what. A locked till takes neither subsidy nor points: it could not know whether they are still there. */
function price({ roster, day, on, at, bill, lock, barred, person }) {
  const policy = day.terms;
  const window = policy ? (windowAt(policy, minuteOf(at))?.name ?? null) : null;
  const asked = {
    price_fen: bill.price_fen, policy, window, taken: takenOf(person, window),
    diner: {
      age: ageOn(person, on), hukou_area: person.hukou, residence_area: person.residence,
      income: person.income, ability: person.ability, living: person.living,
    },
    items: bill.lines.map((line) => ({ kind: line.kind, unit_price_fen: line.price_fen, count: line.count })),
    points_available_fen: person.points_fen, barred: barOf({ canteen: roster.canteen, person, on }),
  };
  const alone = priceMeal(asked);
  const isHeld = alone.subsidised && barred && holds(barred, { window, till: roster.till.number });
  const priced = isHeld ? priceMeal({ ...asked, barred }) : alone;
  return lock ? inCash(asked, priced, lock) : priced;
}

function inCash(asked, priced, lock) {
  const own = priced.reasons[1];
  const barred = priced.subsidised ? { code: "till_locked", params: { why: lock.code } } : own;
  const cash = priceMeal({ ...asked, barred, points_available_fen: 0 });
  return { ...cash, reasons: cash.reasons.filter(({ code }) => code !== "points_short") };
}

// ---- what is told

function quoteOf({ roster, day, on, bill, person, guest, priced }) {
  const { shares } = priced;
  const part = (isConcession) => sum(shares.filter(({ payer }) => (payer === "concession") === isConcession).map((share) => share.amount_fen));
  return {
    price_fen: priced.price_fen,
    shares: shares.map(({ payer, amount_fen: fen }) => ({ payer, kind: payer, amount_fen: fen })),
    public_fen: part(false),
    concession_fen: part(true),
    points_fen: priced.points_fen,
    cash_fen: priced.cash_fen,
    balance_fen: person?.balance_fen ?? 0,
    meal_points_fen: person?.points_fen ?? 0,
    subsidised: priced.subsidised,
    window: priced.window,
    explanation: explain(priced.reasons),
    reasons: priced.reasons,
    policies: [day.terms?.document_id, roster.sale_rules.document_id].filter(Boolean),
    left: priced.left,
    items: bill.lines,
    guest: { ...guest, age: person ? ageOn(person, on) : null, tier: tierOf(priced.reasons) },
    canteen: { id: roster.canteen.id, name: roster.canteen.name },
    till: roster.till.number,
  };
}

/** Somebody whom only a signature vouches for: sold at full price, for cash. */
function unknownQuote({ roster, day, on, at, bill }) {
  const window = day.terms ? (windowAt(day.terms, minuteOf(at))?.name ?? null) : null;
  const reasons = [
    { code: "price", params: { price_fen: bill.price_fen } }, { code: "not_in_roster", params: {} },
    { code: "points", params: { points_fen: 0 } }, { code: "cash", params: { cash_fen: bill.price_fen } },
  ];
  const priced = { price_fen: bill.price_fen, shares: [], points_fen: 0, cash_fen: bill.price_fen, subsidised: false, window, reasons, left: [] };
  return quoteOf({ roster, day, on, bill, person: null, guest: { name: "", card_tail: "" }, priced });
}

function basisOf({ roster, person, card, code, lock }) {
  return {
    senior_id: person?.id ?? code?.senior_id ?? null,
    card: person?.card ?? card,
    roster_version: roster.holds,
    roster_at: roster.at,
    lock,
    claim: code ? { nonce: code.nonce, until: code.expires_at + CLOCK_SKEW_MS } : null,
  };
}
