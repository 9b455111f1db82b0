// Sales and undoings that were sent and not yet answered. Written to the disk before they are sent.

const NAME = "chongyang-till";
const STORE = "entries";

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const completed = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = () => resolve();
  transaction.onabort = () => reject(transaction.error);
});

export class Outbox {
  constructor(database) {
    this.database = database;
  }

  /** Open the outbox of this browser, making it on first use. Rejects when the browser keeps nothing. */
  static async open(indexedDB) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    return new Outbox(await settled(request));
  }

  /** Keep an entry. Done only when it is on the disk: a power cut must not lose what was sold. */
  async put(entry) {
    const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.objectStore(STORE).put(entry);
    await completed(transaction);
  }

  /** Forget an entry, because the server has answered it. */
  async remove(id) {
    const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.objectStore(STORE).delete(id);
    await completed(transaction);
  }

  /** Every entry, oldest first. */
  async all() {
    const entries = await settled(this.database.transaction(STORE).objectStore(STORE).getAll());
    return entries.sort((one, other) => one.made_at - other.made_at);
  }
}
