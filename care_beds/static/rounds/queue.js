// Sends what a carer did, in the order in which it was done, by one window at a time, and until the server has it.
//
// An entry is over in two ways only: the server has it (its id is the key, so that a doubled answer books nothing twice),
// or the server refused it and its carer has seen why. One that the server stumbles over each time is set aside: what
// is of other visits goes before it, and it is tried again by itself, or when its carer presses.

const LOCK = "chongyang-rounds";
const BACK_OFF_MS = { first: 1000, most: 60_000 };
const TICK_MS = 15_000;
const MOST_TRIES = 5; // half a minute with the waits between them: longer, and a whole morning stands behind one mark
const TOO_LARGE_MS = 10 * 60_000; // a picture that no line takes is not worth its way each minute

const anywhere = { request: (_name, _options, work) => work({}) }; // a plain address has no locks; the server books each key once

/** Whether the server does not have an entry and has not refused it: nothing of it may be forgotten. */
export const isHeld = ({ state }) => state === "waiting" || state === "aside";

/**
 * What is to be done about an outcome of a call: it is over, try again, a person must help first; or the fault may lie
 * in this very entry: `stumbled` counts, `too_large` comes to the same at every try.
 */
export function judge({ lost = false, status = 0, problem = null }) {
  if (lost) return "again";
  if (!problem) return "taken";
  if (status === 401) return "signed_out";
  if (/^csrf/.test(problem.code)) return "stale_page";
  if (problem.code === "in_flight" || status === 408 || status === 425 || status === 429) return "again";
  if (status >= 500) return "stumbled";
  return status === 413 ? "too_large" : "refused";
}

/**
 * The next entry to send: the oldest one that waits, and when all others are sent the one that is set aside. What is of
 * the same visit stays behind it. `tried` names those that had their turn.
 */
export function nextOf(entries, now, tried = new Set()) {
  const held = entries.filter(isHeld);
  const stuck = new Set();
  for (const entry of held) {
    if (entry.state === "waiting" && !stuck.has(entry.visit_id)) return entry;
    stuck.add(entry.visit_id);
  }
  return held.find((entry) => entry.state === "aside" && entry.not_before <= now && !tried.has(entry.id)) ?? null;
}

/** How long to wait after so many failures in a row: at most 1, 2, 4 ... 60 s, and anything below. */
export const backOff = (failures, chance) => Math.round(chance * Math.min(BACK_OFF_MS.first * 2 ** (failures - 1), BACK_OFF_MS.most));

export class Queue {
  /**
   * `send(entry)` answers {body, status}, {problem, status, retryAfter} or {lost}. `look()` answers the same of a call
   * that carries nothing. `on(event)` gets, each with `waiting`: kept {entry}; taken {entry, body};
   * refused {entry, problem}; aside {entry}; stopped {why}: somebody must log in or load the page anew; tried {reachable}.
   */
  constructor({ store, send, account, look = async () => ({ lost: true }), on = () => {}, locks = globalThis.navigator?.locks, now = Date.now, chance = Math.random, timer = globalThis }) {
    Object.assign(this, { store, send, account, look, tell: on, locks: locks ?? anywhere, now, chance, timer });
    Object.assign(this, { failures: 0, notBefore: -Infinity, running: null, seq: 0 });
  }

  /** Go on with what an earlier page left, and each 15 s from now on. */
  start() {
    this.ticker = this.timer.setInterval(() => this.soon(), TICK_MS);
    this.ticker?.unref?.();
    return this.retry();
  }

  stop() {
    this.timer.clearInterval(this.ticker);
  }

  /** Keep an entry and send it. Resolves when it is on the disk; rejects when it could not be kept. */
  async add(entry) {
    // A clock that was put right must not send the end of a visit before its beginning: what comes later stays later.
    const before = await this.store.all();
    this.seq = Math.max(this.seq, ...before.map(({ seq }) => seq)) + 1;
    const at = Math.max(entry.made_at, ...before.filter(({ visit_id: id }) => id === entry.visit_id).map((each) => each.made_at));
    const kept = { ...entry, made_at: at, account: this.account, seq: this.seq, state: "waiting", problem: null };
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
    return (await this.store.all()).filter((entry) => entry.account !== this.account && isHeld(entry)).length;
  }

  /** The carer has seen why the server refused it. */
  async dismiss(id) {
    await this.store.remove(id);
    await this.on({ type: "dismissed" });
  }

  /** Send once more what was refused or set aside: what stood in the way may be gone. */
  async again(id, { picture = true } = {}) {
    const entry = (await this.mine()).find((each) => each.id === id);
    if (!entry) return;
    await this.store.put({ ...entry, state: "waiting", problem: null, picture: picture ? entry.picture : null });
    await this.wake();
  }

  /** Try at once what was set aside too, each once more: the page was opened anew, or the line is back. */
  async retry() {
    for (const entry of await this.mine()) if (entry.state === "aside") await this.store.put({ ...entry, not_before: this.now() });
    await this.wake();
  }

  /** Try at once: somebody pressed, or the wait is over. */
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

  /** Send everything that is due, the oldest first; stop at the first one that finds nobody. */
  async round() {
    const tried = new Set();
    for (;;) {
      const entry = nextOf(await this.mine(), this.now(), tried);
      if (!entry) return tried.size ? this.backAway() : null;
      const outcome = await this.send(entry);
      await this.on({ type: "tried", reachable: !outcome.lost });
      const verdict = await this.weigh(outcome);
      if (verdict === "again") return this.backAway(outcome.retryAfter);
      if (verdict === "signed_out" || verdict === "stale_page") return this.on({ type: "stopped", why: verdict });
      if (verdict === "stumbled") {
        if (!(await this.stumble(entry, outcome))) return this.backAway(outcome.retryAfter);
        tried.add(entry.id);
      } else if (verdict === "too_large") await this.setAside(entry, outcome, TOO_LARGE_MS);
      else {
        this.failures = 0;
        await this.close(entry, verdict, outcome);
      }
    }
  }

  /** Judge an outcome. What is lost although the server can be reached is lost because of what was sent. */
  async weigh(outcome) {
    if (!outcome.lost) return judge(outcome);
    return (await this.look()).lost ? "again" : "stumbled";
  }

  /** Count a try that the server did not bear. Says whether it was one too many, so that others go on. */
  async stumble(entry, outcome) {
    const counted = { ...entry, tries: (entry.tries ?? 0) + 1 };
    if (counted.tries < MOST_TRIES) await this.store.put(counted);
    else await this.setAside(counted, outcome);
    return counted.tries >= MOST_TRIES;
  }

  async setAside(entry, { problem = null }, restMs = 0) {
    const aside = { ...entry, state: "aside", problem, not_before: this.now() + restMs };
    await this.store.put(aside);
    await this.on({ type: "aside", entry: aside });
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
    this.tell({ ...event, entries, waiting: entries.filter(isHeld).length });
  }
}
