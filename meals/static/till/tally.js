// What this till sold by its own count: every sale that was answered, by its id, so that none counts twice.
// At the end of a shift it is compared with what the server has.

const NAME = "chongyang-tally";
const STORE = "sales";
const KEPT_MS = 3 * 24 * 3600 * 1000; // a shift that was forgotten over a weekend still compares

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** What is kept of a receipt. */
export const lineOf = (receipt) => ({
  id: receipt.id, at: Date.parse(receipt.sold_at),
  price_fen: receipt.price_fen, points_fen: receipt.points_fen, cash_fen: receipt.cash_fen,
});

/** What the sales since a moment come to. */
export function addUp(lines, since) {
  const own = lines.filter((line) => line.at >= since);
  const total = (name) => own.reduce((sum, line) => sum + line[name], 0);
  return { count: own.length, price_fen: total("price_fen"), points_fen: total("points_fen"), cash_fen: total("cash_fen") };
}

export class Tally {
  constructor(indexedDB) {
    Object.assign(this, { indexedDB, lines: new Map() });
  }

  static async open(indexedDB) {
    const tally = new Tally(indexedDB);
    await tally.connect();
    const lines = await settled(tally.database.transaction(STORE).objectStore(STORE).getAll());
    for (const line of lines) tally.lines.set(line.id, line);
    return tally;
  }

  async connect() {
    const request = this.indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    this.database = await settled(request);
    this.database.onversionchange = ({ target }) => target.close();
  }

  #put(lines) {
    const store = this.database.transaction(STORE, "readwrite", { durability: "strict" }).objectStore(STORE);
    return Promise.all(lines.map((line) => settled(store.put(line))));
  }

  /** Count a sale; once more for the same one changes nothing. */
  async note(receipt) {
    const line = lineOf(receipt);
    this.lines.set(line.id, line);
    try {
      await this.#put([line]);
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      await this.connect(); // somebody emptied the browser under the open page: all is counted anew
      await this.#put([...this.lines.values()]);
    }
  }

  async since(moment) {
    return addUp([...this.lines.values()], moment);
  }

  /** Forget what no shift can ask for any more. */
  async sweep(now) {
    const store = this.database.transaction(STORE, "readwrite").objectStore(STORE);
    for (const { id, at } of [...this.lines.values()]) {
      if (at >= now - KEPT_MS) continue;
      this.lines.delete(id);
      store.delete(id);
    }
  }
}
