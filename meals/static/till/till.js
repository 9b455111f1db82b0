// Joins the parts of the till: keys and touches become events, effects become calls, tones and pictures.

import { Api } from "./api.js";
import { Camera } from "./camera.js";
import { classify } from "./codes.js";
import { start as startState, step } from "./machine.js";
import { Outbox } from "./outbox.js";
import { el, icon, useIcons } from "./parts.js";
import { listen } from "./scan.js";
import { Screen } from "./screen.js";
import { Sender } from "./sender.js";
import { play, unlock } from "./sound.js";
import { Words } from "./words.js";

const HEARTBEAT_MS = 15_000;
const HEARTBEAT_DOWN_MS = 3000;
const REFRESH_MS = 60_000;
const MENU_MS = 300_000;
const SHARED_LOCK = "chongyang-till";

const start = JSON.parse(document.getElementById("till-start").textContent);
const words = new Words({ texts: start.words, language: start.language });
const clockGap = Date.parse(start.server_time) - Date.now();
const now = () => Date.now() + clockGap;
const newId = () => crypto.randomUUID();
const api = new Api({ csrf: document.querySelector("meta[name=csrf-token]").content, language: start.language });
const guests = new BroadcastChannel(start.channel);
useIcons(start.assets.icons);

const screen = new Screen({ document, words, start, now, onGuest: (lines) => guests.postMessage({ kind: "show", ...lines }) });
let state = startState();
let sender = null;
let outbox = null;

function send(event) {
  const [next, effects] = step(state, { id: newId(), now: now(), ...event });
  state = next;
  screen.show(state);
  for (const effect of effects) EFFECTS[effect.do](effect);
}

// ---- effects

const path = (url, id) => url.replace("{id}", encodeURIComponent(id));
const saleOf = ({ card, items }) => ({ card, canteen_id: start.canteen.id, till_id: start.till.id, items });

async function quote({ id, card, items }) {
  const outcome = await api.call("POST", start.urls.quotes, { body: saleOf({ card, items }), key: id });
  noteLink(outcome);
  if (outcome.status === 401) return send({ type: "block", why: "signed_out" });
  if (outcome.lost || outcome.status >= 500 || outcome.status === 429) return send({ type: "unreached", id, why: outcome.lost ? "down" : "busy" });
  if (/^csrf/.test(outcome.problem?.code)) return send({ type: "block", why: "stale_page" });
  return send({ type: "quoted", id, quote: outcome.body, problem: outcome.problem });
}

function entry(kind, { id, ...rest }) {
  return { id, kind, cashier: start.cashier.id, cashier_name: start.cashier.name, made_at: now(), ...rest };
}

async function refresh() {
  const outcome = await api.get(path(start.urls.today, start.till.id));
  noteLink(outcome);
  if (outcome.body) send({ type: "today", today: outcome.body });
}

async function fetchMenu() {
  const outcome = await api.get(path(start.urls.menu, start.canteen.id));
  if (outcome.body) send({ type: "menu", menu: outcome.body });
}

async function search({ query }) {
  const outcome = await api.get(`${path(start.urls.guests, start.till.id)}?query=${encodeURIComponent(query)}`);
  noteLink(outcome);
  if (outcome.body) return send({ type: "found", query, people: outcome.body.items });
  return send({ type: "found", query, message: outcome.problem?.detail || words.say("find.lost") });
}

const EFFECTS = {
  quote, refresh, search,
  later: ({ id, ms }) => setTimeout(() => send({ type: "late", id }), ms),
  sell: ({ id, card, items }) => sender.submit(entry("sale", { id, card, path: start.urls.checkouts, body: saleOf({ card, items }) })),
  undo: ({ id, sale, reason }) => sender.submit(entry("undo", { id, sale, path: path(start.urls.reversal, sale.id), body: { reason } })),
  tone: ({ name }) => play(name),
  wake: () => sender.wake(),
};

// ---- connection

function noteLink(outcome) {
  send({ type: "link", link: outcome.lost ? "down" : "up" });
}

/** navigator.onLine says yes with the server dead: only an answer tells. */
async function heartbeat() {
  const before = state.link;
  noteLink(await api.call("GET", start.urls.health, { within: 2500 }));
  if (before === "down" && state.link === "up") {
    sender?.wake();
    refresh();
    fetchMenu();
  }
  setTimeout(heartbeat, state.link === "up" ? HEARTBEAT_MS : HEARTBEAT_DOWN_MS);
}

// ---- camera

const lens = document.getElementById("lens");
const camera = new Camera({
  video: document.getElementById("lens-video"), files: start.assets.zxing,
  onRead: (text) => readCode({ ...classify(text), count: text.length, ms: 0, how: "camera" }),
  onEnd: (reason) => showLens(reason),
});

function showLens(reason = null) {
  lens.hidden = !camera.isOn && !reason;
  const lamp = document.getElementById("lens-lamp");
  lamp.hidden = !camera.isOn || !camera.hasLamp();
  const note = document.getElementById("lens-note");
  note.replaceChildren(...(reason ? [icon("info"), el("span", {}, words.say(`camera.${reason}`))] : [el("span", {}, words.say("camera.hold"))]));
  document.querySelector("[data-do=camera]").setAttribute("aria-pressed", String(camera.isOn));
}

async function toggleCamera() {
  if (camera.isOn || !lens.hidden) {
    camera.stop();
    return showLens();
  }
  lens.hidden = false;
  try {
    await camera.start();
    return showLens();
  } catch (error) {
    camera.stop();
    return showLens(error.message);
  }
}

let lampOn = false;

// ---- keys, touches, scans

function readCode(scan) {
  unlock();
  send({ type: "scan", card: scan.card, kind: scan.kind, text: scan.text, read: { ...scan, field: undefined, kept: undefined } });
}

function submitTyped(form) {
  const text = form.querySelector("input").value.trim();
  const found = classify(text);
  if (!text) return focusTyped();
  const isCode = found.card || ["wechat", "alipay", "id_number", "misread"].includes(found.kind);
  if (!isCode) return send({ type: "search", query: text });
  form.querySelector("input").value = "";
  return readCode({ ...found, count: found.text.length, ms: 0, suffix: "Enter" });
}

function focusTyped() {
  const field = document.getElementById("typed");
  if (field) return field.focus();
  return send({ type: "open", view: "finding" });
}

const ACTIONS = {
  undo: () => send({ type: "undo" }),
  find: () => send({ type: "open", view: "finding" }),
  collect: () => send({ type: "open", view: "finding", collect: true }),
  today: () => send({ type: "open", view: "today" }),
  reading: () => send({ type: "open", view: "reading" }),
  escape: () => send({ type: "escape" }),
  enter: () => send({ type: "enter" }),
  again: () => send({ type: "enter" }),
  read: () => send({ type: "read" }),
  camera: toggleCamera,
  lamp: () => camera.lamp((lampOn = !lampOn)),
  turn: () => camera.turn().then(() => showLens(), (error) => showLens(error.message)),
  typed: focusTyped,
  dish: ({ dish }) => send({ type: "dish", dish: state.menu.items.find(({ id }) => String(id) === dish).id, by: 0 }),
  count: ({ dish, by }) => send({ type: "dish", dish: state.menu.items.find(({ id }) => String(id) === dish).id, by: Number(by) }),
  person: ({ at }) => send({ type: "person", at: Number(at) }),
  reason: ({ reason }) => send({ type: "reason", reason }),
  sale: ({ sale }) => send({ type: "sale", sale }),
};

const KEYS = {
  F2: "typed", F3: "camera", F4: "undo", F6: "find", F7: "collect", F9: "reading", F10: "today", Escape: "escape",
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do]");
  if (!target || target.disabled) return;
  unlock();
  ACTIONS[target.dataset.do](target.dataset);
});

document.addEventListener("submit", (event) => {
  if (event.target.dataset.form !== "typed") return;
  event.preventDefault();
  submitTyped(event.target);
});

listen(document, { onScan: readCode, onKey: (digit) => send({ type: "digit", digit, reasons: start.reasons }) });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  unlock();
  const isInField = event.target.matches("input, textarea, select");
  const isOnControl = isInField || event.target.matches("button, a, [tabindex='0']");
  const action = KEYS[event.key] || (event.key === "Enter" && !isOnControl ? "enter" : null);
  if (action) {
    event.preventDefault();
    if (isInField && action === "escape") event.target.blur();
    ACTIONS[action]({});
  } else if (!isInField && /^(Numpad(Add|Subtract)|Equal|Minus)$/.test(event.code)) {
    send({ type: "count", by: /Add|Equal/.test(event.code) ? 1 : -1 });
  }
});

guests.onmessage = ({ data }) => {
  if (data.kind === "hello") guests.postMessage({ kind: "show", ...screen.shown.guest });
};
addEventListener("online", () => sender?.wake());

// ---- start

/** Answer first what an earlier page left open; another cashier's entries wait for that cashier. */
async function recover() {
  const entries = await outbox.all();
  const mine = entries.filter((each) => each.cashier === start.cashier.id);
  const foreign = entries.find((each) => each.cashier !== start.cashier.id);
  if (foreign) state = { ...state, foreign: foreign.cashier_name };
  send({ type: "recover", entries: mine });
  sender.resume(mine);
}

/** One window sells at a time: two could send the same sale, and show two different truths. */
function alone() {
  return new Promise((resolve) => {
    const told = setTimeout(() => send({ type: "block", why: "other_window" }), 1000);
    navigator.locks.request(`${SHARED_LOCK}-${start.till.id}`, () => {
      clearTimeout(told);
      send({ type: "unblock" });
      resolve();
      return new Promise(() => {});
    });
  });
}

async function open() {
  screen.show(state);
  screen.tick(now());
  send({ type: "menu", menu: start.menu });
  send({ type: "today", today: start.today });
  await alone();
  try {
    outbox = await Outbox.open(indexedDB);
  } catch {
    return send({ type: "block", why: "storage" });
  }
  sender = new Sender({ api, outbox, on: (event) => (noteTried(event), send(event)) });
  await recover();
  setInterval(() => { screen.tick(now()); send({ type: "tick" }); }, 250);
  setInterval(refresh, REFRESH_MS);
  setInterval(fetchMenu, MENU_MS);
  document.documentElement.dataset.ready = "true";
  return heartbeat();
}

function noteTried(event) {
  if (event.type === "tried") send({ type: "link", link: event.reachable ? "up" : "down" });
  if (event.type === "answered" || event.type === "refused") send({ type: "link", link: "up" });
}

navigator.storage?.persist?.();
open();
