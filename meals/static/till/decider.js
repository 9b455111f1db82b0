// The till's own decision as the page asks for it: reads a code's signature, what this till sold itself and what waits,
// and decides by the roster. One call, no network.

import { decide } from "./decide.js";
import { isCode, seniorOf } from "./signature.js";
import { Told } from "./told.js";

export class Decider {
  /**
   * `signatures` may still be on its way: it is awaited when a code comes. `isRevoked()` says whether the token was taken
   * back. `own(roster)` gives this till's sales from memory, where the page has them; else they are read from the store.
   */
  constructor({ keeper, signatures, store, clock, own = null, isRevoked = () => false }) {
    Object.assign(this, { keeper, signatures, store, clock, isRevoked });
    this.own = own ?? ((roster) => this.read(roster));
    this.told = new Told();
  }

  /** Decide a bill: {quote, basis} or {problem}, each with the moment it was decided for. */
  async decide({ card, items }) {
    const { roster } = this.keeper;
    const { at, occurred_at: occurredAt, clock_suspect: isSuspect } = this.clock.stamp();
    const [own, standing, code] = await Promise.all([this.own(roster), this.store.standing(), isCode(card) ? this.check(card, roster) : null]);
    const clock = { ...this.clock.state(), isSuspect };
    const said = this.said(card, { roster, at });
    const decided = decide({ roster, card, code, items, at, own, standing, isRevoked: this.isRevoked(), clock, said });
    return { ...decided, occurred_at: occurredAt, clock_suspect: isSuspect };
  }

  /** Take what the server said of a bill: what it knows may be younger than the roster. */
  hear({ card, quote, problem }) {
    this.told.note({ card, whose: this.whose(card), quote, problem, at: this.clock.now() });
  }

  said(card, { roster, at }) {
    return roster ? this.told.of({ card, whose: this.whose(card), asked: roster.asked_at ?? roster.at, at }) : null;
  }

  whose(card) {
    return this.keeper.roster?.idOf(card) ?? seniorOf(card) ?? card;
  }

  async check(card, roster) {
    const signatures = await this.signatures;
    signatures.learn(roster?.keys ?? []);
    return signatures.check(card);
  }

  /** Use a code up: false where this till took it before. To be called when the sale is made, not when it is asked about. */
  async claim({ claim }) {
    return claim ? this.store.claimCode(claim.nonce, claim.until) : true;
  }

  /** Sales of this till that the roster may not know: those that wait, and those answered since it was asked for. */
  async read(roster) {
    const since = roster ? Math.min(roster.asked_at ?? roster.at, roster.at) : 0;
    const [waiting, sent] = await Promise.all([this.store.waiting(), this.store.sentSince(since)]);
    const entries = [...sent, ...waiting];
    const held = new Set(entries.map((entry) => entry.id));
    const undone = entries.filter((entry) => entry.kind === "undo" && !held.has(entry.undoes));
    const found = await Promise.all(undone.map((entry) => this.store.find(entry.undoes)));
    return [...found.filter(Boolean), ...entries];
  }
}
