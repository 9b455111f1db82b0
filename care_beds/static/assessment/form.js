/* The form of an assessment: each answer is kept as it is given, on this tablet first; one part a screen. */
import { announce } from "../../shell.js";
import { loadStrings, say } from "../../strings.js";
import { Keeper, deviceOf, sender } from "./keeping.js";

const main = document.querySelector("[data-assessment]");
const items = [...main.querySelectorAll(".item")];
const byKey = new Map(items.map(item => [item.dataset.key, item]));
const sections = [...main.querySelectorAll(".part")];
await loadStrings();

const keeper = new Keeper({
  storage: localStorage,
  id: `${main.dataset.assessment}-${main.dataset.account}`, // another person's answers stay their own
  revisions: Object.fromEntries(items.map(item => [item.dataset.key, Number(item.dataset.revision)])),
  send: sender({ address: main.dataset.save, device: deviceOf(localStorage), csrf: document.body.dataset.csrf }),
  changed: show,
});

const chosen = item => item.querySelector("input:checked");
const answerOf = key => { const input = chosen(byKey.get(key)); return input ? Number(input.value) : null; };

function choose(key, value) {
  const item = byKey.get(key);
  if (!item) return;
  const inputs = [...item.querySelectorAll("input")];
  const most = Math.max(...inputs.map(input => Number(input.value))); // more than the last choice is the last choice
  for (const input of inputs) input.checked = value !== null && Number(input.value) === Math.min(value, most);
}

/* What was pressed while this script was still on its way counts like any other press, and more than what waited. */
const early = items.filter(item => chosen(item) && !chosen(item).defaultChecked).map(item => item.dataset.key);

/* What was kept since this page was made, and what waits from before a reload, stands again before anything is sent. */
for (const [key, [value]] of Object.entries(keeper.given)) if (!early.includes(key)) choose(key, value);
for (const [key, value] of Object.entries(keeper.waiting)) if (!early.includes(key)) choose(key, value);
for (const [key, { value }] of Object.entries(keeper.crossed)) if (!early.includes(key)) choose(key, value);

main.addEventListener("change", event => {
  const item = event.target.closest(".item");
  if (!item) return;
  keeper.put(item.dataset.key, Number(event.target.value));
  dispatchEvent(new Event("chongyang:request"));
});

main.querySelector("[data-none]")?.addEventListener("click", event => {
  for (const item of event.target.closest(".risks").querySelectorAll(".item")) {
    if (answerOf(item.dataset.key) === 0) continue;
    choose(item.dataset.key, 0);
    keeper.put(item.dataset.key, 0);
  }
});

/* Finishing needs the line, and everything sent; who waits for that on this part need not press again. */
const finish = main.querySelector("[data-finish]");
let wants = false;
const allSent = () => keeper.state === "kept" && !keeper.count && !Object.keys(keeper.crossed).length;

finish.addEventListener("submit", event => {
  wants = !allSent();
  if (!wants) return;
  event.preventDefault();
  event.stopPropagation(); // the shell counts a form as sent
  keeper.flush();
  announce(Object.keys(keeper.crossed).length ? say("Decide first where two tablets disagree.") : say("Some answers still wait in this tablet. The level is worked out once they are sent."));
}, true);

for (const kind of ["online", "focus"]) addEventListener(kind, () => keeper.flush());
document.addEventListener("visibilitychange", () => { if (!document.hidden) keeper.flush(); });

/* ---- what is shown */

function show() {
  for (const item of items) item.toggleAttribute("data-waits", item.dataset.key in keeper.waiting);
  for (const place of main.querySelectorAll("[data-kept]")) place.replaceChildren(stateChip());
  for (const item of items) showCrossing(item, keeper.crossed[item.dataset.key]);
  showCounts();
  if (wants && allSent() && location.hash === "#finish") finish.requestSubmit();
}

function stateChip() {
  const { state, count } = keeper;
  if (state === "stopped") return chip("danger", "stop", keeper.words || say("Not taken. Log in again; your answers stay on this tablet."));
  if (state === "waiting") return chip("offline", "offline", say("No line: %(count)s kept on this tablet", { count }));
  if (Object.keys(keeper.crossed).length) return chip("warn", "warn", say("Two tablets disagree"));
  if (state === "sending") return chip("info", "sync", say("Sending"));
  return chip("ok", "check", say("All kept"));
}

function chip(kind, icon, words) {
  const made = document.createElement("span");
  made.className = `chip is-${kind}`;
  made.setAttribute("role", "status");
  const sprite = main.querySelector(".i use").getAttribute("href").split("#")[0];
  made.innerHTML = `<svg class="i" aria-hidden="true"><use href="${sprite}#${icon}"/></svg>`;
  made.append(words);
  return made;
}

function showCrossing(item, crossing) {
  const note = item.querySelector("[data-note]");
  note.hidden = !crossing;
  if (!crossing) { note.replaceChildren(); return; }
  if (note.dataset.of === JSON.stringify(crossing) && note.children.length) return;
  note.dataset.of = JSON.stringify(crossing);
  const told = document.createElement("p"), mine = document.createElement("button"), theirs = document.createElement("button");
  told.textContent = say("%(name)s answered %(theirs)s on another tablet. You chose %(mine)s.", { name: crossing.by, theirs: crossing.value ?? "–", mine: crossing.mine });
  for (const button of [mine, theirs]) { button.type = "button"; button.className = "btn"; }
  mine.textContent = say("Keep mine: %(value)s", { value: crossing.mine });
  theirs.textContent = say("Take theirs: %(value)s", { value: crossing.value ?? "–" });
  mine.addEventListener("click", () => { choose(item.dataset.key, crossing.mine); keeper.put(item.dataset.key, crossing.mine); });
  theirs.addEventListener("click", () => { choose(item.dataset.key, crossing.value); keeper.take(item.dataset.key); });
  note.replaceChildren(told, mine, theirs);
  if (chosen(item)?.value !== String(crossing.value)) choose(item.dataset.key, crossing.value);
}

function showCounts() {
  let answered = 0;
  for (const section of sections) {
    const own = [...section.querySelectorAll(".item")], done = own.filter(chosen).length, step = main.querySelector(`[data-step="${section.id}"]`);
    answered += done;
    const count = main.querySelector(`[data-count="${section.id}"]`);
    if (count) count.textContent = `${done} / ${own.length}`;
    if (count) step.toggleAttribute("data-done", done === own.length);
  }
  const open = items.length - answered;
  main.querySelector("[data-answered]").textContent = answered;
  main.querySelector("[data-open-count]").textContent = open ? say("%(count)s open", { count: open }) : say("all answered");
  for (const row of main.querySelectorAll("[data-open]")) row.hidden = Boolean(chosen(byKey.get(row.dataset.open)));
  const awake = answerOf("coma") === 1 && (answerOf("item_21") ?? 0) > 0;
  main.querySelector("[data-open-box]").hidden = !open;
  main.querySelector("[data-coma-note]").hidden = !awake;
  main.querySelector("[data-all-note]").hidden = Boolean(open) || awake;
}

/* ---- which part is open: the address says so, styles show it; here is only what goes along */

function turn(moved) {
  const target = document.getElementById(location.hash.slice(1) || "-");
  const here = target?.closest(".part") ?? main.querySelector(".part--first");
  for (const step of main.querySelectorAll("[data-step]")) {
    if (step.dataset.step === here.id) step.setAttribute("aria-current", "step"); else step.removeAttribute("aria-current");
  }
  if (!moved) return;
  if (target?.matches(".part")) { scrollTo({ top: 0 }); here.querySelector("h2").focus({ preventScroll: true }); } else target?.querySelector("input")?.focus({ preventScroll: true });
}
addEventListener("hashchange", () => turn(true));
turn(false);
show();
for (const key of early) keeper.put(key, answerOf(key));
keeper.flush();

/* The page opens without the line too, once this browser has kept it; a log-out forgets it. */
if ("serviceWorker" in navigator) {
  const files = performance.getEntriesByType("resource").map(entry => entry.name).filter(name => name.includes("/assets/"));
  navigator.serviceWorker.register(main.dataset.worker, { scope: "/care/assessments/" })
    .then(() => navigator.serviceWorker.ready)
    .then(({ active }) => active.postMessage({ keep: location.pathname, files: [...new Set(files)] }))
    .catch(() => {});
}
