// The queue of a till: every sale is on the disk before anybody is told of it, sent once, and kept until the server says so.
//
// An entry is first sent as it always was, under its id as key. Where no answer comes in time, it gets a number of this
// device, and from then on leaves only by `POST /tills/sales`: by its id among the answers, and never otherwise.
// A browser that is no device of its till has no such way: there an entry is sent until it is answered.

import { putBack } from "./device.js";
import { ownReceipt, wire } from "./entries.js";
import { Pump } from "./pump.js";
import { seal } from "./signature.js";
import { judge, pauseAfter } from "./verdicts.js";

export const ANSWER_MS = 800; // longer nobody waits with a tray in hand
const WITHIN_MS = 5000;
const TICK_MS = 15_000;
const TRIES = 3; // of a sale whose guest is being served elsewhere at this moment
const LATE_MS = 3_600_000; // by then another meal may have begun
const KEPT_MS = 30 * 24 * 3600 * 1000;
export const FORMAT = "chongyang-till-queue";

export class Queue {
  /**
   * `on(event)` gets, each with `standing`:
   * answered, refused {entry, receipt | problem, left}: the first try was answered in time;
   * queued {entry, receipt}: it was not, here is the till's own receipt;
   * acknowledged {entry, receipt, outcome, findings, differs}: the server has booked what was queued;
   * tried {entry, tries, reachable}: not yet, tried again; sent {reachable, taken, left, status}: after each batch;
   * signed_out {why}: somebody must log in again, selling goes on; locked {why}: the device's token is no longer good;
   * restored {count}: somebody emptied the browser's store, and what waits was written anew;
   * block {why, entry}: nothing goes on.
   */
  constructor({ api, store, device = null, cashier = null, clock, on, locks = globalThis.navigator?.locks, isUp = () => true, state = async () => ({}), url = "/api/v1/meals/tills/sales", chance = Math.random }) {
    Object.assign(this, { api, store, device, cashier, clock, isUp, tell: on, driving: new Set(), waking: new Map(), isStuck: false });
    store.onRestored = (count) => this.restored(count);
    this.pump = device ? new Pump({ api, store, device, clock, on: (event) => this.on(event), locks, state, url, chance }) : null;
  }

  on(event) {
    try {
      this.tell({ ...event, standing: this.store.standing() });
    } catch (error) {
      setTimeout(() => { throw error; }); // a picture that cannot be drawn is no reason to doubt what is on the disk
    }
  }

  /** The browser's store was emptied under the open page: what waits is on the disk again, and the token goes back too. */
  restored(count) {
    if (this.device) putBack(this.store.memory, this.device);
    this.on({ type: "restored", count });
  }

  // ---- the first try

  /** Keep an entry and see it through. */
  async submit(entry) {
    if (this.driving.has(entry.id)) return;
    this.driving.add(entry.id);
    let kept;
    try {
      kept = { ...(await this.aim(entry)), state: "sending", seq: null, device: this.device?.device.id ?? null };
      await this.store.write(kept);
    } catch {
      this.driving.delete(entry.id);
      this.on({ type: "block", why: "storage", entry });
      return;
    }
    await this.drive(kept);
  }

  /** An undo of what waits goes the same way behind it; of what is booked, it names the sale as the server does. */
  async aim(entry) {
    if (entry.kind !== "undo" || !this.device) return entry;
    const sale = await this.store.find(entry.undoes);
    if (!sale) return entry;
    if (!sale.acknowledged_at) return { ...entry, path: null };
    const booked = sale.answer.receipt?.id ?? entry.undoes;
    return { ...entry, undoes: booked, path: entry.path?.replace(entry.undoes, booked) ?? null };
  }

  async drive(entry) {
    this.driving.add(entry.id);
    try {
      if (!this.device || !mayQueue(entry)) await this.insist(entry);
      else if (entry.refusal) await this.report(entry);
      else if (!(await this.first(entry))) await this.enqueue(entry);
    } catch {
      this.driving.delete(entry.id);
      this.isStuck = true; // it is on the disk as it was, and goes on when there is room again
      this.on({ type: "block", why: "storage", entry });
    }
  }

  /** Try an entry for as long as somebody waits; false when nobody can say what became of it. */
  async first(entry) {
    if (!entry.path || !this.isUp()) return false;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const outcome = await this.inTime(this.send(entry));
      const verdict = judge(outcome);
      if (verdict === "answered" || verdict === "refused") return this.close(entry, verdict, outcome);
      if (verdict !== "again") this.on({ type: "signed_out", why: verdict });
      this.on({ type: "tried", entry, tries, reachable: !outcome.lost });
      if (outcome.problem?.code !== "in_flight") return false;
      await this.pause(entry.id, pauseAfter(tries, outcome));
    }
    return false;
  }

  send(entry) {
    return this.api.call("POST", entry.path, { body: entry.body, key: entry.id, within: WITHIN_MS });
  }

  /** The outcome if it comes in time, else silence. One that comes later only tells that the server is there. */
  inTime(call) {
    return new Promise((resolve) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        resolve({ lost: true });
      }, ANSWER_MS);
      call.then((outcome) => {
        clearTimeout(timer);
        if (isLate && !outcome.lost) this.wake();
        resolve(outcome);
      });
    });
  }

  /** Let the server keep a refusal that the cashier has seen; nothing was sold, so silence changes nothing. */
  async report(entry) {
    const outcome = this.isUp() ? await this.inTime(this.send(entry)) : { lost: true };
    const verdict = judge(outcome);
    if (verdict === "answered" || verdict === "refused") return this.close(entry, verdict, outcome);
    return this.close(entry, "refused", { problem: entry.refusal });
  }

  /** Send an entry until it is answered: without a token there is no other way. */
  async insist(entry) {
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.send(entry);
      const verdict = judge(outcome);
      if (verdict === "answered" || verdict === "refused") return this.close(entry, verdict, outcome);
      if (verdict !== "again") {
        this.driving.delete(entry.id);
        return this.on({ type: "block", why: verdict, entry });
      }
      this.on({ type: "tried", entry, tries, reachable: !outcome.lost });
      await this.pause(entry.id, pauseAfter(tries, outcome));
    }
  }

  async close(entry, verdict, { body, problem }) {
    if (verdict === "answered") await this.store.acknowledge(entry.id, { outcome: verdict, receipt: body, findings: [] }, this.clock.now());
    else await this.store.discard(entry.id);
    this.driving.delete(entry.id);
    this.on({ type: verdict, entry, receipt: body, problem, left: this.driving.size });
    if (this.store.standing().count) this.pump?.wake(); // it answers: now the others can go too
    return true;
  }

  /** Numbers are those of this device, from its last one on. */
  numbered() {
    const { id, last_seq: last = 0 } = this.device.device;
    this.series ??= this.store.series(id, last).catch((error) => {
      this.series = null;
      throw error;
    });
    return this.series;
  }

  async enqueue(entry) {
    await this.numbered();
    const queued = await this.store.queue(entry);
    this.driving.delete(entry.id);
    this.on({ type: "queued", entry: queued, receipt: ownReceipt(queued, this.device), left: this.driving.size });
    this.pump.soon();
  }

  // ---- the queue

  /** Take up what an earlier page left, and go on with it: at `online`, each 15 s, and whenever something is sold. */
  async resume() {
    if (this.device) await this.numbered();
    // A clock in doubt may be years ahead: everything would be old.
    if (!this.clock.state?.().isSuspect) await this.store.sweep(this.clock.now() - KEPT_MS);
    this.ticker ??= setInterval(() => (this.isStuck ? this.wake() : this.pump?.soon()), TICK_MS);
    this.ticker.unref?.();
    await this.takeUp();
    this.pump?.soon();
  }

  async takeUp() {
    const open = (await this.store.waiting()).filter((entry) => entry.state === "sending" && !this.driving.has(entry.id));
    for (const entry of open) {
      if (this.isMine(entry) && !this.isLate(entry)) this.drive(entry);
      else if (this.device && mayQueue(entry)) await this.takeOver(entry);
    }
  }

  /** A first try sells now: of what a power cut left hours ago it would make another meal. The queue keeps its moment. */
  isLate(entry) {
    const mayWait = Boolean(this.device) && mayQueue(entry) && !entry.refusal;
    return mayWait && this.clock.now() - entry.made_at > LATE_MS;
  }

  /** Under another log-in an entry's key would be another, and the meal could be sold twice: it goes by the queue. */
  takeOver(entry) {
    return entry.refusal ? this.store.discard(entry.id) : this.drive({ ...entry, path: null });
  }

  isMine(entry) {
    return this.cashier === null || entry.cashier === this.cashier;
  }

  stop() {
    clearInterval(this.ticker);
    this.ticker = null;
  }

  /** Try at once instead of waiting: the connection is back, or somebody pressed a key. */
  wake() {
    for (const go of this.waking.values()) go();
    if (this.isStuck) {
      this.isStuck = false;
      this.takeUp();
    }
    this.pump?.wake();
  }

  // ---- rescue

  /** What waits as a file for the manager, signed with what only this device and the server share. */
  async exportFile() {
    const waiting = await this.store.waiting();
    const queued = waiting.filter((entry) => entry.state === "queued");
    const { device, till, canteen } = this.device;
    const at = new Date(this.clock.now()).toISOString();
    const content = JSON.stringify({
      format: FORMAT, version: 1, device, till, canteen: { id: canteen.id, name: canteen.name }, exported_at: at,
      last_seq: this.store.standing().last_seq, entries: queued.map(wire),
    });
    const text = JSON.stringify({ format: FORMAT, device: device.id, content, signature: await seal(this.device.token, content) });
    return { name: `chongyang-${till.number}-${device.number}-${at.slice(0, 16).replace(/[-:]/g, "").replace("T", "-")}.json`, text, count: queued.length, left_out: waiting.length - queued.length };
  }

  pause(id, ms) {
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        this.waking.delete(id);
        resolve();
      };
      const timer = setTimeout(go, ms);
      this.waking.set(id, go);
    });
  }
}

/** An undo always may; a sale of the first version has no decision that could be booked. */
const mayQueue = (entry) => entry.kind === "undo" || Boolean(entry.quote) || Boolean(entry.refusal);
