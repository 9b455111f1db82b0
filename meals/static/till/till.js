// Joins the parts of the till: events go into the machine, its effects become calls, tones and pictures.

import { Api } from "./api.js";
import { classify } from "./codes.js";
import { join } from "./controls.js";
import { TELL_MS, findDevice, standingOf, stateOf, tellState } from "./device.js";
import { Lens } from "./lens.js";
import { start as startState, step } from "./machine.js";
import { Outbox } from "./outbox.js";
import { useIcons } from "./parts.js";
import { joinReceipts } from "./receipts.js";
import { Screen } from "./screen.js";
import { Sender } from "./sender.js";
import { joinWorker, keptAt } from "./shell.js";
import { ShiftDesk } from "./shift.js";
import { play, unlock } from "./sound.js";
import { Words } from "./words.js";

const HEARTBEAT_MS = 15_000;
const HEARTBEAT_DOWN_MS = 3000;
const HEARTBEAT_WITHIN_MS = 2500;
const REFRESH_MS = 60_000;
const MENU_MS = 30_000; // so soon is a sold-out dish known here
const TICK_MS = 250;
const UNUSED_MS = 600_000; // a till that nobody uses asks for nothing, so that its session can end
const OTHER_WINDOW_MS = 1000;

const start = JSON.parse(document.getElementById("till-start").textContent);
const words = new Words({ texts: start.words, language: start.language });
const clockGap = Date.parse(start.server_time) - (keptAt(document) ?? Date.now());
const now = () => Date.now() + clockGap;
const guests = new BroadcastChannel(start.channel);
const api = new Api({
  csrf: document.querySelector("meta[name=csrf-token]").content, language: start.language,
  onAnswer: () => dispatchEvent(new Event("chongyang:request")), // the shell's clock of idle time starts anew
});
useIcons(start.assets.icons);

const screen = new Screen({ document, words, start, now, onGuest: (lines) => guests.postMessage({ kind: "show", ...lines }) });
const lens = new Lens({
  document, words, files: start.assets.zxing,
  onRead: (text) => read({ ...classify(text), count: text.length, ms: 0, how: "camera" }),
});
const shiftDesk = new ShiftDesk({ document, words, start, api, now, waiting: async () => (await sender.outbox.all()).length });
let state = startState();
let sender = null;
let usedAt = now();
let beat = 0;

/** A UUID; browsers make one themselves only on secure addresses, but a till may stand on a plain one. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
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
  unlock();
}

// ---- effects

const bill = ({ card, items }) => ({ card, canteen_id: start.canteen.id, till_id: start.till.id, items });

function entry(kind, { id, ...rest }) {
  return { id, kind, cashier: start.cashier.id, cashier_name: start.cashier.name, made_at: now(), ...rest };
}

async function quote({ id, card, items }) {
  const outcome = await api.call("POST", start.urls.quotes, { body: bill({ card, items }) });
  noteLink(outcome);
  if (outcome.status === 401) return send({ type: "block", why: "signed_out" });
  if (/^csrf/.test(outcome.problem?.code)) return send({ type: "block", why: "stale_page" });
  const isUnanswered = outcome.lost || outcome.status >= 500 || outcome.status === 429;
  if (isUnanswered) return send({ type: "unreached", id, why: outcome.lost ? "down" : "busy" });
  return send({ type: "quoted", id, quote: outcome.body, problem: outcome.problem });
}

async function refresh() {
  const outcome = await api.get(start.urls.today);
  noteLink(outcome);
  if (outcome.status === 401) return send({ type: "block", why: "signed_out" });
  if (outcome.body) send({ type: "today", today: outcome.body });
  return null;
}

async function fetchMenu() {
  const outcome = await api.get(start.urls.menu);
  if (outcome.body) send({ type: "menu", menu: outcome.body });
}

async function search({ query }) {
  const outcome = await api.get(`${start.urls.guests}?query=${encodeURIComponent(query)}`);
  noteLink(outcome);
  if (outcome.body) return send({ type: "found", query, people: outcome.body.items });
  const { problem } = outcome;
  return send({ type: "found", query, message: problem?.errors?.query?.[0] || problem?.detail || words.tell("find.lost") });
}

const EFFECTS = {
  quote, refresh, search,
  later: ({ id, ms }) => setTimeout(() => send({ type: "late", id }), ms),
  sell: ({ id, card, items }) => sender.submit(entry("sale", { id, card, path: start.urls.checkouts, body: bill({ card, items }) })),
  undo: ({ id, sale, reason }) => sender.submit(entry("undo", {
    id, sale, path: start.urls.reversal.replace("{id}", sale.id), body: { reason: words.tell(`reason.${reason}`) },
  })),
  tone: ({ name }) => play(name),
  wake: () => sender.wake(),
};

// ---- connection

function noteLink(outcome) {
  const before = state.link;
  send({ type: "link", link: outcome.lost ? "down" : "up" });
  if (before === state.link) return;
  beatIn(state.link === "up" ? HEARTBEAT_MS : HEARTBEAT_DOWN_MS);
  if (state.link === "up") comeBack();
}

/** The server answers again: send what waits, and show what happened meanwhile. */
function comeBack() {
  sender?.wake();
  refresh();
  fetchMenu();
}

/** What the sender says also tells whether the server can be reached. */
function onSent(event) {
  noteLink({ lost: event.type === "tried" && !event.reachable });
  shiftDesk.note(event);
  send(event);
}

function beatIn(ms) {
  clearTimeout(beat);
  beat = setTimeout(heartbeat, ms);
}

/** navigator.onLine says yes with the server dead: only an answer tells. */
async function heartbeat() {
  noteLink(await api.call("GET", start.urls.health, { within: HEARTBEAT_WITHIN_MS }));
  beatIn(state.link === "up" ? HEARTBEAT_MS : HEARTBEAT_DOWN_MS);
}

const whenUsed = (work) => () => now() - usedAt < UNUSED_MS && work();

// ---- start

/** Answer first what an earlier page left open; another cashier's entries wait for that cashier. */
async function recover(outbox) {
  const entries = await outbox.all();
  const mine = entries.filter((each) => each.cashier === start.cashier.id);
  const foreign = entries.find((each) => each.cashier !== start.cashier.id);
  if (foreign) send({ type: "foreign", name: foreign.cashier_name });
  send({ type: "recover", entries: mine });
  sender.resume(mine);
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

function every(ms, work) {
  setInterval(work, ms);
}

/** An enrolled device says each minute how it stands, so that its manager sees it. */
function report() {
  const device = findDevice(localStorage);
  if (device?.till.id !== start.till.id) return;
  const tell = async () => {
    const [entries, isPersistent] = [await sender.outbox.all(), (await navigator.storage?.persisted?.()) ?? null];
    await tellState(device, stateOf({ standing: standingOf(entries), gapMs: clockGap, isPersistent }), { url: start.urls.device, storage: localStorage });
  };
  tell();
  every(TELL_MS, tell);
}

const waiting = async () => standingOf(sender ? await sender.outbox.all() : []);
const isIdle = () => state.stage.view === "idle" && state.basket.fresh && !state.awaited && !document.querySelector("dialog[open]");

/** A page that was kept has the form token of then; the server's page of now brings a good one. */
function freshen({ csrf, signedOut }) {
  if (csrf) api.csrf = csrf;
  if (signedOut) send({ type: "block", why: "signed_out" });
}

async function open() {
  send({ type: "menu", menu: start.menu });
  send({ type: "today", today: start.today });
  screen.tick(now());
  join({ document, send, read, lens, start, menu: () => state.menu, onUse: use });
  joinWorker({ document, words, start, till: { store: { standing: waiting } }, isIdle, onFresh: freshen });
  await alone();
  try {
    const outbox = await Outbox.open(indexedDB);
    sender = new Sender({ api, outbox, on: onSent });
    await recover(outbox);
  } catch {
    return send({ type: "block", why: "storage" });
  }
  every(TICK_MS, () => { screen.tick(now()); send({ type: "tick" }); });
  every(REFRESH_MS, whenUsed(refresh));
  every(MENU_MS, whenUsed(fetchMenu));
  addEventListener("online", () => sender.wake());
  shiftDesk.startUp();
  report();
  joinReceipts({ document, words, start, api, last: () => state.stage.receipt?.id ?? state.today?.recent[0]?.id });
  document.documentElement.dataset.ready = "true";
  return heartbeat();
}

guests.onmessage = ({ data }) => {
  if (data.kind === "hello") guests.postMessage({ kind: "show", ...screen.shown.guest });
};
navigator.storage?.persist?.();
open();
