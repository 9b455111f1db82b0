// What the server last said of each guest at this till. Where the roster is older, a till that goes on alone keeps to it:
// whoever was just told "lost" or "already used" is not served with subsidy because the line went a moment later.

import { dayOf } from "./roster.js";

/** Refusals that stay with a card or a person, whatever is bought. */
const LASTING = new Set(["card_lost", "card_cancelled", "card_replaced", "code_without_card", "senior_deceased", "senior_in_institution"]);
/** Reasons against a subsidy that stay with a person for the day, whatever is bought. */
const BARRING = new Set(["count_used", "cap_used", "in_hospital", "moved_away"]);

export class Told {
  constructor() {
    this.words = new Map();
  }

  /** Take the server's answer about a card, given at a moment; `whose` names the guest, as far as it is known. */
  note({ card, whose, quote, problem, at }) {
    const reason = quote && !quote.subsidised ? quote.reasons?.find(({ code }) => BARRING.has(code)) ?? null : null;
    this.words.set(card, { card, whose, at, reason, window: quote?.window ?? null, problem: LASTING.has(problem?.code) ? problem : null });
  }

  /** What still counts for a card, and for the guest whose it is, beside a roster that was asked for at `asked`. */
  of({ card, whose, asked, at }) {
    for (const [key, word] of this.words) if (!(word.at > asked)) this.words.delete(key); // the roster knows it by now
    const problem = this.words.get(card)?.problem ?? null;
    const found = [...this.words.values()].filter((word) => word.reason && word.whose === whose && dayOf(word.at) === dayOf(at));
    return { problem, barred: found.map(({ reason, window }) => ({ ...reason, window })).at(-1) ?? null };
  }
}

/** Whether a reason that the server gave holds for a bill of this till: not for another meal, nor for a sale of our own. */
export function holds(barred, { window, till }) {
  const { per, here, till: at } = barred.params ?? {};
  const isOwn = here && String(at) === String(till); // this till knows better what became of its own sales
  return !isOwn && (per !== "window" || barred.window === window);
}
