// The screens about one sale: each is a verdict that fills the stage, who, how much, and what to do next.

import { classify } from "./codes.js";
import { idle } from "./idle.js";
import { behind, noSubsidy } from "./decision.js";
import { MILD } from "./machine.js";
import { blocked, finding, queue, reading, reasons, today } from "./panels.js";
import { waitingWords } from "./banner.js";
import { ask, button, chip, el, icon, next, split, verdict, who } from "./parts.js";
import { inFours, yuan } from "./words.js";

const choices = (...buttons) => el("div", { class: "choices", "data-count": buttons.filter(Boolean).length }, ...buttons);
const slip = (...content) => el("div", { class: "slip" }, ...content);
const big = (action, label, key, look = "btn btn--big") => button(action, label, { key, look });
const primary = "btn btn--primary btn--big";

/** What was bought, by the names on the menu, or how many meals when the menu has changed. */
function bought(items, { words, state }) {
  const known = (items || []).map(({ dish_id: id, count }) => ({ item: state.menu?.items.find((each) => each.id === id), count }));
  if (!known.length || known.some(({ item }) => !item)) return [words.tell("sold.meal")];
  return known.flatMap(({ item, count }, at) => {
    const name = words.dish(item);
    return [el("span", { lang: name.lang }, name.text), count > 1 ? ` ×${count}` : "", at < known.length - 1 ? words.tell("list.comma") : ""];
  });
}

function why(receipt, items, at) {
  const { words } = at;
  const isSold = Boolean(receipt.id);
  const because = isSold ? behind(receipt, words) : []; // a question has its reason above
  const price = el("b", { class: "num" }, `${yuan(receipt.price_fen)} ${words.tell("unit.yuan")}`);
  const left = el("b", { class: "num" }, `${yuan(receipt.meal_points_fen ?? 0)} ${words.tell("unit.yuan")}`);
  return el("div", { class: "why" },
    el("p", { class: "spread" },
      el("span", {}, ...words.compose("sold.price", { what: el("span", {}, ...bought(items, at)), price })),
      isSold ? balance(receipt, left, at) : null),
    split(receipt, words),
    because.length ? el("p", { class: "because muted" }, because.join(words.tell("comma"))) : null);
}

/** How many points are left for meals, and by whose word: what the till decided itself is as old as its roster. */
function balance({ waiting, roster_at: rosterAt }, left, { words }) {
  const muted = el("span", { class: "muted" }, ...words.compose("sold.left", { left }));
  return waiting && rosterAt ? el("span", {}, muted, " ", chip("offline", "offline", words.tell("kept.by_roster", { time: words.time(rosterAt) }))) : muted;
}

function sold(at) {
  const { words, state, now } = at;
  const { receipt, recovered, undoUntil } = state.stage;
  const isKept = receipt.waiting;
  const undo = el("button", { class: "undo", type: "button", "data-do": "undo" }, icon("undo"), words.tell("undo.do"), " ", el("kbd", {}, "F4"),
    el("small", { "data-countdown": undoUntil }, countdown(undoUntil - now(), words)));
  const word = words.tell(isKept ? "kept.word" : recovered ? "sold.recovered" : "sold.word");
  const isRevoked = state.facts?.locks.some(({ code }) => code === "revoked");
  const kept = isKept ? words.tell(isRevoked ? "kept.hand_in" : "kept.what") : null;
  const what = receipt.cash_fen ? "sold.take" : "sold.nothing_to_take";
  const unaided = receipt.subsidised ? null : words.tell("sold.unaided");
  return {
    look: "sold",
    say: [word, receipt.guest?.name, `${words.tell("sold.cash")} ${yuan(receipt.cash_fen)} ${words.tell("unit.yuan")}`, unaided],
    nodes: [
      verdict("ok", "ok", word, [words.tell(what), unaided, kept].filter(Boolean).join(words.tell("stop")), undo),
      slip(who(receipt.guest, words), ask(words.tell("sold.cash"), receipt.cash_fen, words), why(receipt, (receipt.items || []).map(({ id, count }) => ({ dish_id: id, count })), at)),
      next("scan", words.tell("next.scan"), whoFetched(at), el("span", { class: "end muted num" },
        [isKept ? waitingWords(at) : null, words.tell("sold.number", { number: receipt.number })].filter(Boolean).join(words.tell("comma")))),
    ],
  };
}

/** The way to write down who carried the meal away; the server must know the sale for that. */
function whoFetched({ words, state, start }) {
  const { receipt, collect } = state.stage;
  if (!collect || receipt.waiting) return null;
  const href = `${start.urls.fetched}?sale=${encodeURIComponent(receipt.number)}`;
  return el("a", { class: "btn", href, target: "chongyang-fetched" }, words.tell("sold.fetched"));
}

/** How long the undo button still needs no reason. */
export function countdown(ms, words) {
  return ms > 0 ? words.tell("undo.seconds", { seconds: Math.ceil(ms / 1000) }) : words.tell("undo.with_reason");
}

function asking(at) {
  const { words, state } = at;
  const { quote, items } = state.stage;
  const { word, what, next: advice, isAgain } = noSubsidy(quote, words);
  const label = quote.points_fen ? "ask.cash" : isAgain ? "ask.again" : "ask.full_price";
  return {
    look: "asking", alarm: true, say: [word, what, quote.guest?.name],
    nodes: [
      verdict("warn", "warn", word, what),
      slip(who(quote.guest, words), ask(words.tell(label), quote.cash_fen, words), quote.points_fen ? why(quote, items, at) : null,
        choices(big("enter", words.tell("ask.sell"), words.tell("key.enter"), primary), big("collect", words.tell("key.collect"), "F7"), big("escape", words.tell("ask.leave"), "Esc"))),
      next("info", advice),
    ],
  };
}

/** The first sentence among what is wrong by field, at any depth. */
function firstOf(errors) {
  if (typeof errors === "string") return errors;
  return errors ? Object.values(errors).map(firstOf).find(Boolean) : null;
}

/** Refusals that no other card would change. */
const NOBODY = new Set([
  "no_menu", "canteen_closed", "no_roster", "roster_over", "sale_rules_missing", "dish_not_in_roster", "bill_too_large",
]);

const isCard = (text) => classify(text).kind !== "code";

/** What was scanned, as far as a cashier can compare it: a payment code's own text tells nobody anything. */
function shown(text, words) {
  if (isCard(text)) return inFours(text);
  return /^\d+$/.test(text) ? `${text.slice(0, 2)} ${inFours(text.slice(2))}` : words.tell("guest.code");
}

function refused(at) {
  const { words, state } = at;
  const { problem, about, card } = state.stage;
  const kind = about === "undo" ? "undo" : problem.code;
  const word = words.tellFirst([`refused.${kind}.word`, "refused.other.word"]);
  const what = firstOf(problem.errors) || problem.detail || words.tellFirst([`refused.${kind}.what`, "refused.other.what"], { ...problem, at: problem.clock });
  const isMild = MILD.has(kind);
  const canFind = about !== "undo" && !NOBODY.has(kind);
  const number = !problem.guest && card ? el("p", { class: "card-read num" }, shown(card, words)) : null;
  return {
    look: "refused", alarm: true, say: [word, what],
    nodes: [
      verdict(isMild ? "warn" : "danger", isMild ? "warn" : "stop", word, what),
      slip(who(problem.guest, words) ?? number,
        choices(canFind ? big("find", words.tellFirst([`refused.${kind}.find`, "refused.other.find"]), "F6", primary) : null,
          big("escape", words.tell(about === "undo" ? "back" : "ask.leave"), "Esc", canFind ? undefined : primary))),
      next("info", words.tellFirst([`refused.${kind}.next`, "refused.other.next"])),
    ],
  };
}

function wrong({ words, state }) {
  const { kind, count } = state.stage;
  const word = words.tell(`wrong.${kind}.word`);
  const what = words.tell(`wrong.${kind}.what`, { count });
  return {
    look: "wrong", alarm: true, say: [word, what],
    nodes: [verdict("warn", "warn", word, what),
      slip(choices(big("find", words.tell("key.find"), "F6"), big("reading", words.tell("key.reading"), "F9"), big("escape", words.tell("back"), "Esc"))),
      next("scan", words.tell("wrong.next"))],
  };
}

function unreached({ words, state }) {
  const why = state.stage.why === "busy" ? "busy" : "down";
  const word = words.tell(`unreached.${why}.word`);
  return {
    look: "unreached", alarm: true, say: [word, words.tell(`unreached.${why}.what`)],
    nodes: [verdict("danger", "offline", word, words.tell(`unreached.${why}.what`)),
      slip(choices(big("enter", words.tell("unreached.retry"), words.tell("key.enter"), primary), big("escape", words.tell("ask.leave"), "Esc"))),
      next("info", words.tell("unreached.next"))],
  };
}

/** Something is on its way and takes longer than a moment. */
function waiting(at) {
  const { words, state } = at;
  const { view, recovered, reachable, tries, card, items } = state.stage;
  const kind = recovered ? "recovered" : view;
  const isDown = tries && !reachable;
  const word = words.tell(isDown ? "waiting.down.word" : `waiting.${view}.word`);
  const what = words.tell(isDown ? "waiting.down.what" : `waiting.${kind}.what`);
  const canLeave = view === "checking" || reachable;
  return {
    look: "waiting", say: [word, what],
    nodes: [verdict(isDown ? "offline" : "info", isDown ? "offline" : "clock", word, what),
      slip(el("div", { class: "pending" },
        el("b", {}, ...(view === "undoing" ? [words.tell("undo.do")] : bought(items, at))),
        card ? el("span", { class: "muted num" }, isCard(card) ? `${words.tell("guest.card")} ${inFours(card.slice(-8))}` : shown(card, words)) : null),
      choices(view === "checking" ? null : big("enter", words.tell("waiting.again"), words.tell("key.enter"), primary),
        canLeave ? big("escape", words.tell(view === "checking" ? "ask.leave" : "waiting.leave"), "Esc") : null)),
      next("info", words.tell(view === "checking" ? "waiting.checking.next" : "waiting.next"))],
  };
}

function undone({ words, state }) {
  const { sale } = state.stage;
  const word = words.tell("undone.word");
  const what = words.tell(sale?.cash_fen ? "undone.give_back" : "undone.nothing_to_give");
  return {
    look: "undone", say: [word, what],
    nodes: [verdict("plain", "undo", word, what),
      slip(el("div", { class: "pending" }, el("b", { lang: words.nameLang }, sale?.guest), el("span", { class: "muted num" }, sale?.number ? words.tell("sold.number", { number: sale.number }) : "")),
        sale?.cash_fen ? ask(words.tell("undone.cash"), sale.cash_fen, words) : null),
      next("scan", words.tell(state.stage.waiting ? "undone.kept" : "undone.next"))],
  };
}

const VIEWS = {
  idle, sold, asking, refused, wrong, unreached, undone, finding, reasons, today, queue, reading, blocked,
  checking: waiting, selling: waiting, undoing: waiting,
};

/** The nodes of the stage, its look, and what a screen reader is to say (`alarm`: at once). */
export const stageOf = (at) => VIEWS[at.state.stage.view](at);
