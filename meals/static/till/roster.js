// The roster that a till sells by while nobody can be asked: people by card, menus and documents of three days.
// Rows stay as they came, an array each: ten thousand people are there in moments and cost little memory.

const FOUND_AT_MOST = 8;
const SHORTEST = { name: 1, number: 4 };
const MASK = "*";
const DAY_MS = 86_400_000;
const ZONE_MS = 8 * 3_600_000; // Asia/Shanghai, the same all year since 1991

/** The business day of a moment, as roster, server and books write it. */
export const dayOf = (at) => new Date(at + ZONE_MS).toISOString().slice(0, 10);
/** Minutes since midnight on the wall clock of the place. */
export const minuteOf = (at) => Math.floor(((at + ZONE_MS) % DAY_MS) / 60_000);
/** The wall clock of a moment: "11:48". */
export const clockOf = (at) => new Date(at + ZONE_MS).toISOString().slice(11, 16);
/** A moment with its zone, as the server writes it. */
export const isoOf = (at) => `${new Date(at + ZONE_MS).toISOString().slice(0, -1)}+08:00`;

export class Roster {
  /** `content` is a whole roster as the server sent it; `at` is when the server last said that it still holds. */
  constructor(content, at = momentOf(content.version)) {
    const { people, gone: _gone, full: _full, server_time: _time, ...rest } = content;
    Object.assign(this, rest);
    this.at = at;
    this.places = Object.fromEntries(this.columns.map((name, place) => [name, place]));
    this.cards = new Map();
    this.seniors = new Map();
    for (const row of people) this.put(row);
  }

  /** Read a whole roster, or nothing where it is none: a till must not sell by half of one. */
  static from(content, at) {
    return content?.full && Array.isArray(content.people) && Array.isArray(content.columns) ? new Roster(content, at) : null;
  }

  /** Take in an answer: a whole roster takes the place of all, another changes the people it names. */
  apply(content, at) {
    if (content.full) return Roster.from(content, at);
    const { people, gone, full: _full, server_time: _time, columns, ...rest } = content;
    if (columns.join() !== this.columns.join()) throw new Error("the columns of the roster changed");
    Object.assign(this, rest, { at: at ?? momentOf(content.version) });
    for (const row of people) this.put(row);
    for (const card of gone) this.drop(card);
    return this;
  }

  /** The roster whole again, for the store. */
  content() {
    const { at: _at, places: _places, cards, seniors: _seniors, ...rest } = this;
    return { ...rest, full: true, people: [...cards.values()], gone: [] };
  }

  put(row) {
    const { id, card } = this.places;
    const known = this.cards.get(row[card]);
    if (known && known[id] !== row[id]) this.drop(row[card]);
    this.cards.set(row[card], row);
    const held = this.seniors.get(row[id]);
    if (held === undefined || held === row[card]) this.seniors.set(row[id], row[card]);
    else if (typeof held === "string") this.seniors.set(row[id], new Set([held, row[card]]));
    else held.add(row[card]);
  }

  drop(card) {
    const row = this.cards.get(card);
    if (!row) return;
    this.cards.delete(card);
    const id = row[this.places.id];
    const held = this.seniors.get(id);
    if (typeof held === "string") return void this.seniors.delete(id);
    held.delete(card);
    if (!held.size) this.seniors.delete(id);
  }

  /** The version by the moment at which the server last said that it holds: how old a decision's facts were. */
  get holds() {
    return `${Math.round(this.at)}-${this.on}`;
  }

  get size() {
    return this.cards.size;
  }

  /** The person whose card this is, by the names of the columns. */
  find(card) {
    return this.named(this.cards.get(card));
  }

  /** Whose card this is, by the id alone. */
  idOf(card) {
    return this.cards.get(card)?.[this.places.id] ?? null;
  }

  /** A person by the id that a payment code names, with the card in use, else another of hers. */
  findSenior(id) {
    const held = this.seniors.get(id);
    if (held === undefined) return null;
    const rows = (typeof held === "string" ? [held] : [...held]).map((card) => this.cards.get(card));
    return this.named(rows.find((row) => row[this.places.card_state] === "issued") ?? rows.at(-1));
  }

  named(row) {
    return row ? Object.fromEntries(this.columns.map((name, place) => [name, row[place]])) : null;
  }

  /** Find who may be meant by the last digits of a card or by a name, of which the roster has two signs. */
  search(query) {
    const text = query.trim();
    const isNumber = /^\d+$/.test(text);
    if (text.length < (isNumber ? SHORTEST.number : SHORTEST.name)) return [];
    const { card, card_state: state, name, month, meals } = this.places;
    const fits = isNumber ? (row) => row[card].endsWith(text) : (row) => mayBe(text, row[name]);
    const found = [];
    for (const row of this.cards.values()) if (row[state] === "issued" && fits(row)) found.push(row);
    const weight = (row) => row[month][0] + row[meals].length;
    found.sort((one, other) => weight(other) - weight(one));
    return found.slice(0, FOUND_AT_MOST).map((row) => {
      const person = this.named(row);
      return { name: person.name, age: ageOn(person, this.on), card: person.card, card_tail: person.card.slice(-4) };
    });
  }

  /** What holds on a day: whether it is open, its menu, its discount; nothing for a day that is not in the roster. */
  day(on) {
    const day = this.days.find((each) => each.on === on);
    return day ? { ...day, terms: day.terms === null ? null : this.terms[day.terms].terms } : null;
  }

  /** The menu of a moment in the form in which the server gives it. */
  menu(at, words = {}) {
    const day = this.day(dayOf(at));
    if (!day) return null;
    const minute = minuteOf(at);
    const open = day.terms?.windows.find((each) => each.from_minute <= minute && minute < each.until_minute);
    const midnight = Date.parse(`${day.on}T00:00:00+08:00`);
    const window = open ? { name: open.name, until: isoOf(midnight + open.until_minute * 60_000), label: words[open.name] ?? null } : null;
    return { on: day.on, window, items: day.items };
  }
}

/** When the server made a version: "1763610480000-2026-11-20". */
export function momentOf(version) {
  const digits = /^(\d{1,14})-/.exec(version ?? "")?.[1];
  return digits ? Number(digits) : null;
}

/** The age on a day of the roster; a birthday is told when it is within these days. */
export function ageOn(person, on) {
  return person.age + (person.birthday_on && person.birthday_on <= on ? 1 : 0);
}

/** Whether a typed name, or a part of one, may be the one behind a mask: 王秀英, 秀英, 王*英 and 英 may be 王*英. */
export function mayBe(text, masked) {
  const query = [...text];
  const name = [...masked];
  const covers = (from) => query.every((sign, place) => {
    const shown = name[from + place];
    return sign === MASK || shown === MASK || (shown !== undefined && shown.toLowerCase() === sign.toLowerCase());
  });
  const isTold = (from) => query.some((sign, place) => sign !== MASK && name[from + place] !== MASK);
  for (let from = 0; from + query.length <= name.length; from += 1) if (covers(from) && isTold(from)) return true;
  return false;
}

