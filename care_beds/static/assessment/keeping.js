/* Keeps answers on this tablet until the server has them: written here first, sent then, sent again when the line is back. */

const SLOW_MS = 8000;
const WAITS_MS = [1500, 3000, 6000, 12000];
const MINE = "assessment-device";

/** The name of this tablet, made once: what it sent itself never stands in its way. */
export function deviceOf(storage) {
  let name = storage.getItem(MINE);
  if (!name) {
    name = [...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, "0")).join("");
    storage.setItem(MINE, name);
  }
  return name;
}

/** Under which name the answers of an assessment by somebody wait here. */
export const placeOf = id => `assessment-${id}`;

/** What stands here of an assessment: answers that were not sent, those that crossed another tablet's, and those that
    were kept, each with its revision: a page from before they were given shows them all the same. */
export function readKept(storage, id) {
  try {
    const found = JSON.parse(storage.getItem(placeOf(id)) ?? "{}");
    return { waiting: found.waiting ?? {}, crossed: found.crossed ?? {}, given: found.given ?? {} };
  } catch {
    return { waiting: {}, crossed: {}, given: {} };
  }
}

/**
 * `send(entries)` answers {kept, crossed} or throws {gone: true} for an answer that will never be taken, with `words`,
 * or anything else while the line is down. `changed(keeper)` is called after each step.
 */
export class Keeper {
  constructor({ storage, id, send, changed, revisions, later = (work, ms) => setTimeout(work, ms) }) {
    Object.assign(this, { storage, id, send, changed, later, revisions: { ...revisions } });
    Object.assign(this, readKept(storage, id));
    for (const [key, [, revision]] of Object.entries(this.given)) {
      if ((this.revisions[key] ?? 0) < revision) this.revisions[key] = revision; else delete this.given[key]; // the page knows more
    }
    this.tries = 0;
    this.state = "kept"; // kept, sending, waiting (the line is down), stopped (refused, with words)
    this.words = "";
    this.timer = null;
  }

  get count() { return Object.keys(this.waiting).length; }

  /** An answer was given: on this tablet first, then to the server. */
  put(key, value) {
    delete this.crossed[key];
    this.waiting[key] = value;
    this.#write();
    this.flush();
  }

  /** What another tablet said is taken as it is. */
  take(key) {
    const { value, revision } = this.crossed[key];
    this.given[key] = [value, revision];
    delete this.crossed[key];
    this.#write();
    this.changed(this);
  }

  /** Send what waits; while one is on its way the next follows by itself. */
  async flush() {
    if (this.state === "sending" || this.state === "stopped") return;
    clearTimeout(this.timer);
    while (this.count) {
      this.#become("sending");
      const sent = { ...this.waiting };
      const entries = Object.entries(sent).map(([key, value]) => ({ key, value, revision: this.revisions[key] ?? 0 }));
      try {
        this.#settle(sent, await this.send(entries));
      } catch (error) {
        if (error.gone) { this.words = error.words; this.#become("stopped"); } else this.#wait();
        return;
      }
      this.tries = 0;
    }
    this.#become("kept");
  }

  /** Forget what waits: somebody has read it and does not need it. */
  forget() {
    this.waiting = {};
    this.crossed = {};
    this.given = {};
    this.#write();
  }

  #settle(sent, { kept, crossed }) {
    for (const [key, revision] of Object.entries(kept)) {
      this.revisions[key] = revision;
      this.given[key] = [sent[key], revision];
      if (this.waiting[key] === sent[key]) delete this.waiting[key]; // changed meanwhile: goes once more
    }
    for (const theirs of crossed) {
      this.revisions[theirs.key] = theirs.revision;
      this.crossed[theirs.key] = { mine: this.waiting[theirs.key], ...theirs };
      delete this.waiting[theirs.key];
    }
    this.#write();
  }

  #wait() {
    this.#become("waiting");
    this.timer = this.later(() => this.flush(), WAITS_MS[Math.min(this.tries++, WAITS_MS.length - 1)]);
  }

  #become(state) {
    this.state = state;
    this.changed(this);
  }

  #write() {
    const { waiting, crossed, given } = this;
    if (![waiting, crossed, given].some(each => Object.keys(each).length)) this.storage.removeItem(placeOf(this.id));
    else this.storage.setItem(placeOf(this.id), JSON.stringify({ waiting, crossed, given }));
  }
}

/** Send answers over HTTP. */
export function sender({ address, device, csrf, fetch = globalThis.fetch.bind(globalThis) }) {
  return async entries => {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ device, entries }),
      signal: AbortSignal.timeout(SLOW_MS),
    });
    if (answer.ok) return answer.json();
    if (answer.status >= 500 || answer.status === 429) throw new Error(`status ${answer.status}`);
    const told = answer.status > 401 ? await answer.json().catch(() => ({})) : {}; // logged out: the page has words for it
    throw Object.assign(new Error(`status ${answer.status}`), { gone: true, status: answer.status, words: told.detail ?? told.title ?? "" });
  };
}
