// The screens about one sale: each is a verdict that fills the stage, who, how much, and what to do next.

import { idle } from "./idle.js";
import { behind, noSubsidy } from "./decision.js";
import { blocked, finding, reading, reasons, today } from "./panels.js";
import { ask, button, el, icon, next, split, verdict, who } from "./parts.js";
import { inFours, yuan } from "./words.js";

const choices = (...buttons) => el("div", { class: "choices", "data-count": buttons.filter(Boolean).length }, ...buttons);
const slip = (...content) => el("div", { class: "slip" }, ...content);
const big = (action, label, key, look = "btn btn--big") => button(action, label, { key, look });
const primary = "btn btn--primary btn--big";

/** What was bought, by the names on the menu, or how many meals when the menu has changed. */
function bought(items, { words, state }) {
  const known = (items || []).map(({ dish_id: id, count }) => ({ item: state.menu?.items.find((each) => each.id === id), count }));
  if (!known.length || known.some(({ item }) => !item)) return [words.say("sold.meal")];
  return known.flatMap(({ item, count }, at) => {
    const name = words.dish(item);
    return [el("span", { lang: name.lang }, name.text), count > 1 ? ` ×${count}` : "", at < known.length - 1 ? words.say("list.comma") : ""];
  });
}

function why(receipt, items, at, because = behind(receipt, at.words)) {
  const { words } = at;
  const price = el("b", { class: "num" }, `${yuan(receipt.price_fen)} ${words.say("unit.yuan")}`);
  const left = el("b", { class: "num" }, `${yuan(receipt.balance_fen ?? 0)} ${words.say("unit.yuan")}`);
  return el("div", { class: "why" },
    el("p", { class: "spread" },
      el("span", {}, ...words.compose("sold.price", { what: el("span", {}, ...bought(items, at)), price })),
      receipt.balance_fen === undefined ? null : el("span", { class: "muted" }, ...words.compose("sold.left", { left }))),
    split(receipt, words),
    because.length ? el("p", { class: "because muted" }, because.join(words.say("comma"))) : null);
}

function sold(at) {
  const { words, state, now } = at;
  const { receipt, recovered, undoUntil } = state.stage;
  const undo = el("button", { class: "undo", type: "button", "data-do": "undo" }, icon("undo"), words.say("undo.do"), " ", el("kbd", {}, "F4"),
    el("small", { "data-countdown": undoUntil }, countdown(undoUntil - now(), words)));
  const word = words.say(recovered ? "sold.recovered" : "sold.word");
  const what = receipt.cash_fen ? "sold.take" : "sold.nothing_to_take";
  const unaided = receipt.subsidised ? null : words.say("sold.unaided");
  return {
    look: "sold",
    say: [word, receipt.guest?.name, `${words.say("sold.cash")} ${yuan(receipt.cash_fen)} ${words.say("unit.yuan")}`, unaided],
    nodes: [
      verdict("ok", "ok", word, [words.say(what), unaided].filter(Boolean).join(words.say("stop")), undo),
      slip(who(receipt.guest, words), ask(words.say("sold.cash"), receipt.cash_fen, words), why(receipt, (receipt.items || []).map(({ id, count }) => ({ dish_id: id, count })), at)),
      next("scan", words.say("next.scan"), el("span", { class: "end muted num" }, words.say("sold.number", { number: receipt.number }))),
    ],
  };
}

/** How long the undo button still needs no reason. */
export function countdown(ms, words) {
  return ms > 0 ? words.say("undo.seconds", { seconds: Math.ceil(ms / 1000) }) : words.say("undo.with_reason");
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
      slip(who(quote.guest, words), ask(words.say(label), quote.cash_fen, words), quote.points_fen ? why(quote, items, at, []) : null,
        choices(big("enter", words.say("ask.sell"), words.say("key.enter"), primary), big("collect", words.say("key.collect"), "F7"), big("escape", words.say("ask.leave"), "Esc"))),
      next("info", advice),
    ],
  };
}

/** The first sentence among what is wrong by field, at any depth. */
function firstOf(errors) {
  if (typeof errors === "string") return errors;
  return errors ? Object.values(errors).map(firstOf).find(Boolean) : null;
}

function refused(at) {
  const { words, state } = at;
  const { problem, about, card } = state.stage;
  const kind = about === "undo" ? "undo" : problem.code;
  const word = words.sayFirst([`refused.${kind}.word`, "refused.other.word"]);
  const what = firstOf(problem.errors) || problem.detail || words.sayFirst([`refused.${kind}.what`, "refused.other.what"]);
  const isMild = kind === "card_unknown" || kind === "no_menu";
  const canFind = about !== "undo" && kind !== "no_menu" && kind !== "canteen_closed";
  const number = !problem.guest && card ? el("p", { class: "card-read num" }, inFours(card)) : null;
  return {
    look: "refused", alarm: true, say: [word, what],
    nodes: [
      verdict(isMild ? "warn" : "danger", isMild ? "warn" : "stop", word, what),
      slip(who(problem.guest, words) ?? number,
        choices(canFind ? big("find", words.sayFirst([`refused.${kind}.find`, "refused.other.find"]), "F6", primary) : null,
          big("escape", words.say(about === "undo" ? "back" : "ask.leave"), "Esc", canFind ? undefined : primary))),
      next("info", words.sayFirst([`refused.${kind}.next`, "refused.other.next"])),
    ],
  };
}

function wrong({ words, state }) {
  const { kind, count } = state.stage;
  const word = words.say(`wrong.${kind}.word`);
  const what = words.say(`wrong.${kind}.what`, { count });
  return {
    look: "wrong", alarm: true, say: [word, what],
    nodes: [verdict("warn", "warn", word, what),
      slip(choices(big("find", words.say("key.find"), "F6"), big("reading", words.say("key.reading"), "F9"), big("escape", words.say("back"), "Esc"))),
      next("scan", words.say("wrong.next"))],
  };
}

function unreached({ words, state }) {
  const why = state.stage.why === "busy" ? "busy" : "down";
  const word = words.say(`unreached.${why}.word`);
  return {
    look: "unreached", alarm: true, say: [word, words.say(`unreached.${why}.what`)],
    nodes: [verdict("danger", "offline", word, words.say(`unreached.${why}.what`)),
      slip(choices(big("enter", words.say("unreached.retry"), words.say("key.enter"), primary), big("escape", words.say("ask.leave"), "Esc"))),
      next("info", words.say("unreached.next"))],
  };
}

/** Something is on its way and takes longer than a moment. */
function waiting(at) {
  const { words, state } = at;
  const { view, recovered, reachable, tries, card, items } = state.stage;
  const kind = recovered ? "recovered" : view;
  const isDown = tries && !reachable;
  const word = words.say(isDown ? "waiting.down.word" : `waiting.${view}.word`);
  const what = words.say(isDown ? "waiting.down.what" : `waiting.${kind}.what`);
  const canLeave = view === "checking" || reachable;
  return {
    look: "waiting", say: [word, what],
    nodes: [verdict(isDown ? "offline" : "info", isDown ? "offline" : "clock", word, what),
      slip(el("div", { class: "pending" },
        el("b", {}, ...(view === "undoing" ? [words.say("undo.do")] : bought(items, at))),
        card ? el("span", { class: "muted num" }, `${words.say("guest.card")} ${inFours(card.slice(-8))}`) : null),
      choices(view === "checking" ? null : big("enter", words.say("waiting.again"), words.say("key.enter"), primary),
        canLeave ? big("escape", words.say(view === "checking" ? "ask.leave" : "waiting.leave"), "Esc") : null)),
      next("info", words.say(view === "checking" ? "waiting.checking.next" : "waiting.next"))],
  };
}

function undone({ words, state }) {
  const { sale } = state.stage;
  const word = words.say("undone.word");
  const what = words.say(sale?.cash_fen ? "undone.give_back" : "undone.nothing_to_give");
  return {
    look: "undone", say: [word, what],
    nodes: [verdict("plain", "undo", word, what),
      slip(el("div", { class: "pending" }, el("b", { lang: words.nameLang }, sale?.guest), el("span", { class: "muted num" }, sale?.number ? words.say("sold.number", { number: sale.number }) : "")),
        sale?.cash_fen ? ask(words.say("undone.cash"), sale.cash_fen, words) : null),
      next("scan", words.say("undone.next"))],
  };
}

const VIEWS = {
  idle, sold, asking, refused, wrong, unreached, undone, finding, reasons, today, reading, blocked,
  checking: waiting, selling: waiting, undoing: waiting,
};

/** The nodes of the stage, its look, and what a screen reader is to say (`alarm`: at once). */
export const stageOf = (at) => VIEWS[at.state.stage.view](at);
