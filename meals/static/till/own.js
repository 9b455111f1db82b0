// What this till sold itself and its roster does not know yet: points and meals that are gone already.
// A sale counts until the roster shows it, so that a slow answer neither gives a meal twice nor takes its points twice.

import { clockOf, dayOf } from "./roster.js";
import { seniorOf } from "./signature.js";

const SAME_MS = 90_000; // the till writes a sale's minute, the server its own: they may differ by one

/** What was sold: as the server booked it where it answered, else as the till decided it. */
const soldAs = (entry) => entry.receipt ?? entry.answer?.receipt ?? entry.quote;
const momentOf = (entry) => Date.parse(soldAs(entry)?.sold_at ?? entry.occurred_at);

/** Whether a sale was for this person: by the entry, its card, its code, or by what the receipt shows of the guest. */
function isFor(entry, person, roster) {
  const id = entry.senior_id ?? roster.idOf(entry.card) ?? seniorOf(entry.card);
  if (id !== null) return id === person.id;
  const guest = soldAs(entry).guest; // the digits below a code name nobody
  return guest?.card_tail === person.card.slice(-8) && guest.name === person.name;
}

const publicOf = (shares) => shares.filter(({ payer }) => payer !== "concession").reduce((sum, share) => sum + share.amount_fen, 0);

/** Sort a till's entries: the sales, each with its undoing if there is one, and what the roster was told of both. */
function sort(entries, roster) {
  const asked = roster.asked_at ?? roster.at;
  const isTold = (entry) => entry.acknowledged_at != null && entry.acknowledged_at < asked;
  const undoings = new Map(entries.filter((each) => each.kind === "undo").map((each) => [each.undoes, each]));
  return entries.filter((each) => each.kind === "sale" && soldAs(each)).map((entry) => {
    const undo = undoings.get(entry.id);
    const undone = undo && { isTold: isTold(undo), isNew: !isTold(undo) && !(Date.parse(undo.occurred_at) < asked) };
    return { entry, undone, at: momentOf(entry), sold: soldAs(entry), isTold: isTold(entry) };
  });
}

/** The meal among those that the roster shows that is this sale. */
function findShown(meals, { at, sold }, till) {
  return meals.findIndex(([window, publicFen, clock, , number, isHere]) => isHere && window === sold.window
    && String(number) === String(till) && publicFen === publicOf(sold.shares) && isNear(clock, at));
}

function isNear(clock, at) {
  const day = dayOf(at);
  return Math.abs(Date.parse(`${day}T${clock}:00+08:00`) - Math.floor(at / 60_000) * 60_000) < SAME_MS;
}

/** Whether a sale is to be added to what the roster shows, 1, taken back from it, -1, or neither; `shown` loses its meal. */
function weigh(sale, shown, roster) {
  const place = sale.sold.shares.length ? findShown(shown, sale, roster.till.number) : -1;
  if (place >= 0) shown.splice(place, 1);
  const isShown = place >= 0;
  if (!sale.undone) return isShown || sale.isTold ? 0 : 1;
  // A meal of the roster's day is in it or was undone there already. Else only points tell of a sale: they are given back
  // unless the roster may have them back, because points that are given twice are nobody's.
  const leavesMeal = sale.sold.shares.length > 0 && dayOf(sale.at) === roster.on;
  return (isShown && !sale.undone.isTold) || (!leavesMeal && sale.isTold && sale.undone.isNew) ? -1 : 0;
}

/** A person as the roster shows her, with what this till sold her since: points, the meals of a day, the month so far. */
export function withOwn(person, { entries, roster, on }) {
  const month = on.slice(0, 7);
  const own = sort(entries, roster).filter(({ entry, at }) => dayOf(at).slice(0, 7) === month && isFor(entry, person, roster));
  const isSameDay = on === roster.on;
  const facts = {
    spent_fen: 0, spent_before_fen: 0, meals: isSameDay ? [...person.meals] : [],
    month: roster.on.slice(0, 7) === month ? [...person.month] : [0, 0],
  };
  const shown = [...person.meals];
  for (const sale of own) {
    const by = weigh(sale, shown, roster);
    if (by) change(facts, sale, { by, on, roster });
  }
  facts.meals.sort((one, other) => (one[2] < other[2] ? -1 : 1));
  return { ...person, ...facts, points_fen: leftOf(person, facts, on, "points_fen"), balance_fen: leftOf(person, facts, on, "balance_fen") };
}

/** What is left of points on a day: what was spent goes from those first that end first, and those that ended are gone. */
function leftOf({ expiring, ...person }, { spent_fen: spentFen, spent_before_fen: beforeFen }, on, name) {
  const over = (expiring ?? []).filter(([until]) => until < on);
  const endedFen = over.reduce((sum, [, mealsFen, fen]) => sum + (name === "points_fen" ? mealsFen : fen), 0);
  return Math.max(person[name] - spentFen - Math.max(endedFen - beforeFen, 0), 0);
}

/** Take a sale's meal and points from what is left, or give them back. */
function change(facts, { at, sold }, { by, on, roster }) {
  facts.spent_fen += by * sold.points_fen;
  if (dayOf(at) < on) facts.spent_before_fen += by * sold.points_fen;
  if (!sold.shares.length) return;
  const publicFen = publicOf(sold.shares);
  facts.month = [Math.max(facts.month[0] + by, 0), Math.max(facts.month[1] + by * publicFen, 0)];
  if (dayOf(at) !== on) return;
  const till = String(roster.till.number);
  if (by > 0) facts.meals.push([sold.window, publicFen, clockOf(at), roster.canteen.name, till, true]);
  else {
    const place = findShown(facts.meals, { at, sold }, till);
    if (place >= 0) facts.meals.splice(place, 1);
  }
}

/** Whether a sale to the guest of this card, or the undoing of one, still waits for the server. */
export function waitsFor(card, { entries, roster }) {
  const waiting = new Set(entries.filter((each) => each.acknowledged_at == null).map((each) => each.undoes ?? each.id));
  const id = roster.idOf(card) ?? seniorOf(card);
  const person = id === null ? null : roster.findSenior(id);
  const isHers = (entry) => entry.card === card || Boolean(person && isFor(entry, person, roster));
  return entries.some((each) => each.kind === "sale" && soldAs(each) && (waiting.has(each.id) || waiting.has(each.receipt?.id)) && isHers(each));
}

/** When this till took a code before, or nothing: one code, one sale, also when that was undone. */
export function usedAt(text, entries) {
  const used = entries.find((entry) => entry.kind === "sale" && entry.card === text && soldAs(entry));
  return used ? momentOf(used) : null;
}
