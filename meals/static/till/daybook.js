// What this till did by itself today: what waits, and what was answered since. Kept in memory beside the store, so that
// no scan has to read a queue of hundreds from the disk.

import { dayOf } from "./roster.js";

const ROWS = 12;
const isPublic = (share) => (share.kind ?? share.payer) !== "concession";
const publicFen = ({ shares = [] }) => shares.filter(isPublic).reduce((sum, share) => sum + share.amount_fen, 0);

/** What a sale adds to the figures of a day. */
const amountsOf = (sold) => ({
  count: 1, subsidised: sold.shares?.length ? 1 : 0,
  cash_fen: sold.cash_fen ?? 0, points_fen: sold.points_fen ?? 0, public_fen: publicFen(sold),
});

/** A sale's amounts and names as the undoing of it needs them. */
export const soldAs = (entry) => ({ ...amountsOf(entry.receipt ?? entry.quote ?? {}), shares: (entry.receipt ?? entry.quote)?.shares ?? [] });

/** By which id the books have a sale: the server's own where it made one, else that of the entry. */
export const idOf = (entry) => entry.receipt?.id ?? entry.id;
const isIn = (ids, entry) => ids.has(entry.id) || ids.has(idOf(entry));

const rowOf = (entry, undone) => ({
  id: idOf(entry), number: entry.number ?? "", sold_at: entry.occurred_at, guest: entry.guest?.name ?? "", what: entry.what ?? "",
  cash_fen: (entry.quote ?? entry.receipt)?.cash_fen ?? 0, state: isIn(undone, entry) ? "reversed" : "sold",
  waiting: entry.acknowledged_at === null,
});

function add(totals, amounts, sign) {
  const sums = {};
  for (const [name, value] of Object.entries(totals)) sums[name] = value + sign * (amounts[name] ?? 0);
  return sums;
}

/** The server's figures of today, with what it does not know yet on top; `own` comes oldest first. */
export function figuresOf(served, own) {
  // An answer and the figures may cross on their way: what the server lists, it counts.
  const told = new Set(served.recent.map(({ id }) => id));
  const sales = own.filter((entry) => entry.kind === "sale" && !isIn(told, entry));
  const undoings = own.filter(({ kind }) => kind === "undo");
  const undone = undoneIn(own);
  const mine = new Set(sales.flatMap((entry) => [entry.id, idOf(entry)]));
  let { totals } = served;
  for (const entry of sales) if (!isIn(undone, entry)) totals = add(totals, amountsOf(entry.quote ?? entry.receipt ?? {}), 1);
  for (const entry of undoings) {
    const isOut = served.recent.some((each) => each.id === entry.undoes && each.state === "reversed");
    if (!mine.has(entry.undoes) && !isOut) totals = add(totals, amountsOf(entry.sale ?? {}), -1);
  }
  const rest = served.recent.filter((each) => !mine.has(each.id))
    .map((each) => (undone.has(each.id) ? { ...each, state: "reversed" } : each));
  return { totals, recent: [...sales.map((each) => rowOf(each, undone)).reverse(), ...rest].slice(0, ROWS) };
}

/** Of a till's own entries, those that belong to the day of a moment: a sale by itself, an undoing by its sale. */
export function ofDay(own, now) {
  const on = dayOf(now);
  return own.filter(({ kind, occurred_at: at, sale }) => dayOf(Date.parse((kind === "undo" ? sale?.sold_at : null) ?? at)) === on);
}

/** The figures of a day on which nothing was sold yet. */
export const emptied = ({ totals }) => ({ totals: Object.fromEntries(Object.keys(totals).map((name) => [name, 0])), recent: [] });

/** One of this till's own sales as the lists show it; nothing where it is none. */
export function rowIn(own, id) {
  const entry = own.find((each) => each.kind === "sale" && (each.id === id || idOf(each) === id));
  return entry ? rowOf(entry, undoneIn(own)) : null;
}

/** Which sales were undone here. */
export const undoneIn = (own) => new Set(own.filter(({ kind }) => kind === "undo").map(({ undoes }) => undoes));

export class Daybook {
  constructor() {
    this.entries = new Map();
  }

  /** Take an entry, and what became of it: `acknowledgedAt` is when the server answered for it, nothing while it waits. */
  note(entry, { receipt = null, acknowledgedAt = null } = {}) {
    const before = this.entries.get(entry.id);
    const isBooked = receipt && !receipt.waiting;
    const number = (before?.number || receipt?.number || entry.number) ?? ""; // the one that was shown first stays
    this.entries.set(entry.id, { ...entry, receipt: isBooked ? receipt : null, number, acknowledged_at: acknowledgedAt });
  }

  /** An entry by its own id, or by the one the server gave its sale. */
  find(id) {
    return this.entries.get(id) ?? this.all().find((entry) => idOf(entry) === id) ?? null;
  }

  all() {
    return [...this.entries.values()];
  }

  /** What the server did not know at a moment, oldest first: what waits, and what it answered for after it. */
  unknownAt(moment) {
    return this.all().filter(({ acknowledged_at: at }) => at === null || at >= moment).sort((one, other) => one.made_at - other.made_at);
  }

  /** Forget what was answered for before a moment. */
  sweep(moment) {
    for (const [id, { acknowledged_at: at }] of this.entries) if (at !== null && at < moment) this.entries.delete(id);
  }
}
