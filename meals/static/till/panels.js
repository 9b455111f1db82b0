// The screens that are not a verdict: finding somebody, choosing a reason, today, what the scanner sent.

import { idOf, undoneIn } from "./daybook.js";
import { typed } from "./idle.js";
import { button, chip, el, icon, money, next } from "./parts.js";
import { inFours, yuan } from "./words.js";

const head = (title, lead) => el("div", { class: "panel-head" }, el("h2", { class: "panel-word" }, title), lead ? el("p", {}, lead) : null);
const close = (words) => button("escape", words.tell("back"), { key: "Esc" });

function person(each, at, words) {
  const key = at < 9 ? el("kbd", {}, String(at + 1)) : null;
  const age = words.tell("guest.age", { age: each.age });
  return el("li", {}, el("button", { class: "person", type: "button", "data-do": "person", "data-at": at },
    key ?? el("span"), el("span", {}, el("b", { lang: words.nameLang }, each.name), " ", el("span", { class: "muted" }, age)),
    el("span", { class: "muted" }, words.tell("guest.card"), " ", el("span", { class: "num" }, inFours(each.card.slice(-8))))));
}

export function finding({ words, state }) {
  const { collect, query, people, message, busy } = state.stage;
  const title = words.tell(collect ? "collect.word" : "find.word");
  const none = people && !people.length ? words.tell("find.none", { query }) : null;
  const note = message || none || (busy ? words.tell("find.busy") : null);
  return {
    look: "panel", focus: people?.length ? ".person" : "#typed",
    say: people?.length ? [words.tell("find.count", { count: people.length })] : [note || title],
    nodes: [head(title, words.tell(collect ? "collect.what" : "find.what")),
      typed(words, { value: query, label: "find.label" }),
      el("div", { class: "panel-body", tabindex: people?.length ? 0 : null, role: people?.length ? "group" : null, "aria-label": people?.length ? words.tell("find.results") : null },
        note ? el("p", { class: "note" }, icon(message || none ? "info" : "clock"), note) : null,
        people?.length ? el("ul", { class: "people" }, ...people.map((each, at) => person(each, at, words))) : null),
      next("scan", words.tell(people?.length ? "find.check" : "find.next"), close(words))],
  };
}

export function reasons({ words, state, start }) {
  const { sale } = state.stage;
  const facts = [sale.number && words.tell("sold.number", { number: sale.number }), sale.sold_at && words.time(sale.sold_at), sale.guest, sale.what].filter(Boolean);
  const choice = (reason, at) => el("li", {}, button("reason", words.tell(`reason.${reason}`), { key: at + 1, look: "btn btn--big", data: { reason } }));
  return {
    look: "panel", say: [words.tell("reasons.word"), ...facts], focus: "[data-reason]",
    nodes: [head(words.tell("reasons.word"), facts.join(words.tell("comma"))),
      el("ul", { class: "reasons panel-body" }, ...start.reasons.map(choice)),
      next("info", words.tell(sale.cash_fen ? "reasons.cash" : "reasons.no_cash", { cash: yuan(sale.cash_fen) }), close(words))],
  };
}

export function soldChip({ state, waiting }, words) {
  if (state !== "sold") return chip(null, "undo", words.tell("chip.reversed"));
  return waiting ? waitingChip(words) : chip("ok", "check", words.tell("chip.sold"));
}

const waitingChip = (words) => chip("offline", "offline", words.tell("chip.waiting"));

function row(each, words) {
  const undo = each.state === "sold"
    ? button("sale", words.tell("undo.do"), { look: "btn", data: { sale: each.id }, "aria-label": words.tell("undo.this", { number: each.number }) }) : null;
  return el("tr", {}, el("td", {}, words.time(each.sold_at)), el("th", { scope: "row", class: "num roomy" }, each.number, each.waiting ? [" ", waitingChip(words)] : null),
    el("td", { lang: words.nameLang }, each.guest), el("td", { class: "wrap roomy" }, each.what), el("td", { class: "num" }, yuan(each.cash_fen)),
    el("td", {}, undo ?? soldChip(each, words)));
}

export function today({ words, state }) {
  const { totals, recent } = state.today || { totals: null, recent: [] };
  const figure = (label, value) => el("div", {}, el("dt", {}, words.tell(label)), el("dd", {}, value));
  const columns = ["today.time", "today.number", "today.guest", "today.what", "today.cash", "today.state"];
  return {
    look: "panel", say: [words.tell("today.word")],
    nodes: [head(words.tell("today.word"), words.tell("today.what_for")),
      totals ? el("dl", { class: "tally tally--wide" }, figure("tally.sold", words.tell("tally.meals", { count: totals.count })),
        figure("tally.subsidised", words.tell("tally.meals", { count: totals.subsidised })), figure("tally.cash_due", money(totals.cash_fen, words, { answer: true })),
        figure("tally.points", money(totals.points_fen, words)), figure("tally.public", money(totals.public_fen, words))) : null,
      el("div", { class: "panel-body table-box", tabindex: 0, role: "region", "aria-label": words.tell("today.list") },
        recent.length ? el("table", { class: "table" },
          el("thead", {}, el("tr", {}, ...columns.map((key) => el("th", { scope: "col", class: { "today.cash": "num", "today.number": "roomy", "today.what": "roomy" }[key] }, words.tell(key))))),
          el("tbody", {}, ...recent.map((each) => row(each, words)))) : el("p", { class: "empty" }, words.tell("today.none"))),
      next("info", words.tell(state.awaited ? "today.awaited" : "today.leave", { count: state.awaited }), close(words),
        button("leave", words.tell("today.log_out"), { data: { where: "log_out" } }))],
  };
}

function waitingRow(entry, undone, words) {
  const isUndo = entry.kind === "undo";
  const undo = isUndo || undone.has(idOf(entry)) ? null
    : button("sale", words.tell("undo.do"), { look: "btn", data: { sale: entry.id }, "aria-label": words.tell("undo.this", { number: entry.number }) });
  const cash = isUndo ? -(entry.sale?.cash_fen ?? 0) : entry.quote?.cash_fen ?? 0;
  return el("tr", {}, el("td", {}, words.time(entry.made_at)), el("th", { scope: "row", class: "num" }, entry.number),
    el("td", { lang: words.nameLang }, entry.guest?.name ?? entry.sale?.guest ?? ""),
    el("td", { class: "wrap roomy" }, isUndo ? words.tell("queue.undoing") : entry.what), el("td", { class: "num" }, yuan(cash)),
    el("td", {}, undo ?? soldChip({ state: "reversed" }, words)));
}

/** Everything that has not reached the server yet; whoever wants to leave the till waits here. */
export function queue({ words, state }) {
  const { where } = state.stage;
  const waiting = state.own.filter((entry) => entry.acknowledged_at === null);
  const undone = undoneIn(state.own);
  const columns = ["today.time", "today.number", "today.guest", "today.what", "today.cash", "today.state"];
  const lead = state.awaited && where ? "queue.leave" : "queue.what";
  return {
    look: "panel", say: [words.tell("queue.word"), words.tell(lead, { count: state.awaited })],
    nodes: [head(words.tell("queue.word"), words.tell(lead, { count: state.awaited })),
      el("div", { class: "panel-body table-box", tabindex: 0, role: "region", "aria-label": words.tell("queue.word") },
        waiting.length ? el("table", { class: "table" },
          el("thead", {}, el("tr", {}, ...columns.map((key) => el("th", { scope: "col", class: { "today.cash": "num", "today.number": "num", "today.what": "roomy" }[key] }, words.tell(key))))),
          el("tbody", {}, ...waiting.map((each) => waitingRow(each, undone, words)).reverse())) : el("p", { class: "empty" }, words.tell("queue.none"))),
      next("info", words.tell(!state.awaited ? "today.leave" : state.link === "down" ? "queue.down" : "queue.up"), close(words),
        state.awaited ? button("enter", words.tell("queue.send"), { key: words.tell("key.enter") }) : null,
        state.awaited && state.device ? button("save", words.tell("queue.save")) : null,
        where && !state.awaited ? button("leave", words.tell(where === "log_out" ? "today.log_out" : "queue.go"), { look: "btn btn--primary", data: { where } }) : null)],
  };
}

function read(each, words) {
  const speed = each.count > 1 ? Math.round(each.ms / (each.count - 1)) : 0;
  const shown = each.kind === "card" || each.kind === "code" ? `…${each.text.slice(-8)}` : each.text.slice(0, 40);
  return el("tr", {}, el("th", { scope: "row", class: "code" }, shown), el("td", {}, words.tell(`read.${each.kind}`)),
    el("td", { class: "num" }, String(each.count)), el("td", { class: "num" }, each.how === "camera" ? words.tell("read.camera") : words.tell("read.speed", { ms: speed })),
    el("td", {}, each.how === "camera" ? "" : words.tell(`read.end.${each.suffix}`)));
}

/** What came from the scanner, as it came, and what to change when it is wrong. */
export function reading({ words, state }) {
  const columns = ["read.text", "read.kind", "read.count", "read.pace", "read.ends"];
  const table = () => el("table", { class: "table" },
    el("thead", {}, el("tr", {}, ...columns.map((key) => el("th", { scope: "col", class: key === "read.count" || key === "read.pace" ? "num" : null }, words.tell(key))))),
    el("tbody", {}, ...state.reads.map((each) => read(each, words))));
  return {
    look: "panel", say: [words.tell("reading.word")],
    nodes: [head(words.tell("reading.word"), words.tell("reading.what")),
      el("ol", { class: "steps" }, ...["reading.step.light", "reading.step.test", "reading.step.settings", "reading.step.otherwise"].map((key) => el("li", {}, words.tell(key)))),
      el("div", { class: "panel-body table-box", tabindex: 0, role: "region", "aria-label": words.tell("reading.list") },
        state.reads.length ? table() : el("p", { class: "empty" }, words.tell("reading.none"))),
      next("scan", words.tell("reading.next"), close(words))],
  };
}

/** The till cannot sell until somebody does something. */
export function blocked({ words, state, start }) {
  const { why } = state.stage;
  const go = { signed_out: start.urls.log_in, stale_page: start.urls.till, storage: start.urls.till }[why];
  return {
    look: "blocked", alarm: true, say: [words.tell(`blocked.${why}.word`), words.tell(`blocked.${why}.what`)],
    nodes: [el("div", { class: "verdict is-danger" }, icon("lock"),
      el("div", {}, el("h2", { class: "word" }, words.tell(`blocked.${why}.word`)), el("p", {}, words.tell(`blocked.${why}.what`)))),
    el("div", { class: "slip" }, el("div", { class: "choices", "data-count": 1 },
      go ? el("a", { class: "btn btn--primary btn--big", href: go }, words.tell(`blocked.${why}.go`)) : null)),
    next("info", words.tell(`blocked.${why}.next`))],
  };
}
