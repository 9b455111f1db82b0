// The carer's day: the list, one visit at a time, and what waits in this phone. Nothing here needs the line.

import { announce } from "../../shell.js";
import { loadStrings, say } from "../../strings.js";
import { alone } from "./alone.js";
import { Face } from "./face.js";
import { Lens } from "./lens.js";
import { Moments } from "./moments.js";
import { chip, clockTime, el, icon, useIcons } from "./parts.js";
import { Queue, isHeld } from "./queue.js";
import { Sender } from "./sender.js";
import { standingOf } from "./standing.js";
import { Store } from "./store.js";
import { showTroubles } from "./trouble.js";

await loadStrings();

const start = JSON.parse(document.getElementById("rounds-start").textContent);
const strips = document.getElementById("strips"), list = document.getElementById("list");
const KEPT_MS = 3 * 24 * 3600 * 1000;
const TICK_MS = 15_000;
const STAY_MS = 5 * 60_000;
const state = { isUp: true, waiting: 0, others: 0, stopped: null };

useIcons(start.assets.icons);
const moments = new Moments();
if (!start.is_kept) moments.sync(Date.parse(start.server_time));

const store = await Store.open().catch(() => null);
if (store) await workAlone();
else showStrips({ dead: say("This browser keeps nothing: leave private mode, or nothing can be written down without a line.") });

/** Begin once no other tab works; a tab whose place was taken starts over, and waits. */
async function workAlone() {
  const trouble = document.getElementById("trouble");
  const wait = (take) => {
    list.hidden = true;
    const here = el("button", { class: "btn btn--primary", type: "button", onclick: take }, say("Go on here"));
    trouble.replaceChildren(el("div", { class: "card stack" }, el("h1", {}, say("Open in another tab")), el("p", {}, say("Today's visits are open in another tab of this phone. Go on there, or here.")), here));
  };
  await alone({ wait, lost: () => location.reload() });
  trouble.replaceChildren();
  await begin();
}

async function begin() {
  const sender = new Sender({ csrf: document.body.dataset.csrf, language: start.language, urls: start.urls, onTime: (at) => moments.sync(at) });
  const queue = new Queue({ store, account: start.account, send: (entry) => sender.send(entry), look: () => sender.look(), on: (event) => hear(event) });
  const lens = new Lens(document.getElementById("lens"), start.assets.zxing);
  const faces = new Map(start.visits.map((visit) => [visit.id, new Face({
    root: document.getElementById(`visit-${visit.id}`), visit, store, moments, lens, queue, act: (entry) => act(queue, entry),
  })]));

  function hear({ type, entries, waiting, reachable, why, entry, problem }) {
    Object.assign(state, { waiting, isUp: type === "tried" ? reachable : state.isUp });
    if (type === "stopped") state.stopped = why;
    if (type === "taken") { state.stopped = null; announce(say("Sent.")); }
    if (type === "refused") announce(problem?.detail ?? say("The server did not take it."));
    if (type !== "tried") showAll(entries);
    if (type === "kept") scrollTo({ top: 0 });
    noteWaiting();
    showStrips();
  }

  function showAll(entries) {
    let done = 0;
    for (const [id, face] of faces) {
      const standing = face.render(entries);
      done += ["finished", "confirmed"].includes(standing.phase) ? 1 : 0;
      list.querySelector(`[data-stop="${id}"] [data-chip]`).replaceChildren(chipOf(standing));
    }
    list.querySelector("[data-count]").textContent = `${done} / ${faces.size}`;
    // Of a visit that is not on this page any more, it stands below the list.
    showTroubles(document.getElementById("refused"), entries.filter(({ state: stands, visit_id: id }) => ["refused", "aside"].includes(stands) && !faces.has(id)), queue);
  }

  await Promise.all([...faces.values()].map((face) => face.restore()));
  state.others = await queue.others();
  const entries = await queue.mine();
  state.waiting = entries.filter(isHeld).length;
  showAll(entries);
  showStrips();
  noteWaiting();
  addEventListener("hashchange", open);
  open();
  addEventListener("online", () => queue.retry());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    queue.wake();
    look(sender); // after a sleep: what time it is, before anybody presses
  });
  setInterval(async () => {
    showAll(await queue.mine());
    if (!state.isUp && !state.waiting) look(sender);
  }, TICK_MS);
  // An hour at a bed is no idleness; the log-in of a phone that lies about ends all the same.
  setInterval(async () => {
    const entries = await queue.mine();
    if (start.visits.some((visit) => standingOf(visit, entries).phase === "started")) sender.stay();
  }, STAY_MS);
  await store.sweep(Date.now() - KEPT_MS).catch(() => {});
  navigator.serviceWorker?.register(start.urls.worker, { scope: start.urls.page, type: "module" }).catch(() => {}); // without it the page needs a line to open
  await queue.start();
  if (start.is_kept) look(sender);
}

/** Tell the floor that something waits here, so that nobody logs out without knowing. */
async function noteWaiting() {
  if (!globalThis.caches) return;
  const cache = await caches.open("state-care");
  if (state.waiting) await cache.put("/care/held", new Response(JSON.stringify({ go: start.urls.page, what: "visits" })));
  else await cache.delete("/care/held");
}

/** Nothing waits, and the last call found nobody: only an answer tells that the line is back. */
async function look(sender) {
  state.isUp = !(await sender.look()).lost;
  showStrips();
}

/** Write down what was done, and say so only when it is on the disk. */
async function act(queue, entry) {
  try {
    await queue.add({ id: crypto.randomUUID(), ...entry });
    announce(say("Written down."));
    return true;
  } catch {
    showStrips({ dead: say("This phone has no room left: nothing was written down. Delete something and press again.") });
    return false;
  }
}

/** One visit, or the list: the address says which, so that a reload comes back to the same place. */
function open() {
  const wanted = document.getElementById(location.hash.slice(1));
  const visit = wanted?.matches("[data-visit]") ? wanted : null;
  for (const section of document.querySelectorAll("[data-visit]")) section.hidden = section !== visit;
  list.hidden = Boolean(visit);
  scrollTo({ top: 0 });
  (visit ?? list).querySelector("h1").focus({ preventScroll: true });
}

function chipOf({ phase, waiting, aside, refused, started_at: at, word }) {
  if (refused.length) return chip("danger", "stop", say("not taken"));
  if (aside.length) return chip("warn", "warn", say("kept in the phone"));
  if (waiting) return chip("offline", "offline", say("kept in the phone"));
  if (phase === "started") return chip("warn", "clock", say("since %(time)s", { time: clockTime(at) }));
  if (phase === "finished") return word ? chip("info", "info", say("done")) : chip("info", "clock", say("done, to confirm"));
  if (phase === "confirmed") return chip("ok", "ok", say("confirmed"));
  if (phase === "missed") return chip("danger", "stop", say("not made"));
  return phase === "cancelled" ? chip("", "stop", say("cancelled")) : chip("", "clock", say("to come"));
}

function showStrips({ dead = null } = {}) {
  const strip = (kind, name, ...children) => el("div", { class: `strip is-${kind}` }, icon(name), ...children);
  const shown = [];
  if (dead) shown.push(strip("danger", "stop", dead));
  if (state.stopped === "signed_out") shown.push(strip("warn", "lock", say("Your log-in has ended. What was done is kept."), el("a", { href: start.urls.log_in, class: "btn" }, say("Log in"))));
  if (state.stopped === "stale_page") shown.push(strip("warn", "sync", say("The page is old. What was done is kept."), el("button", { class: "btn", type: "button", onclick: () => location.reload() }, say("Load again"))));
  if (!state.isUp) shown.push(strip("offline", "offline", say("No line. Everything is kept in the phone.")));
  if (state.waiting) shown.push(strip("offline", "sync", say("%(count)s kept to send", { count: state.waiting })));
  if (state.others) shown.push(strip("info", "info", say("Somebody else's visits wait in this phone. They go when that carer logs in.")));
  strips.replaceChildren(...shown);
}
