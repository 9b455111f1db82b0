// The key that prints the receipt of the last sale: on the till's network printer, or by a page of its own.

const SHOWN_MS = 4000;

/** `last()` names the sale that the screen is about, else the last one. Without printing there is no key. */
export function joinReceipts({ document, words, start, api, last }) {
  const key = document.querySelector("[data-receipt]");
  if (!key) return;
  const label = key.lastElementChild;
  const usual = label.textContent;
  let timer = 0;

  function tell(name) {
    clearTimeout(timer);
    label.textContent = words.tell(name);
    document.getElementById("said").textContent = words.tell(name);
    timer = setTimeout(() => { label.textContent = usual; }, SHOWN_MS);
  }

  async function print() {
    const id = last();
    if (!id) return tell("receipt.none");
    if (start.printing === "page") {
      const form = document.getElementById("receipt-form");
      form.action = start.urls.receipt.replace("{id}", id);
      return form.submit();
    }
    tell("receipt.going");
    const outcome = await api.call("POST", start.urls.receipts.replace("{id}", id), { within: 8000 });
    return tell(outcome.body ? (outcome.body.is_reprint ? "receipt.again" : "receipt.done") : "receipt.away");
  }

  key.addEventListener("click", print);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    print();
  });
}
