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
  constructor(database) {
    this.database = database;
  }

  static async open(indexedDB) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    return new Tally(await settled(request));
  }

  /** Count a sale; once more for the same one changes nothing. */
  async note(receipt) {
    const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
    await settled(transaction.objectStore(STORE).put(lineOf(receipt)));
  }

  async since(moment) {
    return addUp(await settled(this.database.transaction(STORE).objectStore(STORE).getAll()), moment);
  }

  /** Forget what no shift can ask for any more. */
  async sweep(now) {
    const store = this.database.transaction(STORE, "readwrite").objectStore(STORE);
    const old = (await settled(store.getAll())).filter((line) => line.at < now - KEPT_MS);
    for (const line of old) store.delete(line.id);
  }
}
