// The receipt of a sale that the server does not know yet, written and printed by the page itself.
// Line by line what the server's receipt has, with a mark that says it waits; no tier, nothing about the guest's means.

import { el } from "./parts.js";
import { yuan } from "./words.js";

const MM_A_PIXEL = 25.4 / 96;
const ROOM_MM = 1;
const ZONE = "Asia/Shanghai";
const MOMENT = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" });

const publicFen = (shares) => shares.filter(({ payer }) => payer !== "concession").reduce((sum, share) => sum + share.amount_fen, 0);
const concessionFen = (shares) => shares.filter(({ payer }) => payer === "concession").reduce((sum, share) => sum + share.amount_fen, 0);

/** What stands on the paper: [look, left, right] a line. */
export function receiptLines(entry, { words, start, isReprint = false, isUndone = false }) {
  const { quote, guest } = entry;
  const marks = [
    entry.acknowledged_at === null ? "slip.waiting" : null, isReprint ? "slip.reprint" : null, isUndone ? "slip.undone" : null,
  ].filter(Boolean);
  const parts = [
    ["slip.subsidy", publicFen(quote.shares)], ["payer.concession", concessionFen(quote.shares)], ["payer.points", quote.points_fen],
  ];
  const items = entry.items.map((item) => {
    const name = words.dish(item).text || words.tell("sold.meal");
    return ["plain", item.count > 1 ? `${name} x${item.count}` : name, yuan((item.price_fen ?? 0) * item.count)];
  });
  return [
    ["title", start.canteen.name], ...marks.map((mark) => ["mark", words.tell(mark)]),
    ["plain", words.tell("sold.number", { number: entry.number })],
    ["plain", MOMENT.format(new Date(entry.occurred_at)), words.tell("slip.till", { number: start.till.number })],
    guest?.name ? ["plain", words.tell("slip.guest", { name: guest.name, tail: (guest.card_tail ?? "").slice(-4) })] : null,
    ["rule"], ...items, ["rule"], ["plain", words.tell("slip.price"), yuan(quote.price_fen)],
    ...parts.filter(([, fen]) => fen).map(([key, fen]) => ["plain", words.tell(key), `-${yuan(fen)}`]),
    ["total", words.tell("payer.self"), `${yuan(quote.cash_fen)} ${words.tell("unit.yuan")}`],
    ["rule"], ["mark", words.tell("guest.thanks")],
  ].filter(Boolean);
}

function lineNode([look, left, right]) {
  if (look === "rule") return el("hr");
  return el("p", { class: look }, el("span", {}, left), right ? el("span", { class: "right" }, right) : null);
}

export class Paper {
  constructor({ document, paperMm }) {
    Object.assign(this, { document, paperMm, size: new CSSStyleSheet() });
    this.place = document.getElementById("paper");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.size];
    document.defaultView.addEventListener("afterprint", () => this.clear());
  }

  /** Print lines on paper as long as they are: browsers take no "auto" for a height. */
  print(lines) {
    this.place.dataset.paper = this.paperMm;
    this.place.replaceChildren(...lines.map(lineNode));
    const height = Math.ceil(this.place.getBoundingClientRect().height * MM_A_PIXEL) + ROOM_MM;
    this.size.replaceSync(`@page { size: ${this.paperMm}mm ${height}mm; margin: 0; }`);
    this.place.dataset.height = height;
    this.document.defaultView.print();
  }

  clear() {
    this.place.replaceChildren();
    this.size.replaceSync("");
  }
}
