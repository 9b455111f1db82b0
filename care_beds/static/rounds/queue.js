// Sends what a carer did, in the order in which it was done, by one window at a time, and until the server has it.
//
// An entry is over in two ways only: the server has it (its id is the key, so that a doubled answer books nothing twice),
// or the server refused it and its carer has seen why.

const LOCK = "chongyang-rounds";
const BACK_OFF_MS = { first: 1000, most: 60_000 };
const TICK_MS = 15_000;

const anywhere = { request: (_name, _options, work) => work({}) }; // a plain address has no locks; the server books each key once

/** What is to be done about an outcome of a call: it is over, try again, or a person must help first. */
export function judge({ lost = false, status = 0, problem = null }) {
  if (lost) return "again";
  if (!problem) return "taken";
  if (status === 401) return "signed_out";
  if (/^csrf/.test(problem.code)) return "stale_page";
  if (problem.code === "in_flight" || status === 408 || status === 425 || status === 429 || status >= 500) return "again";
  return "refused";
}

/** How long to wait after so many failures in a row: at most 1, 2, 4 ... 60 s, and anything below. */
export const backOff = (failures, chance) => Math.round(chance * Math.min(BACK_OFF_MS.first * 2 ** (failures - 1), BACK_OFF_MS.most));

export class Queue {
  /**
   * `send(entry)` answers {body, status}, {problem, status, retryAfter} or {lost}. `on(event)` gets, each with `waiting`:
   * kept {entry}; taken {entry, body}; refused {entry, problem}; stopped {why}: somebody must log in or load the page anew;
   * tried {reachable}.
   */
  constructor({ store, send, account, on = () => {}, locks = globalThis.navigator?.locks, now = Date.now, chance = Math.random, timer = globalThis }) {
    Object.assign(this, { store, send, account, tell: on, locks: locks ?? anywhere, now, chance, timer });
    Object.assign(this, { failures: 0, notBefore: -Infinity, running: null, seq: 0 });
  }

  /** Go on with what an earlier page left, and each 15 s from now on. */
  start() {
    this.ticker = this.timer.setInterval(() => this.soon(), TICK_MS);
    this.ticker?.unref?.();
    return this.wake();
  }

  stop() {
    this.timer.clearInterval(this.ticker);
  }

  /** Keep an entry and send it. Resolves when it is on the disk; rejects when it could not be kept. */
  async add(entry) {
    this.seq += 1;
    const kept = { ...entry, account: this.account, seq: this.seq, state: "waiting", problem: null };
    await this.store.put(kept);
    await this.on({ type: "kept", entry: kept });
    this.wake();
    return kept;
  }

  /** What is of this account: what waits, what was refused and not seen yet, what the server has. Of others' nothing is sent. */
  async mine() {
    return (await this.store.all()).filter((entry) => entry.account === this.account);
  }

  /** How many entries of other people wait in this phone: they go when their carer logs in. */
  async others() {
    return (await this.store.all()).filter((entry) => entry.account !== this.account && entry.state === "waiting").length;
  }

  /** The carer has seen why the server refused it. */
  async dismiss(id) {
    await this.store.remove(id);
    await this.on({ type: "dismissed" });
  }

  /** Send once more what was refused: what stood in the way may be gone. */
  async again(id) {
    const entry = (await this.mine()).find((each) => each.id === id);
    if (!entry) return;
    await this.store.put({ ...entry, state: "waiting", problem: null });
    await this.wake();
  }

  /** Try at once: the line is back, or somebody pressed. */
  wake() {
    this.notBefore = -Infinity;
    return this.soon();
  }

  /** Send what waits, unless the server was just found to be away. */
  soon() {
    if (this.now() < this.notBefore) return Promise.resolve();
    if (this.running) {
      this.isAsked = true;
      return this.running;
    }
    this.isAsked = false;
    this.running = this.run().finally(() => {
      this.running = null;
      if (this.isAsked) this.soon();
    });
    return this.running;
  }

  async run() {
    try {
      await this.locks.request(LOCK, { ifAvailable: true }, (held) => held && this.round());
    } catch {
      this.backAway(); // the disk did not answer; what waits is still on it
    }
  }

  /** Send everything that waits, the oldest first; stop at the first one that does not go. */
  async round() {
    for (;;) {
      const entry = (await this.mine()).find(({ state }) => state === "waiting");
      if (!entry) return;
      const outcome = await this.send(entry);
      await this.on({ type: "tried", reachable: !outcome.lost });
      const verdict = judge(outcome);
      if (verdict === "again") return this.backAway(outcome.retryAfter);
      if (verdict === "signed_out" || verdict === "stale_page") return this.on({ type: "stopped", why: verdict });
      this.failures = 0;
      await this.close(entry, verdict, outcome);
    }
  }

  async close(entry, verdict, { body, problem }) {
    if (verdict === "taken") {
      // Kept without its picture: a page from before, opened in a dead spot, must not ask for it a second time.
      await this.store.put({ ...entry, picture: null, state: "taken", body });
      await this.on({ type: "taken", entry, body });
    } else {
      const refused = { ...entry, state: "refused", problem };
      await this.store.put(refused);
      await this.on({ type: "refused", entry: refused, problem });
    }
  }

  backAway(retryAfter = 0) {
    this.failures += 1;
    const ms = Math.max(backOff(this.failures, this.chance()), Math.min(retryAfter ?? 0, BACK_OFF_MS.most));
    this.notBefore = this.now() + ms;
    this.timer.clearTimeout(this.later);
    this.later = this.timer.setTimeout(() => this.wake(), ms);
    this.later?.unref?.();
  }

  async on(event) {
    const entries = await this.mine();
    this.tell({ ...event, entries, waiting: entries.filter(({ state }) => state === "waiting").length });
  }
}
