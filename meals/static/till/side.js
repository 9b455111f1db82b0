// What stands beside the stage: the dishes, the guest's screen, the last sales, and the strips above.

import { banner } from "./banner.js";
import { soldChip } from "./panels.js";
import { button, el, icon } from "./parts.js";
import { yuan } from "./words.js";

const ROWS = 8;

function stepper(item, name, count, words) {
  const by = (step, label, sign) => el("button", { class: "step", type: "button", "data-do": "count", "data-dish": item.id, "data-by": step, "aria-label": words.tell(label, { dish: name.text }) }, sign);
  return el("span", { class: "steps-of" }, count > 1 ? by(-1, "menu.less", "−") : null,
    el("span", { class: "times num", "aria-hidden": "true" }, count > 1 ? `×${count}` : ""), by(1, "menu.more", "+"));
}

function dish(item, at, { words, state }) {
  const count = state.basket.counts[item.id] || 0;
  const name = words.dish(item);
  const label = count > 1 ? el("span", { class: "sr" }, words.tell("menu.count", { count })) : null;
  const contents = item.contents && el("span", { class: "muted small", lang: words.nameLang }, item.contents);
  const out = item.sold_out && el("span", { class: "chip is-warn" }, icon("stop"), words.tell("menu.sold_out"));
  return el("li", { class: "dish", "data-on": count > 0, "data-out": item.sold_out },
    el("button", { class: "dish-pick", type: "button", "data-do": "dish", "data-dish": item.id, "aria-pressed": String(count > 0), disabled: item.sold_out },
      at < 9 ? el("kbd", { "aria-hidden": "true" }, String(at + 1)) : el("span"),
      el("span", {}, el("b", { lang: name.lang }, name.text), label, out || contents), el("span", { class: "num" }, yuan(item.price_fen))),
    count ? stepper(item, name, count, words) : null);
}

export function menu(at) {
  const { words, state } = at;
  const items = state.menu?.items || [];
  const list = el("ul", { class: "dishes", "data-many": items.length > 4 || null }, ...items.map((item, index) => dish(item, index, at)));
  const empty = el("p", { class: "muted" }, words.tell(state.menu ? "menu.none" : "idle.loading"));
  return [el("h2", {}, words.tell("menu.title")), items.length ? list : empty];
}

/** The two lines on the guest's side: an amount and thanks, or a request to wait; never a reason. */
export function guestLines({ words, state }) {
  const { stage } = state;
  const isDown = state.link === "down" && !state.device;
  const isSlow = ["checking", "selling", "undoing"].includes(stage.view) && stage.slow;
  const isTrouble = ["asking", "refused", "wrong", "unreached", "blocked", "undone", "reasons"].includes(stage.view);
  if (isSlow || isTrouble || isDown) return { a: words.tell("guest.wait"), b: words.tell("guest.wait.b") };
  const verdict = stage.view === "sold" ? stage : stage.before?.view === "sold" ? stage.before : null;
  if (!verdict) return { a: words.tell("guest.welcome"), b: words.tell("guest.welcome.b") };
  const cash = `${yuan(verdict.receipt.cash_fen)} ${words.tell("unit.yuan")}`;
  return { a: words.tell("guest.amount", { cash }), b: words.tell("guest.thanks") };
}

export function guest(at) {
  const { a, b } = guestLines(at);
  const { words, start } = at;
  const link = el("a", { class: "guest-open", href: start.urls.guest, target: "chongyang-guest", rel: "opener" }, words.tell("guest.open"));
  return [el("p", { class: "guest-head tiny" }, words.tell("guest.title"), link), el("p", { class: "guest-a" }, a), el("p", { class: "guest-b" }, b)];
}

function sale(each, words) {
  return el("li", {}, el("time", { datetime: each.sold_at }, words.time(each.sold_at)), el("span", { class: "cut" }, el("span", { lang: words.nameLang }, each.guest), words.tell("comma"), each.what),
    el("span", { class: "num" }, yuan(each.cash_fen)), soldChip(each, words));
}

export function recent({ words, state }) {
  const sales = state.today?.recent || [];
  const all = button("today", words.tell("recent.all", { count: state.today?.totals.count ?? 0 }), { look: "more small end" });
  return [el("h2", { id: "recent-h" }, words.tell("recent.title"), " ", all),
    sales.length ? el("ul", { class: "rows" }, ...sales.slice(0, ROWS).map((each) => sale(each, words))) : el("p", { class: "muted small" }, words.tell("recent.none"))];
}

const strip = (state, name, ...content) => el("div", { class: `strip is-${state}` }, icon(name), ...content);

/** By how much a booked sale is another than the one that was shown: "points -6.00, not paid 6.00". */
function difference(differs, words) {
  const signed = (fen) => `${fen > 0 ? "+" : ""}${yuan(fen)}`;
  return Object.entries(differs).filter(([, fen]) => fen).map(([name, fen]) => `${words.tell(`differs.${name}`)} ${signed(fen)}`).join(words.tell("comma"));
}

/** What came of a sale while the screen was about another. */
function lateStrip({ entry, receipt, problem, differs }, words) {
  const when = words.time(entry.made_at);
  if (differs) return strip("warn", "warn", el("span", {}, words.tell("late.differs", { time: when, name: entry.guest?.name ?? "", what: difference(differs, words) })));
  if (problem) return strip("warn", "warn", el("span", {}, words.tell("late.refused", { time: when })), problem.detail || "");
  const key = entry.kind === "undo" ? "late.undone" : "late.sold";
  const cash = receipt.cash_fen === undefined ? "" : yuan(receipt.cash_fen);
  return strip("ok", "ok", el("span", {}, words.tell(key, { time: when, name: receipt.guest?.name ?? entry.sale?.guest ?? "", cash })));
}

/** What a till that only the server lets sell says above its stage. */
function bare({ words, state }) {
  const isWaitedFor = ["selling", "undoing"].includes(state.stage.view);
  const others = state.awaited - (isWaitedFor ? 1 : 0);
  return [
    state.link === "down" ? strip("offline", "offline", el("span", {}, words.tell("strip.down"))) : null,
    others > 0 ? strip("info", "clock", el("span", {}, words.tell("strip.awaited", { count: others }))) : null,
  ].filter(Boolean);
}

export function strips(at) {
  const { words, state } = at;
  const all = state.device ? banner(at) : bare(at);
  if (state.foreign) all.push(strip("warn", "person", el("span", {}, words.tell("strip.foreign", { name: state.foreign }))));
  all.push(...state.late.map((each) => lateStrip(each, words)));
  if (state.late.length) all.at(-1).append(button("read", words.tell("strip.read"), { key: state.stage.view === "idle" ? "Esc" : null, look: "strip-btn end" }));
  if (state.notice) all.push(strip("warn", "warn", el("span", {}, words.tell(state.notice))));
  return all;
}

/** The state of the connection, in the bar. */
export function linkState({ words, state }) {
  const isDown = state.link === "down";
  const name = isDown ? "offline" : state.awaited ? "clock" : "check";
  const waiting = state.device ? "link.waiting" : "link.awaited";
  const key = isDown ? (state.device && state.awaited ? "link.offline" : "link.down") : state.awaited ? waiting : "link.up";
  return [icon(name), el("span", {}, words.tell(key, { count: state.awaited }))];
}
