/* The alert desk. Without JavaScript the page loads itself anew every half minute; with it, it hears at once, rings,
   and says loudly when it hears nothing. */
import { announce } from "../shell.js";
import { loadStrings, say } from "../strings.js";
import { Feed } from "./desk_feed.js";
import { List } from "./desk_list.js";
import { Sound } from "./desk_sound.js";

const page = document.body, desk = document.querySelector("[data-desk]");
const part = name => document.querySelector(`[data-part=${name}]`);
const AGAIN_MS = 900, KPI_SECONDS = 60;

const ticker = new Worker(new URL("desk_ticker.js", import.meta.url), { type: "module" });
const list = new List(part("queue"));
const sound = new Sound();
let aheadMs = 0, silent = [], isFetching = false, isWanted = false, waiting = 0, seconds = 0;

/* What time it is at the server. */
const serverNow = () => Date.now() + aheadMs;

/* One list at a time: what changes meanwhile is in the next one. */
async function refresh() {
  if (isFetching) { isWanted = true; return; }
  isFetching = true;
  isWanted = false;
  try {
    const open = document.querySelector("[data-case]")?.dataset.case ?? "";
    const answer = await fetch(`${desk.dataset.list}?open=${open}`, { cache: "no-store", headers: { "X-Desk": "list" }, signal: AbortSignal.timeout(8000) });
    if (answer.redirected) { location.reload(); return; }
    if (answer.ok) { list.take(await answer.text()); setClock(answer.headers); tellNews(); show(); await lookAtCase(open); }
    else isWanted = true;
  } catch {
    isWanted = true; // tried again with the next tick; the strip says how long it has been
  }
  setTimeout(() => { isFetching = false; if (isWanted) refresh(); }, AGAIN_MS);
}

/* The story goes on by itself; the steps stay as they are under the finger, with a bar to press. */
async function lookAtCase(id) {
  const open = document.querySelector("[data-case]");
  if (!open || open.dataset.case !== id || !list.facts.openMark || list.facts.openMark === open.dataset.mark) return;
  part("stale").hidden = false;
  if (open.dataset.seen === list.facts.openMark) return;
  open.dataset.seen = list.facts.openMark;
  const answer = await fetch(part("stale").href, { cache: "no-store", headers: { "HX-Target": "work" } });
  const story = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part=story]");
  if (story && document.contains(open)) part("story").replaceWith(story);
}

/* The list is the same for many desks; what differs comes beside it. */
function setClock(headers) {
  if (headers) [list.facts.now, list.facts.openMark] = [headers.get("X-Desk-Now"), headers.get("X-Desk-Open")];
  aheadMs = Number(list.facts.now) - Date.now();
}

/* Only what nobody has picked up yet is said to screen readers, once each time it becomes more. */
function tellNews() {
  const now = Number(list.facts.waiting);
  if (now > waiting) part("said").textContent = list.facts.said;
  waiting = now;
}

function writeAge(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000)), two = number => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  if (hours >= 48) return say("%(days)s d", { days: Math.floor(hours / 24) });
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

function show() {
  const now = serverNow(), count = Number(list.facts.waiting);
  for (const age of document.querySelectorAll("[data-since]")) age.textContent = writeAge(now - Number(age.dataset.since));
  for (const due of document.querySelectorAll("[data-due]")) {
    const left = Number(due.dataset.due) - now;
    due.textContent = left > 0 ? say("in %(time)s", { time: writeAge(left) }) : say("now");
  }
  document.title = document.title.replace(/^(\(\d+\) )?/, count ? `(${count}) ` : "");
  document.querySelector("link[rel=icon]").href = count ? desk.dataset.alarmIcon : desk.dataset.icon;
  showFeed();
}

function showFeed() {
  const isDead = feed.isDead, seconds = Math.round(feed.silentMs / 1000), isMute = desk.hasAttribute("data-on-shift") && !sound.isHeard;
  part("feed-ok").hidden = isDead;
  part("feed-dead").hidden = !isDead;
  part("feed-age").textContent = say("%(seconds)s s ago", { seconds });
  part("strip").hidden = !isDead && !isMute && !silent.length;
  part("strip-dead").hidden = !isDead;
  if (isDead) part("strip-seconds").textContent = say("The feed has been lost for %(seconds)s s. Alerts may be missing here", { seconds });
  part("strip-silent").hidden = isDead || !silent.length;
  part("strip-silent").textContent = silent.length ? say("Not working now: %(parts)s. Alerts may come late", { parts: silent.map(name => desk.dataset[`part${name}`] ?? name).join(say(", ")) }) : "";
  part("unmute").hidden = !isMute;
  part("strip-mute").hidden = !isMute || isDead || Boolean(silent.length);
  part("sound-on").hidden = !sound.isHeard;
  page.dataset.ringing = ringing(isDead);
}

function ringing(isDead) {
  if (isDead) return "dead";
  return list.facts.ring || (silent.length ? "2" : "");
}

function tick() {
  show();
  sound.tick(page.dataset.ringing);
  if (isWanted && !isFetching) refresh();
  seconds += 1;
  if (seconds % KPI_SECONDS === 0 && !feed.isDead) refreshKpis();
}

async function refreshKpis() {
  const answer = await fetch(desk.dataset.kpis, { cache: "no-store" }).catch(() => null);
  const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part=kpis]");
  if (fresh) part("kpis").replaceWith(fresh);
}

/* The screen stays on during the shift. */
async function stayAwake() {
  try {
    if (!document.hidden) await navigator.wakeLock?.request("screen");
  } catch {
    // The browser does not allow it; the desk's own settings keep the screen on then.
  }
}

async function turnOn() {
  if (!await sound.start()) { announce(say("This browser plays no sound. Look at its settings, then press again.")); return false; }
  stayAwake();
  show();
  return true;
}

/* The shift begins with a test: whoever starts it says whether it was heard. */
function startShift(form) {
  const ask = part("heard"), start = part("start");
  start.addEventListener("click", async () => {
    start.disabled = true;
    await turnOn();
    if (sound.isOn) await sound.test();
    start.disabled = false;
    ask.hidden = false;
    ask.querySelector("button").focus();
  });
  start.type = "button";
  part("again").addEventListener("click", () => start.click());
}

/* Actions go by htmx; the list hears of them at once, and the session does not end while somebody watches. */
addEventListener("htmx:afterRequest", () => { refresh(); });
addEventListener("htmx:afterSwap", () => {
  list.mark();
  show();
  if (matchMedia("(max-width: 50rem)").matches) document.getElementById("case-h")?.scrollIntoView();
});
document.addEventListener("visibilitychange", () => { stayAwake(); if (!document.hidden) refresh(); });
part("unmute").addEventListener("click", turnOn);

/* Alerts open beside the list, without leaving the page: a page that is left is mute until the next press. */
document.addEventListener("click", event => {
  const link = event.target.closest("a[data-alert]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !globalThis.htmx) return;
  event.preventDefault();
  htmx.ajax("GET", link.href, { target: "#work", swap: "innerHTML" });
  history.replaceState(null, "", link.href);
});

/* What is wrong stands in a dialog that closed with the page: its link opens it again. */
document.addEventListener("click", event => {
  const wrong = event.target.closest(".errors a");
  const field = wrong && document.getElementById(wrong.hash.slice(1));
  field?.closest("details.confirm")?.querySelector("summary").click();
  field?.focus();
});

const feed = new Feed({
  live: desk.dataset.live,
  news: desk.dataset.news,
  ticker,
  heard(news, isChange) {
    silent = news.silent;
    dispatchEvent(new Event("chongyang:request"));
    if (isChange) refresh();
    show();
  },
  out() { location.reload(); },
});

await loadStrings().catch(() => {});
setClock();
waiting = Number(list.facts.waiting);
if (part("start")) startShift(part("start").form);
ticker.addEventListener("message", ({ data }) => { if (data.kind === "tick") tick(); });
list.take(`<body>${part("queue").innerHTML}</body>`);
show();
