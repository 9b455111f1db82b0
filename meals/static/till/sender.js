// Sends what is in the outbox, under one key each, until the server has answered it: once, whatever happens between.

import { judge, pauseAfter } from "./verdicts.js";

const WITHIN_MS = 5000;

export { judge, pauseAfter };

export class Sender {
  /** `on(event)` gets answered, refused, tried and block events. */
  constructor({ api, outbox, on, now }) {
    Object.assign(this, { api, outbox, on, now });
    this.waking = new Map();
    this.driving = new Set();
  }

  /** Keep an entry and send it. */
  async submit(entry) {
    if (this.driving.has(entry.id)) return;
    this.driving.add(entry.id);
    try {
      await this.outbox.put(entry);
    } catch {
      this.driving.delete(entry.id);
      this.on({ type: "block", why: "storage" });
      return;
    }
    await this.drive(entry);
  }

  /** Send again what an earlier page left unanswered. */
  async resume(entries) {
    const fresh = entries.filter((entry) => !this.driving.has(entry.id));
    for (const entry of fresh) this.driving.add(entry.id);
    for (const entry of fresh) await this.drive(entry);
  }

  /** Try at once instead of waiting: the connection is back, or somebody pressed a key. */
  wake() {
    for (const go of this.waking.values()) go();
  }

  async drive(entry) {
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.api.call("POST", entry.path, { body: entry.body, key: entry.id, within: WITHIN_MS });
      const verdict = judge(outcome);
      if (verdict === "answered" || verdict === "refused") return this.close(entry, verdict, outcome);
      if (verdict !== "again") {
        this.driving.delete(entry.id);
        return this.on({ type: "block", why: verdict });
      }
      this.on({ type: "tried", entry, tries, reachable: !outcome.lost });
      await this.pause(entry.id, pauseAfter(tries, outcome));
    }
  }

  async close(entry, verdict, outcome) {
    this.driving.delete(entry.id);
    await this.outbox.remove(entry.id);
    this.on({ type: verdict, entry, receipt: outcome.body, problem: outcome.problem, left: this.driving.size });
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
