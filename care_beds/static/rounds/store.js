// What this phone keeps of a carer's round: what waits to be sent, and what is begun and not pressed yet.
// Nobody is told "written down" before it is on the disk: a phone that dies in a lift loses nothing.

const NAME = "chongyang-rounds";
const VERSION = 1;
const STRICT = { durability: "strict" };

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const completed = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

/** In the order in which things were done: a visit ends after it began. */
export const inOrder = (entries) => [...entries].sort((one, other) => one.made_at - other.made_at || one.seq - other.seq);

function upgrade({ target: { result: database } }) {
  database.createObjectStore("entries", { keyPath: "id" });
  database.createObjectStore("drafts", { keyPath: "visit_id" });
}

export class Store {
  /** Open the store of this browser, making it on first use. Rejects when the browser keeps nothing. */
  static async open(indexedDB = globalThis.indexedDB) {
    const store = new Store();
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = upgrade;
    store.database = await settled(request);
    store.database.onversionchange = () => store.database.close();
    return store;
  }

  async #change(name, work) {
    const transaction = this.database.transaction([name], "readwrite", STRICT);
    const done = completed(transaction);
    await Promise.all([settled(work(transaction.objectStore(name))), done]);
  }

  #read(name, work) {
    return settled(work(this.database.transaction([name]).objectStore(name)));
  }

  /** Keep an entry, or what became of it. */
  put(entry) {
    return this.#change("entries", (entries) => entries.put(entry));
  }

  /** Forget an entry that the server has, or that its carer took back. */
  remove(id) {
    return this.#change("entries", (entries) => entries.delete(id));
  }

  async all() {
    return inOrder(await this.#read("entries", (entries) => entries.getAll()));
  }

  /** Keep what is begun at a visit: ticks, numbers, a picture that is not sent yet. */
  keepDraft(draft) {
    return this.#change("drafts", (drafts) => drafts.put(draft));
  }

  async draft(visitId) {
    return (await this.#read("drafts", (drafts) => drafts.get(visitId))) ?? null;
  }

  dropDraft(visitId) {
    return this.#change("drafts", (drafts) => drafts.delete(visitId));
  }

  /** Forget what the server has, and what was begun and never pressed, older than a moment (ms): pictures of homes must not pile up. */
  async sweep(before) {
    for (const { id, state, made_at: at } of await this.all()) if (state === "taken" && at < before) await this.remove(id);
    for (const { visit_id: id, at } of await this.#read("drafts", (drafts) => drafts.getAll())) if (at < before) await this.dropDraft(id);
  }
}
