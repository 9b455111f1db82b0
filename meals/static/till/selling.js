// The one path of a sale: decided by the server in time or by this till's roster, written down, sent or queued, shown.
// `till` is what the parts of the page share; `till.device` is nothing where this browser was not enrolled at this till.

import { Asking } from "./asking.js";
import { noteToken } from "./device.js";
import { emptied } from "./daybook.js";
import { bannerOf } from "./limits.js";
import { waitsFor } from "./own.js";
import { ANSWER_MS } from "./queue.js";
import { dayOf } from "./roster.js";
import { soon } from "./soon.js";

const PATIENT_MS = 4000; // without a roster only the server can decide: it gets its time

export class Selling {
  constructor(till) {
    this.till = till;
    this.asking = new Asking({
      api: till.api, url: till.start.urls.quotes, canAsk: () => till.canAsk(), onOutcome: (outcome) => till.line.note(outcome),
      decide: till.device ? (what) => this.decide(what) : null, patience: () => (till.keeper?.roster ? ANSWER_MS : PATIENT_MS),
    });
    this.tellOwn = soon(0, () => till.send({ type: "today", ...this.newDay(), own: till.book.unknownAt(till.servedAt) }));
  }

  /** The server's figures are of the day on which it gave them: a till that went on alone over midnight begins at nothing. */
  newDay() {
    const { clock, servedAt, state } = this.till;
    const { served } = state();
    return served && dayOf(servedAt) !== dayOf(clock.now()) ? { today: emptied(served) } : {};
  }

  async quote({ id, card, items }) {
    const { asking, till } = this;
    await till.opened; // a scan may come while the page is still reading its store
    const asked = asking.ask({ bill: till.writing.bill({ card, items }), card, items, isAhead: this.isAhead(card) });
    const { decision, trouble, unreached } = await asked.catch((error) => this.failed(error, { unreached: "busy" }));
    if (decision?.by === "server") till.decider?.hear({ card, ...decision });
    if (trouble) return till.send({ type: "trouble", why: trouble });
    if (unreached) return till.send({ type: "unreached", id, why: unreached });
    return till.send({ type: "quoted", id, decision });
  }

  /** Something broke: it is seen, and the screen says what that means for the guest instead of waiting for ever. */
  failed(error, outcome) {
    setTimeout(() => { throw error; });
    return outcome;
  }

  /** Decide by the roster, in the server's place. */
  async decide({ card, items }) {
    const { till } = this;
    till.keepAwake();
    return till.decider.decide({ card, items: till.writing.priced(items) });
  }

  /** Whether a sale to this guest still waits: the server would give the same meal again, now that it answers. */
  isAhead(card) {
    const { book, keeper } = this.till;
    return Boolean(keeper?.roster) && waitsFor(card, { entries: book.all(), roster: keeper.roster });
  }

  async sell({ id, card, items, decision }) {
    const { till } = this;
    const entry = till.writing.sale({ id, card, items, decision });
    if (entry.quote && this.isAhead(card)) entry.path = null; // behind what waits, so that the server books both in their order
    // The server would let a code pay once; here this till must.
    const isClaimed = !decision.basis || (await till.decider.claim(decision.basis).catch((error) => this.failed(error, null)));
    if (isClaimed === null) return till.send({ type: "block", why: "storage" });
    if (!isClaimed) {
      return till.send({ type: "refused", entry, problem: { code: "code_used", guest: entry.guest } });
    }
    return till.queue.submit(entry);
  }

  async undo({ id, sale, reason }) {
    const { till } = this;
    const made = await this.made(sale.id);
    return till.queue.submit(till.writing.undoing({ id, sale, reason, isOffline: Boolean(till.device) && !till.canAsk() }, made));
  }

  /** The entry of a sale; one of another day joins the book, so that its undoing gives the guest's meal back here too. */
  async made(id) {
    const { book, store } = this.till;
    const kept = book.find(id) ?? (await store.find(id));
    if (kept?.answer) book.note(kept, { receipt: kept.answer.receipt, acknowledgedAt: kept.acknowledged_at });
    return book.find(id) ?? kept;
  }

  /** What the queue says becomes what the till shows; `left` counts what nobody has answered for. */
  heard({ standing, left, ...event }) {
    const { till } = this;
    const told = { ...event, left: till.device ? standing.count : left };
    if (event.type === "tried" || event.type === "sent") till.line.note({ lost: !event.reachable });
    if (event.type === "answered" || event.type === "refused") till.line.note({});
    if (till.device) this.tellStanding();
    HEARD[event.type]?.(this, told);
  }

  booked(event) {
    const { till } = this;
    till.book.note(event.entry, { receipt: event.receipt, acknowledgedAt: till.clock.now() });
    till.shiftDesk.note(event);
    till.send(event);
    this.tellOwn();
  }

  refused(event) {
    const { decider, send } = this.till;
    if (event.entry.kind === "sale") decider?.hear({ card: event.entry.card, problem: event.problem });
    send(event);
  }

  queued(event) {
    const { till } = this;
    const receipt = { ...event.receipt, roster_at: event.entry.roster_at };
    till.book.note(event.entry, { receipt });
    till.send({ ...event, receipt });
    this.tellOwn();
  }

  /** How many wait, and how far this till may go on without the server. */
  tellStanding() {
    const { clock, keeper, send, store } = this.till;
    const roster = keeper?.roster ?? null;
    const standing = store.standing();
    const facts = bannerOf({
      isUp: this.till.canAsk(), roster, standing, at: clock.now(), isRevoked: this.till.isRevoked(), clock: clock.state(),
    });
    send({ type: "standing", standing, facts, roster: roster?.version ?? "" });
  }
}

const lost = (why) => ({ status: 401, code: why === "revoked" ? "till_revoked" : "not_signed_in" });

const HEARD = {
  answered: (selling, event) => selling.booked(event),
  acknowledged: (selling, event) => selling.booked(event),
  queued: (selling, event) => selling.queued(event),
  refused: (selling, event) => selling.refused(event),
  tried: ({ till }, event) => till.send(event),
  block: ({ till }, { why }) => till.send(why === "storage" ? { type: "block", why } : { type: "trouble", why }),
  signed_out: ({ till }, { why }) => till.send({ type: "trouble", why }),
  locked: ({ till }, { why }) => noteToken(localStorage, { ...lost(why), token: till.device.token }, till.clock.now()),
};
