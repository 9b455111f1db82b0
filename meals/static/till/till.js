// Joins the parts of the till: events go into the machine, its effects become calls, tones and pictures.

import { Api } from "./api.js";
import { TillClock } from "./clock.js";
import { classify } from "./codes.js";
import { join } from "./controls.js";
import { Daybook, emptied } from "./daybook.js";
import { findDevice, isGood, putBack } from "./device.js";
import { Lens } from "./lens.js";
import { Line } from "./line.js";
import { start as startState, step } from "./machine.js";
import { News } from "./news.js";
import { keepGoing, openTill } from "./opening.js";
import { useIcons } from "./parts.js";
import { joinReceipts } from "./receipts.js";
import { dayOf } from "./roster.js";
import { Screen } from "./screen.js";
import { Selling } from "./selling.js";
import { joinWorker, keptAt } from "./shell.js";
import { ShiftDesk } from "./shift.js";
import { play, unlock } from "./sound.js";
import { Words } from "./words.js";
import { Writing, newId } from "./writing.js";

const REFRESH_MS = 60_000;
const MENU_MS = 30_000; // so soon is a sold-out dish known here
const TICK_MS = 250;
const UNUSED_MS = 600_000; // a till that nobody uses asks for nothing, so that its session can end
const OTHER_WINDOW_MS = 1000;

const start = JSON.parse(document.getElementById("till-start").textContent);
const words = new Words({ texts: start.words, language: start.language });
const guests = new BroadcastChannel(start.channel);
let state = startState();
let usedAt = 0;

/** What the parts of this page share. Without a `device` this browser sells only while the server answers. */
const till = {
  start, words, send, canAsk, isRevoked, keepAwake, state: () => state, device: deviceOf(), servedAt: Date.parse(start.server_time),
  clock: new TillClock({ storage: localStorage }), book: new Daybook(), store: null, queue: null, keeper: null, decider: null, shell: null,
};
const now = () => till.clock.now();
till.api = new Api({ csrf: document.querySelector("meta[name=csrf-token]").content, language: start.language, onAnswer: keepAwake });
till.line = new Line({ api: till.api, url: start.urls.health, onChange });
till.writing = new Writing({ start, words, clock: till.clock, menu: () => state.menu });
till.selling = new Selling(till);
till.news = new News(till);
till.opened = new Promise((resolve) => { till.isOpen = resolve; });
till.shiftDesk = new ShiftDesk({ document, words, start, api: till.api, now, waiting });
useIcons(start.assets.icons);

const screen = new Screen({ document, words, start, now, onGuest: (lines) => guests.postMessage({ kind: "show", ...lines }) });
const lens = new Lens({
  document, words, files: start.assets.zxing,
  onRead: (text) => read({ ...classify(text), count: text.length, ms: 0, how: "camera" }),
});

/** This browser as a device of this till, if it was enrolled here. */
function deviceOf() {
  const found = findDevice(localStorage);
  return found?.till.id === start.till.id ? found : null;
}

function isRevoked() {
  if (!till.device) return false;
  putBack(localStorage, till.device);
  return !isGood(deviceOf());
}

/** Whether asking the server has any sense: it answers, knows who we are, and lets this device sell. */
function canAsk() {
  return till.line.isUp && state.session === "good" && !isRevoked();
}

/** The shell's clock of idle time starts anew. */
function keepAwake() {
  dispatchEvent(new Event("chongyang:request"));
}

/** How many sales the server does not know of yet, whoever made them. */
async function waiting() {
  return (await till.store.waiting()).length;
}

function send(event) {
  const [next, effects] = step(state, { id: newId(), now: now(), ...event });
  state = next;
  screen.show(state);
  for (const effect of effects) EFFECTS[effect.do](effect);
}

/** Take a code from a scanner, a camera or a keyboard. */
function read({ field: _field, kept: _kept, ...scan }) {
  use();
  document.querySelector("dialog[open]")?.close(); // a question about staying logged in is answered by working
  send({ type: "scan", card: scan.card, kind: scan.kind, text: scan.text, isMended: scan.isMended, read: scan });
}

function use() {
  usedAt = now();
  // Without the server too the first guest of a day buys the dishes of that day.
  if (state.menu && state.menu.on !== dayOf(usedAt) && till.news.isAlone()) till.news.menuOfRoster();
  unlock();
}

const EFFECTS = {
  quote: (what) => till.selling.quote(what),
  sell: (what) => till.selling.sell(what),
  undo: (what) => till.selling.undo(what),
  search: (what) => till.news.search(what),
  refresh: () => till.news.refreshSoon(),
  later: ({ id, ms }) => setTimeout(() => send({ type: "late", id }), ms),
  tone: ({ name }) => play(name),
  wake: () => till.queue.wake(),
  renew: async () => till.shell && till.news.fresh(await till.shell.renew()),
  leave,
  go,
};

/** Before anybody leaves, the server must answer: only it can log somebody out, or bring another page. */
async function leave({ where }) {
  await till.line.look();
  send({ type: "leave", where, isReached: till.line.isUp });
}

/** Everything is sent: nothing is lost by going. */
async function go({ where }) {
  await till.shell?.drop();
  if (where === "log_out") document.getElementById(start.leave_form).requestSubmit();
  else location.assign(start.urls[where]);
}

/** What waits as a file, for the manager to hand in. */
async function save() {
  const { name, text } = await till.queue.exportFile();
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), REFRESH_MS);
}

// ---- connection

function onChange(isUp) {
  send({ type: "link", link: isUp ? "up" : "down" });
  if (till.keeper) till.selling.tellStanding();
  if (isUp) comeBack();
  else if (till.device) till.news.menuOfRoster();
}

/** The server answers again: send what waits, and show what happened meanwhile. */
function comeBack() {
  till.queue?.wake();
  till.keeper?.wake();
  till.shell?.wake?.();
  if (state.session === "stale_page") EFFECTS.renew();
  till.news.refreshSoon();
  till.news.menu();
}

const whenUsed = (work) => () => now() - usedAt < UNUSED_MS && work();

// ---- start

/** Take the time from the page itself when it has just come; a kept page knows none. */
function setClock() {
  const [came] = performance.getEntriesByType("navigation");
  if (keptAt(document) || !came?.responseStart) return;
  till.clock.sync(Date.parse(start.server_time), { sent: came.requestStart, received: came.responseStart });
}

/** One window sells at a time: two could send the same sale, and show two different truths. */
function alone() {
  if (!navigator.locks) return null; // a plain address: nothing to lock with
  return new Promise((resolve) => {
    const told = setTimeout(() => send({ type: "block", why: "other_window" }), OTHER_WINDOW_MS);
    navigator.locks.request(start.channel, () => {
      clearTimeout(told);
      send({ type: "unblock" });
      resolve();
      return new Promise(() => {}); // held until this window closes
    });
  });
}

const isIdle = () => state.stage.view === "idle" && state.basket.fresh && !state.awaited && !document.querySelector("dialog[open]");

async function open() {
  setClock();
  usedAt = now();
  send({ type: "menu", menu: start.menu });
  const isOfToday = dayOf(till.servedAt) === dayOf(now()); // a kept page may be of yesterday
  send({ type: "today", today: isOfToday ? start.today : emptied(start.today) });
  screen.tick(now());
  join({ document, send, read, lens, start, menu: () => state.menu, onUse: use, onSave: save });
  await alone();
  try {
    await openTill(till);
    till.isOpen();
  } catch {
    return send({ type: "block", why: "storage" });
  }
  return goOn();
}

/** From here on it sells. */
function goOn() {
  setInterval(() => { screen.tick(now()); send({ type: "tick" }); }, TICK_MS);
  setInterval(whenUsed(() => till.news.refresh()), REFRESH_MS);
  setInterval(whenUsed(() => till.news.menu()), MENU_MS);
  addEventListener("online", () => { till.queue.wake(); till.line.look(); });
  addEventListener("offline", () => till.line.look());
  till.shiftDesk.startUp().then(() => till.book.all().forEach((entry) => till.shiftDesk.note({ entry, receipt: entry.receipt })));
  till.shell = joinWorker({ document, words, start, till, isIdle, onFresh: (renewal) => till.news.fresh(renewal) });
  if (till.device) keepGoing(till);
  till.selling.tellOwn();
  joinReceipts({ document, words, till, last: () => state.stage.receipt ?? state.today?.recent[0] });
  document.documentElement.dataset.ready = "true";
  return till.line.look();
}

guests.onmessage = ({ data }) => {
  if (data.kind === "hello") guests.postMessage({ kind: "show", ...screen.shown.guest });
};
navigator.storage?.persist?.();
open();
