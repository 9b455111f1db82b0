// Who decides what a guest pays: the server when it answers in time, else this till by its roster. Nothing is sold here.

import { ANSWER_MS } from "./queue.js";

const isLoginTrouble = (outcome) => outcome.status === 401 || /^csrf/.test(outcome.problem?.code ?? "");

/** Which trouble a call met that only a log-in or a fresh page puts right; nothing where there is none. */
export function troubleOf(outcome) {
  if (!isLoginTrouble(outcome)) return null;
  return outcome.status === 401 ? "signed_out" : "stale_page";
}

/** Whether a call ended without an answer to what was asked. */
export const isUnanswered = (outcome) => Boolean(outcome.lost) || outcome.status >= 500 || outcome.status === 429;

export class Asking {
  /**
   * `decide({ card, items })` decides by the roster; without it (a till that is not enrolled) only the server does.
   * `canAsk()` says whether asking the server has any sense now; `patience()` how long an answer may take.
   */
  constructor({ api, url, canAsk, decide = null, patience = () => ANSWER_MS, onOutcome = () => {} }) {
    Object.assign(this, { api, url, canAsk, decide, patience, onOutcome });
  }

  /** `isAhead`: this till knows more of the guest than the server. {decision} of the server or of this till, or {trouble}, or {unreached: why} where nobody can decide. */
  async ask({ bill, card, items, isAhead = false }) {
    if (this.decide && (isAhead || !this.canAsk())) return this.decideHere({ card, items });
    const within = this.decide ? this.patience() : undefined;
    const outcome = await this.api.call("POST", this.url, { body: bill, within });
    this.onOutcome(outcome);
    const trouble = troubleOf(outcome);
    const isOpen = trouble || isUnanswered(outcome);
    if (!isOpen) return { decision: { by: "server", quote: outcome.body ?? null, problem: outcome.problem ?? null } };
    if (this.decide) return this.decideHere({ card, items });
    return trouble ? { trouble } : { unreached: outcome.lost ? "down" : "busy" };
  }

  async decideHere(what) {
    const { quote = null, problem = null, ...rest } = await this.decide(what);
    return { decision: { by: "till", quote, problem, ...rest } };
  }
}
