// The screen between two guests: what a scan will sell, and today's figures.

import { countOf, lines, priceOf } from "./basket.js";
import { button, el, icon, money, svg } from "./parts.js";
import { yuan } from "./words.js";

// Nine and nine petals, and within them as many again: the product's mark, drawn large.
const RINGS = [
  ["a", 18, 20, 0, "M0 -62C-17 -109 -1 -180 14 -196C29 -180 17 -109 0 -62Z"],
  ["b", 18, 20, 10, "M0 -46C-14 -82 -2 -138 11 -150C24 -138 14 -82 0 -46Z"],
  ["b", 9, 40, 0, "M0 -30C-13 -57 -3 -98 9 -106C21 -98 13 -57 0 -30Z"],
  ["b", 9, 40, 20, "M0 -18C-10 -36 -3 -63 6 -68C15 -63 10 -36 0 -18Z"],
];

function flower() {
  const rings = RINGS.map(([name, count, turn, first, path]) => svg("g", { class: name },
    ...Array.from({ length: count }, (_, at) => svg("path", { d: path, transform: `rotate(${first + at * turn})` }))));
  return svg("svg", { class: "flower", viewBox: "-200 -200 400 400", "aria-hidden": "true" }, ...rings, svg("circle", { class: "c", r: 9 }));
}

/** "A set meal, 2 rice" as nodes, each name in its own language. */
export function basketWords({ words, state }) {
  const all = lines(state.basket, state.menu);
  return all.flatMap(({ item, count }, at) => {
    const name = words.dish(item);
    const times = count > 1 ? ` ×${count}` : "";
    return [el("span", { lang: name.lang }, name.text), times, at < all.length - 1 ? words.tell("list.comma") : ""];
  });
}

function meal({ words, state, now }) {
  const served = state.menu?.window;
  if (!served) return el("p", { class: "meal" }, icon("bowl"), words.tell(state.menu ? "idle.no_window" : "idle.loading"));
  const until = served.until && Date.parse(served.until);
  const left = until ? el("span", { class: "muted" }, words.tell("idle.left", { span: words.span(until - now()) })) : null;
  const label = until ? words.tell("idle.meal", { meal: words.pick(served.label), until: words.time(until) }) : words.pick(served.label);
  return el("p", { class: "meal" }, icon("bowl"), label, " ", left);
}

function lead(at) {
  const { words, state } = at;
  if (state.link === "down" && !state.device) return el("p", { class: "lead" }, words.tell("idle.down.lead"));
  if (!countOf(state.basket)) return el("p", { class: "lead" }, words.tell(state.menu?.items.length ? "idle.choose" : "idle.no_menu"));
  const what = el("b", {}, ...basketWords(at), " ", el("span", { class: "nowrap" }, `${yuan(priceOf(state.basket, state.menu))} ${words.tell("unit.yuan")}`));
  return el("p", { class: "lead" }, ...words.compose("idle.lead", { what }));
}

/** The field that takes a card number or a name, on this screen and when finding somebody. */
export function typed(words, { value = "", label = "typed.label" } = {}) {
  const input = el("input", { class: "input", id: "typed", name: "typed", autocomplete: "off", spellcheck: "false", placeholder: words.tell("typed.example"), maxlength: 40 });
  input.value = value;
  return el("form", { class: "typed", "data-form": "typed" },
    el("label", { for: "typed" }, words.tell(label), " ", el("kbd", {}, "F2")),
    el("div", { class: "typed-row" }, input, el("button", { class: "btn", type: "submit" }, icon("search"), words.tell("typed.go"))));
}

function tally({ words, state }) {
  const totals = state.today?.totals;
  if (!totals) return null;
  const figure = (label, value) => el("div", {}, el("dt", {}, words.tell(label)), el("dd", {}, value));
  return el("dl", { class: "tally" },
    figure("tally.sold", words.tell("tally.meals", { count: totals.count })),
    figure("tally.cash", money(totals.cash_fen, words)),
    figure("tally.points", money(totals.points_fen, words)),
    figure("tally.public", money(totals.public_fen, words)));
}

/** What this browser cannot do, and who can change that. */
function alone({ words, state }) {
  return state.device || state.link === "down" ? null : el("p", { class: "alone muted small" }, icon("info"), words.tell("idle.alone"));
}

export function idle(at) {
  const { words, state } = at;
  const down = state.link === "down" && !state.device;
  return {
    look: "idle",
    nodes: [flower(),
      el("div", {}, meal(at), el("h2", { class: "word" }, words.tell(down ? "idle.down.word" : "idle.word")), lead(at),
        state.basket.fresh ? null : button("escape", words.tell("idle.reset"), { key: "Esc", look: "btn reset" })),
      typed(words), tally(at), alone(at)],
  };
}
