// What this browser keeps of a till: what was sold and is not acknowledged, what is, its numbers, used codes, the roster.
// Everything that money hangs on is on the disk before anybody is told of it.

const NAME = "chongyang-till";
const VERSION = 2; // the first one held nothing but entries, in the shape that `modern` brings up to date
const STRICT = { durability: "strict" };
const REMEMBERED_AS = "chongyang.till.seq.";

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const completed = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

/** An entry of the first version as it is kept today; without a decision it can only be answered, not queued. */
export function modern(entry) {
  const { body = {}, sale } = entry;
  return {
    state: "sending", seq: null, device: null, is_offline: false, clock_suspect: false, roster_version: null,
    occurred_at: new Date(entry.made_at).toISOString(), items: body.items ?? [], quote: null, guest: null,
    ...(entry.kind === "undo" ? { undoes: sale?.id, reason: body.reason } : {}), ...entry,
  };
}

const untold = ({ explanation: _explanation, ...rest }) => rest;

/** What is kept of an entry that is over: whole enough to print it again, without what only its sending needed. */
export function kept({ body: _body, path: _path, ...entry }, answer, at) {
  const receipt = answer.receipt ? untold(answer.receipt) : null;
  return { ...entry, quote: entry.quote ? untold(entry.quote) : null, answer: { ...answer, receipt }, acknowledged_at: at };
}

/** What the entries that wait come to. */
export function addUp(entries) {
  const queued = entries.filter((entry) => entry.state === "queued");
  const sales = queued.filter((entry) => entry.kind === "sale");
  const moments = queued.map((entry) => Date.parse(entry.occurred_at));
  return {
    count: queued.length, sales: sales.length, undos: queued.length - sales.length, sending: entries.length - queued.length,
    price_fen: sales.reduce((sum, entry) => sum + entry.quote.price_fen, 0), oldest_at: moments.length ? Math.min(...moments) : null,
  };
}

function upgrade({ oldVersion, target: { result: database, transaction } }) {
  if (oldVersion < 1) database.createObjectStore("entries", { keyPath: "id" });
  database.createObjectStore("sent", { keyPath: "id" }).createIndex("acknowledged_at", "acknowledged_at");
  database.createObjectStore("marks", { keyPath: "name" });
  database.createObjectStore("codes", { keyPath: "nonce" });
  database.createObjectStore("roster", { keyPath: "name" });
  if (oldVersion < 1) return;
  transaction.objectStore("entries").openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    cursor.update(modern(cursor.value));
    cursor.continue();
  };
}

/** A second memory of the last number; a browser that forbids it has only the first one. */
const quietly = (work) => {
  try {
    return work();
  } catch {
    return null;
  }
};

export class Store {
  constructor(indexedDB, memory) {
    Object.assign(this, { indexedDB, memory, device: 0, floor: 0, seq: 0, mirror: new Map(), onRestored: () => {} });
  }

  /** Open the store of this browser, making it on first use. Rejects when the browser keeps nothing. */
  static async open(indexedDB, { memory = quietly(() => globalThis.localStorage) } = {}) {
    const store = new Store(indexedDB, memory);
    await store.#connect();
    await store.waiting();
    return store;
  }

  async #connect() {
    const request = this.indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = upgrade;
    this.database = await settled(request);
    this.database.onclose = () => this.#restore().catch(() => {});
    this.database.onversionchange = ({ target, newVersion }) => {
      target.close();
      if (newVersion === null) this.#restore().catch(() => {}); // else a newer page takes over
    };
  }

  /** Somebody emptied the browser's store under the open page: what waits is still in its memory, and written anew. */
  #restore() {
    this.restoring ??= this.#writeAnew().finally(() => { this.restoring = null; });
    return this.restoring;
  }

  async #writeAnew() {
    await this.#connect();
    const lost = [...this.mirror.values()];
    const transaction = this.database.transaction(["entries"], "readwrite", STRICT);
    for (const entry of lost) transaction.objectStore("entries").put(entry);
    await completed(transaction);
    this.onRestored(lost.length);
  }

  /** Begin a transaction; a connection that the browser closed is opened again. */
  async #begin(names, mode) {
    try {
      return this.database.transaction(names, mode, STRICT);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      await this.#restore();
      return this.database.transaction(names, mode, STRICT);
    }
  }

  /** Run some work on these object stores; over only when it is on the disk, or not done at all. */
  async #change(names, work) {
    const transaction = await this.#begin(names, "readwrite");
    const done = completed(transaction);
    try {
      const result = await work(...names.map((name) => transaction.objectStore(name)));
      await done;
      return result;
    } catch (error) {
      done.catch(() => {}); // told by the error itself
      quietly(() => transaction.abort());
      throw error;
    }
  }

  async #read(name, work) {
    return settled(work((await this.#begin([name], "readonly")).objectStore(name)));
  }

  // ---- entries

  /** Keep an entry. Done only when it is on the disk: a power cut must not lose what was sold. */
  async write(entry) {
    await this.#change(["entries"], (entries) => settled(entries.put(entry)));
    this.mirror.set(entry.id, entry);
  }

  /**
   * Numbers are given for this device from now on, above `floor`, above all it gave before and above what a second
   * memory knows of: where the store was emptied, what is lost shows as numbers that never come.
   */
  async series(device, floor = 0) {
    const given = this.device === device ? this.seq : 0;
    Object.assign(this, { device, floor, seq: given });
    const seq = await this.mark(`seq.${device}`);
    this.seq = Math.max(seq ?? 0, this.#remembered(), given, floor);
    return { last_seq: this.seq, is_emptied: this.seq > (seq ?? 0) };
  }

  #remembered() {
    return Number(quietly(() => this.memory?.getItem(REMEMBERED_AS + this.device))) || 0;
  }

  /** Give an entry its number and let it wait to be sent. One entry never gets two numbers, nor two the same one. */
  async queue(entry) {
    const { device, floor } = this;
    const queued = await this.#change(["entries", "marks"], async (entries, marks) => {
      const known = await settled(entries.get(entry.id));
      if (known?.seq) return known;
      const last = await settled(marks.get(`seq.${device}`));
      const given = this.device === device ? this.seq : 0;
      const seq = Math.max(last?.value ?? 0, this.#remembered(), given, floor) + 1;
      const numbered = { ...entry, device, seq, state: "queued" };
      entries.put(numbered);
      marks.put({ name: `seq.${device}`, value: seq });
      return numbered;
    });
    this.mirror.set(queued.id, queued);
    this.seq = Math.max(this.seq, queued.seq);
    // Another window may have remembered a later one meanwhile.
    quietly(() => this.memory?.setItem(REMEMBERED_AS + device, String(Math.max(this.seq, this.#remembered()))));
    return queued;
  }

  /** Every entry that is not over, oldest first: by number where they have one, the others by their moment after them. */
  async waiting() {
    const entries = await this.#read("entries", (store) => store.getAll());
    this.mirror = new Map(entries.map((entry) => [entry.id, entry]));
    return entries.sort((one, other) => (one.seq ?? Infinity) - (other.seq ?? Infinity) || one.made_at - other.made_at);
  }

  /** How many wait, what they come to, since when, and the last number that was given. */
  standing() {
    return { ...addUp([...this.mirror.values()]), last_seq: this.seq };
  }

  /** An entry that waits, or one that was acknowledged; nothing where it is neither. */
  async find(id) {
    return (await this.#read("entries", (store) => store.get(id))) ?? (await this.#read("sent", (store) => store.get(id))) ?? null;
  }

  /** Forget an entry that came to nothing: the server refused it and nobody was told it was sold. */
  async discard(id) {
    await this.#change(["entries"], (entries) => settled(entries.delete(id)));
    this.mirror.delete(id);
  }

  // ---- acknowledged

  async acknowledge(id, answer, at) {
    const [entry] = await this.acknowledgeAll([{ id, answer }], at);
    return entry ?? null;
  }

  /** Move entries to those that are over, in one go; answers with them. What is over already stays as it is. */
  async acknowledgeAll(answers, at) {
    const byId = new Map(answers.map(({ id, answer }) => [id, answer]));
    const moved = await this.#change(["entries", "sent"], async (entries, sent) => {
      const found = (await Promise.all([...byId.keys()].map((id) => settled(entries.get(id))))).filter(Boolean);
      for (const entry of found) {
        entries.delete(entry.id);
        sent.put(kept(entry, byId.get(entry.id), at));
      }
      return found;
    });
    for (const { id } of moved) this.mirror.delete(id);
    return moved;
  }

  /** What was acknowledged since a moment (ms), oldest first. */
  sentSince(at) {
    return this.#read("sent", (store) => store.index("acknowledged_at").getAll(IDBKeyRange.lowerBound(at)));
  }

  /** Forget what was acknowledged, and codes that ended, before a moment (ms). */
  async sweep(before) {
    await this.#change(["sent", "codes"], async (sent, codes) => {
      const old = await settled(sent.index("acknowledged_at").getAllKeys(IDBKeyRange.upperBound(before, true)));
      for (const id of old) sent.delete(id);
      for (const { nonce, until } of await settled(codes.getAll())) if (until < before) codes.delete(nonce);
    });
  }

  // ---- the rest

  async mark(name) {
    return (await this.#read("marks", (store) => store.get(name)))?.value;
  }

  setMark(name, value) {
    return this.#change(["marks"], (marks) => settled(marks.put({ name, value })));
  }

  async roster() {
    return (await this.#read("roster", (store) => store.get("roster")))?.value ?? null;
  }

  keepRoster(content, etag, at) {
    return this.#change(["roster"], (roster) => settled(roster.put({ name: "roster", value: { content, etag, at } })));
  }

  /** Use up a payment code, good until a moment (ms), at this till; false when it was used here before. */
  claimCode(nonce, until) {
    return this.#change(["codes"], async (codes) => {
      if (await settled(codes.get(nonce))) return false;
      codes.put({ nonce, until });
      return true;
    });
  }
}
