// Writes down what somebody at this till decided: the entries that the queue keeps, sends and answers for.

import { idOf, soldAs } from "./daybook.js";

/** A UUID; browsers make one themselves only on secure addresses, but a till may stand on a plain one. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** What was bought, in the reader's words: "A set meal + rice ×2". */
export function nameOf(items, menu, words) {
  const parts = items.map(({ dish_id: id, count }) => {
    const item = menu?.items.find((each) => each.id === id);
    const name = item ? words.dish(item).text : words.tell("sold.meal");
    return count > 1 ? `${name} ×${count}` : name;
  });
  return parts.join(words.tell("list.comma"));
}

export class Writing {
  constructor({ start, words, clock, menu }) {
    Object.assign(this, { start, words, clock, menu });
  }

  /** What the server is asked about a bill, and sells by. */
  bill({ card, items }) {
    const { canteen, till } = this.start;
    return { card, canteen_id: canteen.id, till_id: till.id, items: items.map(({ dish_id, count }) => ({ dish_id, count })) };
  }

  /** Dishes with what they cost and are on the menu of this moment. */
  priced(items) {
    return items.map((item) => {
      const { price_fen, kind, name, name_en } = this.menu()?.items.find((each) => each.id === item.dish_id) ?? {};
      return { ...item, price_fen, kind, name, name_en };
    });
  }

  stamp() {
    const { at, occurred_at, clock_suspect } = this.clock.stamp();
    const { id, name } = this.start.cashier;
    return { made_at: at, occurred_at, clock_suspect, cashier: id, cashier_name: name };
  }

  /** A sale with the decision it rests on; a refusal is written down as well, for the server to keep. */
  sale({ id, card, items, decision }) {
    const { by, quote, problem, basis } = decision;
    return {
      id, kind: "sale", ...this.stamp(), card, items: this.priced(items), what: nameOf(items, this.menu(), this.words),
      quote, ...(problem ? { refusal: problem } : {}), guest: (quote ?? problem)?.guest ?? null, is_offline: by === "till",
      senior_id: basis?.senior_id ?? null, roster_version: basis?.roster_version ?? null, roster_at: basis?.roster_at ?? null,
      path: this.start.urls.checkouts, body: this.bill({ card, items }),
    };
  }

  /** The undoing of a sale; `made` is the sale's own entry where this till still knows it. */
  undoing({ id, sale, reason, isOffline }, made) {
    const said = this.words.tell(`reason.${reason}`);
    const undoes = made ? idOf(made) : sale.id;
    return {
      id, kind: "undo", ...this.stamp(), undoes, reason: said, sale: { ...(made ? soldAs(made) : {}), ...sale },
      is_offline: isOffline, path: this.start.urls.reversal.replace("{id}", undoes), body: { reason: said },
    };
  }
}
