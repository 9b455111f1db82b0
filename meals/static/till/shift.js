// The shift at this till: opened with its float, read at any time (X), counted and closed (Z).
// A window over the till; a scan still sells through it. Everything here needs the server, selling does not.

import { button, el, icon, money } from "./parts.js";
import { Tally } from "./tally.js";
import { yuan } from "./words.js";

const DENOMINATIONS_FEN = [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10];
const PAYERS = ["city", "district", "street", "community", "charity", "concession", "points", "cash", "unpaid"];
const ALWAYS = new Set(["points", "cash"]);

/** Yuan as typed, in fen; nothing where it is no amount. */
export function fenOf(text) {
  const typed = /^\s*(\d{1,7})(?:[.。](\d{1,2}))?\s*$/.exec(text);
  return typed ? Number(typed[1]) * 100 + Number((typed[2] || "0").padEnd(2, "0")) : null;
}

/** What notes and coins come to. */
export const addCounts = (counts) =>
  Object.entries(counts).reduce((sum, [worth, count]) => sum + Number(worth) * count, 0);

export class ShiftDesk {
  /** `waiting()` tells how many sales the server has not answered yet, whoever made them. */
  constructor({ document, words, start, api, waiting, now }) {
    Object.assign(this, { document, words, start, api, waiting, now });
    this.dialog = document.getElementById("shift");
    this.key = document.querySelector("[data-shift]");
    this.asked = 0; // what was asked before something was done is not shown after it
    this.shift = null;
    this.waits = 0;
    this.forget();
  }

  async startUp() {
    this.key.addEventListener("click", () => this.open());
    this.document.addEventListener("keydown", (event) => {
      if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      this.open();
    });
    // What is pressed in this window is not for the till behind it. Scans are read before, and still sell.
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
    this.dialog.addEventListener("input", (event) => this.typed(event.target));
    this.dialog.addEventListener("click", (event) => this.pressed(event.target.closest("[data-shift-do]")));
    this.dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(event.target.dataset.shiftForm);
    });
    this.tally = await Tally.open(indexedDB);
    await this.tally.sweep(this.now());
    await this.read();
  }

  /** Count a sale that the server has booked, as it booked it: at once, or when the queue brought it. */
  async note({ entry, receipt }) {
    if (entry.kind === "sale" && receipt && this.tally) await this.tally.note(receipt);
  }

  forget() {
    this.counts = {};
    this.sum = null;
    this.reason = "";
    this.errors = {};
  }

  async open() {
    if (!this.dialog.open) {
      this.dialog.showModal();
      this.show(this.loading());
    }
    await this.read();
  }

  /** Ask which shift is open; the key says so too. */
  async read() {
    const asked = ++this.asked;
    this.waits = await this.waiting();
    const outcome = await this.api.get(this.start.urls.shift);
    if (asked !== this.asked) return null; // something was done meanwhile: this answer is of before
    if (!outcome.body) return this.show(this.unreached(outcome));
    this.shift = outcome.body.shift;
    this.lastFloat = outcome.body.last_float_fen;
    this.mark();
    return this.show(this.shift ? this.reading() : this.opening());
  }

  mark() {
    const isOpen = Boolean(this.shift);
    this.key.classList.toggle("is-missing", !isOpen);
    this.key.lastChild.textContent = this.words.tell(isOpen ? "shift.key" : "shift.key_open");
  }

  show(nodes) {
    if (!this.dialog.open) return;
    const active = this.dialog.contains(this.document.activeElement) ? this.document.activeElement.id : null;
    this.dialog.replaceChildren(...nodes.flat().filter(Boolean));
    const wanted = this.dialog.querySelector("[aria-invalid]") || (active && this.document.getElementById(active));
    (wanted || this.dialog.querySelector("[data-first]") || this.dialog.querySelector("h2")).focus();
  }

  // ---- what stands in the window

  head(title, lead) {
    return [el("div", { class: "spread" }, el("h2", { id: "shift-h", tabindex: -1 }, title), this.shut()), lead && el("p", { class: "muted" }, lead)];
  }

  shut() {
    return el("button", { class: "btn btn--quiet", type: "button", "data-shift-do": "shut" }, this.words.tell("back"), " ", el("kbd", {}, "Esc"));
  }

  loading() {
    return this.head(this.words.tell("shift.title"), this.words.tell("shift.loading"));
  }

  unreached(outcome) {
    const detail = outcome.problem?.detail || this.words.tell("shift.down");
    return [...this.head(this.words.tell("shift.title")), el("p", { class: "note is-warn" }, icon("offline"), detail), this.unsent("shift.down.waiting")];
  }

  opening() {
    const { words } = this;
    const value = this.sum ?? yuan(this.lastFloat);
    return [...this.head(words.tell("shift.open.word"), words.tell("shift.open.what")),
      el("form", { class: "stack", "data-shift-form": "open" }, this.field("float", words.tell("shift.float"), value, "float_fen", { "data-first": true }),
        this.refusal(), el("div", { class: "foot" }, el("button", { class: "btn btn--primary" }, words.tell("shift.open.do"))))];
  }

  /** An X reading, and the form to count the drawer. */
  reading() {
    const { words, shift } = this;
    const lead = words.tell("shift.since", { name: shift.name, time: words.time(shift.opened_at), who: shift.opened_by });
    return [...this.head(words.tell("shift.x.word"), lead), this.unsent("shift.waiting"),
      el("div", { class: "shift-parts" }, el("section", { class: "stack tight" }, this.totals(), this.drawer()), this.counting())];
  }

  /** How many sales the server does not know of; before they are sent no shift adds up. */
  unsent(key) {
    return this.waits ? el("p", { class: "note is-warn" }, icon("clock"), this.words.tell(key, { count: this.waits })) : null;
  }

  totals() {
    const { words, shift } = this;
    const { sold, undone, net } = shift.totals;
    const rows = PAYERS.filter((payer) => ALWAYS.has(payer) || sold[`${payer}_fen`] || undone[`${payer}_fen`]);
    const cell = (fen) => el("td", { class: "num" }, fen ? yuan(fen) : "");
    return el("table", { class: "table" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, words.tell("shift.payer")),
        ...["shift.sold", "shift.undone", "shift.net"].map((key) => el("th", { scope: "col", class: "num" }, words.tell(key))))),
      el("tbody", {}, ...rows.map((payer) => el("tr", {}, el("th", { scope: "row" }, words.tell(`shift.payer.${payer}`)),
        cell(sold[`${payer}_fen`]), cell(undone[`${payer}_fen`]), el("td", { class: "num strong" }, yuan(net[`${payer}_fen`]))))),
      el("tfoot", {}, el("tr", {}, el("th", { scope: "row" }, words.tell("shift.meals")),
        ...[sold, undone, net].map((side) => el("td", { class: "num" }, side.count ? String(side.count) : "")))));
  }

  drawer() {
    const { words, shift } = this;
    return el("p", { class: "spread" }, el("span", {}, words.tell("shift.float"), " ", el("span", { class: "num" }, yuan(shift.float_fen))),
      el("span", {}, words.tell("shift.expected"), " ", el("b", { class: "num" }, yuan(shift.expected_fen))));
  }

  counting() {
    const { words } = this;
    const rows = DENOMINATIONS_FEN.map((worth) => el("label", { class: "coin", for: `coin-${worth}` }, el("span", { class: "num" }, worth >= 100 ? String(worth / 100) : yuan(worth)),
      this.input(`coin-${worth}`, this.counts[worth] || "", { inputmode: "numeric", maxlength: 5, "data-coin": worth })));
    const needsReason = this.errors.reason || this.reason;
    return el("form", { class: "stack tight", "data-shift-form": "close" },
      el("h3", {}, words.tell("shift.count.word")), el("div", { class: "coins" }, ...rows),
      this.field("counted", words.tell("shift.counted"), this.sum ?? yuan(addCounts(this.counts)), "counted_fen"),
      needsReason ? this.field("reason", words.tell("shift.reason"), this.reason, "reason", { maxlength: 200 }) : null,
      this.refusal(),
      el("div", { class: "foot" }, el("button", { class: "btn btn--primary" }, words.tell("shift.close.do"))));
  }

  /** A Z reading. */
  closed(shift) {
    const { words } = this;
    const isRight = !shift.difference_fen;
    const key = isRight ? "shift.z.right" : shift.difference_fen < 0 ? "shift.z.less" : "shift.z.more";
    const page = this.start.urls.shift_page.replace("{id}", shift.id);
    return [...this.head(words.tell("shift.z.word", { name: shift.name }), words.tell("shift.z.meals", { count: shift.totals.net.count })),
      el("p", { class: `note is-${isRight ? "ok" : "warn"}` }, icon(isRight ? "ok" : "warn"), words.tell(key, { yuan: yuan(Math.abs(shift.difference_fen)) })),
      el("p", { class: "shift-sum" }, words.tell("shift.counted"), money(shift.counted_fen, words, { answer: true })),
      el("div", { class: "foot" }, el("a", { class: "btn", href: page, target: "_blank", rel: "opener" }, icon("print"), words.tell("shift.z.page")),
        el("button", { class: "btn btn--primary", type: "button", "data-shift-do": "next" }, words.tell("shift.z.next")))];
  }

  input(id, value, more = {}) {
    const made = el("input", { class: "input num", id, autocomplete: "off", ...more });
    made.value = value;
    return made;
  }

  field(id, label, value, name, more = {}) {
    const wrong = this.errors[name]?.[0];
    const about = wrong ? { "aria-invalid": "true", "aria-describedby": `${id}-error` } : {};
    return el("div", { class: wrong ? "field field--bad" : "field" }, el("label", { for: id }, label),
      wrong ? el("p", { class: "error", id: `${id}-error` }, icon("warn"), wrong) : null,
      this.input(id, value, { inputmode: name === "reason" ? null : "decimal", ...about, ...more }));
  }

  refusal() {
    return this.errors.all ? el("p", { class: "note is-warn", role: "alert" }, icon("warn"), this.errors.all) : null;
  }

  // ---- what is done in it

  typed(field) {
    const { coin } = field.dataset;
    if (coin) {
      const count = Number(field.value);
      if (Number.isInteger(count) && count > 0) this.counts[coin] = count;
      else delete this.counts[coin];
      this.sum = null;
      this.document.getElementById("counted").value = yuan(addCounts(this.counts));
    } else if (field.id === "reason") this.reason = field.value;
    else this.sum = field.value;
  }

  pressed(target) {
    if (!target) return;
    if (target.dataset.shiftDo === "shut") this.dialog.close();
    else this.read();
  }

  async submit(form) {
    this.asked += 1;
    this.errors = {};
    const field = this.document.getElementById(form === "open" ? "float" : "counted");
    const fen = fenOf(field.value);
    if (fen === null) return this.refuse({ errors: { [form === "open" ? "float_fen" : "counted_fen"]: [this.words.tell("shift.amount")] } });
    const outcome = form === "open"
      ? await this.api.call("POST", this.start.urls.shifts, { body: { float_fen: fen } })
      : await this.close(fen);
    if (!outcome.body) return this.refuse(outcome.problem ?? { detail: this.words.tell("shift.down") });
    this.forget();
    this.shift = form === "open" ? outcome.body : null;
    this.mark();
    return this.show(form === "open" ? this.reading() : this.closed(outcome.body));
  }

  async close(fen) {
    const sold = await this.tally.since(Date.parse(this.shift.opened_at));
    // A sum that was typed over the notes and coins stands alone.
    const counts = addCounts(this.counts) === fen ? this.counts : {};
    return this.api.call("POST", this.start.urls.closing.replace("{id}", this.shift.id), {
      body: { counted_fen: fen, counts, reason: this.reason.trim(), local: { waiting: await this.waiting(), ...sold } },
    });
  }

  refuse({ errors, detail, title }) {
    const known = ["float_fen", "counted_fen", "reason"].some((name) => errors?.[name]);
    this.errors = { ...errors, ...(known ? {} : { all: detail || title }) };
    this.show(this.shift ? this.reading() : this.opening());
  }
}
