// The store of a till for tests of what is built on it: the same promises, kept in memory. The real one is tried in a browser.

import { addUp, kept } from "../../../meals/static/till/store.js";

export class MemoryStore {
  constructor() {
    Object.assign(this, { entries: new Map(), sent: new Map(), seqs: new Map(), device: 0, isFull: false, writes: [] });
  }

  get seq() {
    return this.seqs.get(this.device) ?? 0;
  }

  #change(what) {
    if (this.isFull) throw new Error("QuotaExceededError");
    this.writes.push(what);
  }

  async series(device, floor = 0) {
    this.device = device;
    this.seqs.set(device, Math.max(this.seq, floor));
    return { last_seq: this.seq, is_emptied: false };
  }

  async write(entry) {
    this.#change("write");
    this.entries.set(entry.id, entry);
  }

  async queue(entry) {
    this.#change("queue");
    const known = this.entries.get(entry.id);
    if (known?.seq) return known;
    this.seqs.set(this.device, this.seq + 1);
    const queued = { ...entry, device: this.device, seq: this.seq, state: "queued" };
    this.entries.set(entry.id, queued);
    return queued;
  }

  async waiting() {
    return [...this.entries.values()].sort((one, other) => (one.seq ?? Infinity) - (other.seq ?? Infinity));
  }

  standing() {
    return { ...addUp([...this.entries.values()]), last_seq: this.seq };
  }

  async find(id) {
    return this.entries.get(id) ?? this.sent.get(id) ?? null;
  }

  async discard(id) {
    this.#change("discard");
    this.entries.delete(id);
  }

  async acknowledge(id, answer, at) {
    return (await this.acknowledgeAll([{ id, answer }], at))[0] ?? null;
  }

  async acknowledgeAll(answers, at) {
    this.#change("acknowledge");
    const moved = answers.filter(({ id }) => this.entries.has(id)).map(({ id, answer }) => {
      const entry = this.entries.get(id);
      this.entries.delete(id);
      this.sent.set(id, kept(entry, answer, at));
      return entry;
    });
    return moved;
  }

  async sweep(before) {
    for (const [id, { acknowledged_at: at }] of this.sent) if (at < before) this.sent.delete(id);
  }
}
