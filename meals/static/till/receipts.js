// The key that prints the receipt of the last sale: on the till's network printer, by a page of the server's, or, while
// the sale waits to be sent, by this page itself.

import { Paper, receiptLines } from "./paper.js";

const SHOWN_MS = 4000;
const PRINTED = "printed"; // what this till printed itself, so that a second paper says so
const REMEMBERED = 500;

class Receipts {
  constructor({ document, words, till, last, key }) {
    Object.assign(this, { document, words, till, last, timer: 0 });
    this.label = key.lastElementChild;
    this.usual = this.label.textContent;
    this.paper = new Paper({ document, paperMm: till.start.paper_mm });
  }

  tell(name) {
    clearTimeout(this.timer);
    this.label.textContent = this.words.tell(name);
    this.document.getElementById("said").textContent = this.words.tell(name);
    this.timer = setTimeout(() => { this.label.textContent = this.usual; }, SHOWN_MS);
  }

  async print() {
    const sale = this.last();
    if (!sale) return this.tell("receipt.none");
    if (sale.waiting) return this.printHere(sale.id);
    if (!this.till.canAsk()) return this.tell("receipt.down");
    return this.till.start.printing === "page" ? this.printPage(sale.id) : this.printAway(sale.id);
  }

  printPage(id) {
    const form = this.document.getElementById("receipt-form");
    form.action = this.till.start.urls.receipt.replace("{id}", id);
    form.submit();
  }

  async printAway(id) {
    this.tell("receipt.going");
    const { api, start } = this.till;
    const outcome = await api.call("POST", start.urls.receipts.replace("{id}", id), { within: 8000 });
    this.tell(outcome.body ? (outcome.body.is_reprint ? "receipt.again" : "receipt.done") : "receipt.away");
  }

  /** The server has no receipt of what it does not know: the till writes its own. */
  async printHere(id) {
    const { book, start, store } = this.till;
    const entry = book.find(id);
    if (!entry?.quote) return this.tell("receipt.none");
    const printed = (await store.mark(PRINTED)) ?? [];
    const isUndone = book.all().some(({ undoes }) => undoes === id);
    const lines = receiptLines(entry, { words: this.words, start, isReprint: printed.includes(id), isUndone });
    await store.setMark(PRINTED, [...printed.filter((each) => each !== id), id].slice(-REMEMBERED));
    this.paper.print(lines);
    return this.tell(printed.includes(id) ? "receipt.again" : "receipt.done");
  }
}

/** `last()` names the sale that the screen is about, else the last one. Without printing there is no key. */
export function joinReceipts({ document, words, till, last }) {
  const key = document.querySelector("[data-receipt]");
  if (!key) return;
  const receipts = new Receipts({ document, words, till, last, key });
  key.addEventListener("click", () => receipts.print());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    receipts.print();
  });
}
