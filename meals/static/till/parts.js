// The pieces that screens are made of: elements, icons, money, the bar of payers.

import { inFours, yuan } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
let sprite = "";

/** Where the icons are served from. */
export function useIcons(path) {
  sprite = path;
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const el = (tag, props = {}, ...children) => fill(document.createElement(tag), props, children);
export const svg = (tag, props = {}, ...children) => fill(document.createElementNS(SVG, tag), props, children);

export const icon = (name) => svg("svg", { class: "i", "aria-hidden": "true" }, svg("use", { href: `${sprite}#${name}` }));

export const chip = (state, name, word) => el("span", { class: state ? `chip is-${state}` : "chip" }, icon(name), word);

/** Yuan large, decimals and unit small. */
export function money(fen, words, { answer = false } = {}) {
  const [whole, decimals] = yuan(fen).split(".");
  const unit = el("span", { class: "unit" }, ` ${words.tell("unit.yuan")}`);
  return el("span", { class: answer ? "money answer" : "money" }, whole, el("small", {}, `.${decimals}`), unit);
}

/** A button that does something; its key is written on it. */
export function button(action, label, { key = null, look = "btn", data = {}, ...props } = {}) {
  const set = Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value]));
  return el("button", { class: look, type: "button", "data-do": action, ...set, ...props }, label, key && " ", key && el("kbd", {}, key));
}

const ORDER = ["city", "district", "street", "community", "charity", "concession"];
const GAP = 0.35; // per cent of the bar, between two payers

/** Who pays how much, in the order that never changes; nobody who pays nothing. */
export function payers(receipt) {
  const paid = ORDER.map((kind) => ({
    kind, fen: receipt.shares.filter((share) => share.kind === kind).reduce((sum, share) => sum + share.amount_fen, 0),
  }));
  paid.push({ kind: "points", fen: receipt.points_fen }, { kind: "self", fen: receipt.cash_fen });
  return paid.filter(({ fen }) => fen > 0);
}

export function split(receipt, words) {
  const paid = payers(receipt);
  let start = 0;
  const bars = paid.map(({ kind, fen }) => {
    const part = (fen * 100) / receipt.price_fen;
    const bar = svg("rect", { class: `pay-${kind}`, x: `${start.toFixed(2)}%`, width: `${Math.max(part - GAP, 0.2).toFixed(2)}%`, height: "100%" });
    start += part;
    return bar;
  });
  const legend = paid.map(({ kind, fen }) => el("li", { class: `pay-${kind}` }, `${words.tell(`payer.${kind}`)} ${yuan(fen)}`));
  return el("div", { class: "split" }, svg("svg", { "aria-hidden": "true" }, ...bars), el("ul", { class: "legend" }, ...legend));
}

/** Who stands there: masked name, age, tier, the end of the card's number. */
export function who(guest, words) {
  if (!guest) return null;
  const tier = words.pick(guest.tier);
  const card = guest.card_tail && [words.tell("guest.card"), " ", el("span", { class: "num" }, inFours(guest.card_tail))];
  const comma = tier && card ? words.tell("comma") : null;
  const age = guest.age === null || guest.age === undefined ? null : words.tell("guest.age", { age: guest.age });
  return el("div", { class: "who" },
    el("span", { class: "face" }, icon("person")),
    el("div", {},
      el("b", { class: "who-name", lang: words.nameLang }, guest.name), " ", el("span", { class: "muted num" }, age),
      el("br"), el("span", { class: "muted small" }, tier, comma, card)));
}

/** The one number of the screen, with what it is. */
export const ask = (label, fen, words) =>
  el("div", { class: "ask" }, el("span", {}, label), money(fen, words, { answer: true }));

/** The coloured head of a verdict: icon, word, and what to do now. */
export function verdict(state, name, word, what, extra) {
  return el("div", { class: `verdict is-${state}` }, icon(name),
    el("div", {}, el("h2", { class: "word", "data-long": word.length > 9 || null }, word), el("p", {}, what)), extra);
}

/** The line at the foot of the stage: what to do next, and what else can be done. */
export const next = (name, text, ...more) => el("div", { class: "next" }, icon(name), el("p", { class: "next-text" }, text), ...more);
