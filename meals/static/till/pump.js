// Sends what waits in the queue: in batches, oldest first, by one window at a time, with longer and longer pauses
// while the server is away. An entry leaves by its id among the answers, and never otherwise.

import { differs, wire } from "./entries.js";
import { backOff } from "./verdicts.js";

export const BATCH = 50;
const WITHIN_MS = 12_000; // for what takes the server one second: a line that comes back shall not be waited for behind one that went
const SHORTEST_MS = 100;
const LONGEST_MS = 60_000;
const LOCK = "chongyang-till-queue";

const anywhere = { request: (_name, _options, work) => work({}) }; // a plain address has no locks; the server books each id once

export class Pump {
  /** `on(event)` gets acknowledged, sent and locked; see the queue. `state()` tells what else a device says of itself. */
  constructor({ api, store, device, clock, on, locks, state, url, chance }) {
    Object.assign(this, { api, store, device, clock, on, state, url, chance });
    Object.assign(this, { locks: locks ?? anywhere, failures: 0, size: BATCH, notBefore: -Infinity, pumping: null, retryAfter: 0 });
  }

  /** Send at once: the connection is back, or somebody pressed a key. */
  wake() {
    this.notBefore = -Infinity;
    this.soon();
  }

  /** Send what waits, unless the server was just found to be away. */
  soon() {
    if (this.clock.now() < this.notBefore) return;
    if (this.pumping) {
      this.isAsked = true;
      return;
    }
    this.pumping = this.pump().finally(() => {
      this.pumping = null;
      if (this.isAsked) this.soon();
    });
  }

  async pump() {
    this.isAsked = false;
    try {
      await this.locks.request(LOCK, { ifAvailable: true }, (held) => held && this.round());
    } catch {
      this.backAway(); // the disk did not answer; what waits is still on it
    }
  }

  /** Send all that waits, batch after batch. What the server leaves out is asked again in the next round. */
  async round() {
    const asked = new Set();
    for (;;) {
      const fresh = (await this.store.waiting()).filter(({ id, state }) => state === "queued" && !asked.has(id));
      if (!fresh.length) return this.store.standing().count ? this.backAway() : this.sayDone(asked.size);
      for (const { id } of fresh) asked.add(id);
      while (fresh.length) if (!(await this.sendBatch(fresh.splice(0, this.size)))) return this.backAway();
    }
  }

  async sendBatch(batch) {
    const sent = performance.now();
    const outcome = await this.post(batch);
    const answers = outcome.body?.answers;
    if (!answers) return this.fail(outcome);
    this.clock.sync?.(Date.parse(outcome.body.server_time), { sent });
    Object.assign(this, { failures: 0, size: BATCH });
    const taken = await this.take(answers);
    this.on({ type: "sent", reachable: true, taken, left: this.store.standing().count, status: outcome.status });
    return true;
  }

  async post(entries) {
    const body = { device_state: await this.describe(), sales: entries.map(wire) };
    return this.api.call("POST", this.url, { body, token: this.device.token, within: WITHIN_MS });
  }

  /** The server was last told how many waited before the batch that was the last: now it hears that nothing does. */
  sayDone(taken) {
    if (taken) this.post([]).catch(() => {}); // nobody waits for it, and each minute says it again
  }

  /** Let go what the server has; by its id, in whatever order and however often it says so. */
  async take(answers) {
    const told = new Map(answers.map(({ id, outcome, receipt, findings }) => [id, { outcome, receipt, findings }]));
    const moved = await this.store.acknowledgeAll([...told].map(([id, answer]) => ({ id, answer })), this.clock.now());
    for (const entry of moved) {
      const { outcome, receipt, findings } = told.get(entry.id);
      this.on({ type: "acknowledged", entry, outcome, receipt, findings, differs: differs(entry, receipt) });
    }
    return moved.length;
  }

  fail({ status, problem, lost = false, retryAfter = 0 }) {
    const isOut = status === 401;
    // A server that stumbles over fifty may manage fewer, and one bad thing shall not keep the others.
    if (!isOut && !lost) this.size = Math.max(1, Math.floor(this.size / 2));
    this.on({ type: "sent", reachable: !lost, taken: 0, left: this.store.standing().count, status });
    if (isOut) this.on({ type: "locked", why: problem.code === "till_revoked" ? "revoked" : "unknown_token" });
    this.retryAfter = retryAfter;
    return false;
  }

  backAway() {
    this.failures += 1;
    const ms = Math.max(backOff(this.failures, this.chance()), Math.min(this.retryAfter, LONGEST_MS), SHORTEST_MS);
    this.retryAfter = 0;
    this.isAsked = false;
    this.notBefore = this.clock.now() + ms;
    clearTimeout(this.later);
    this.later = setTimeout(() => { this.notBefore = -Infinity; this.soon(); }, ms);
    this.later.unref?.();
  }

  async describe() {
    const { count, oldest_at: oldest, last_seq } = this.store.standing();
    return { ...(await this.state()), queue_length: count, oldest_queued_at: oldest === null ? null : new Date(oldest).toISOString(), last_seq };
  }
}
