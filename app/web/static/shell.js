/* The shell's behaviour: what pages do better with JavaScript. Every page works without it. */
import { keepForms } from "./kept_form.js";
import { loadStrings, say } from "./strings.js";

const body = document.body;

/* Focus: an error summary, or the trouble that a swap brought, is read at once. */
function focusOn(root) {
  const wanted = root.querySelector?.("[data-focus]");
  if (wanted) { wanted.focus(); return true; }
  return false;
}
focusOn(document);

/* htmx: our token goes with every request, and what was swapped in gets the focus. */
addEventListener("htmx:configRequest", event => { event.detail.headers["X-CSRFToken"] = body.dataset.csrf; });
addEventListener("htmx:afterSwap", event => {
  for (const box of event.detail.target.querySelectorAll("[data-confirm]")) askInDialog(box);
  if (focusOn(event.detail.target)) return;
  const heading = event.detail.target.querySelector("h1, h2, [data-heading]");
  if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
});
addEventListener("htmx:sendError", () => announce(say("No connection. Nothing was sent; try again.")));

/* A short message in the one region that screen readers watch. */
export function announce(text) {
  const live = document.getElementById("live"), toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = text;
  live.replaceChildren(toast);
  setTimeout(() => toast.remove(), 8000);
}

/* Confirmations: the details element becomes a dialog. */
function askInDialog(box) {
  const summary = box.querySelector("summary"), form = box.querySelector("form");
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", form.getAttribute("aria-labelledby"));
  form.removeAttribute("aria-labelledby");
  dialog.append(form);
  box.append(dialog);
  const back = form.querySelector("[data-close]");
  back.hidden = false;
  back.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { box.open = false; summary.focus(); });
  summary.addEventListener("click", event => {
    event.preventDefault();
    box.open = true;
    dialog.showModal();
    form.querySelector("h2").focus();
  });
}
for (const box of document.querySelectorAll("[data-confirm]")) askInDialog(box);

/* Pages that a service worker kept (caches named `page-...`) are of whoever is logged in: they go with the log-in. */
addEventListener("submit", async event => {
  const form = event.target;
  if (!globalThis.caches || !new URL(form.action, location).pathname.endsWith("/logout")) return;
  event.preventDefault();
  if (await mayLeave(await caches.keys())) form.submit(); // does not ask this listener again
  else delete form.dataset.sent;
});

/* Without the server nobody logs out: what was kept stays, or nobody could open it again. */
async function mayLeave(names) {
  const pages = names.filter(name => name.startsWith("page-")), waits = await findWaiting(names);
  if (waits && !await askToLeave(waits)) return false;
  if (pages.length && !await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) }).then(answer => answer.ok, () => false)) {
    announce(say("No connection. Nothing was sent; try again."));
    return false;
  }
  await Promise.all(pages.map(name => caches.delete(name)));
  return true;
}

/* What a page of this device has noted (in a cache named `state-...`) as not sent yet: {go, what}: the page that sends it. */
async function findWaiting(names) {
  for (const name of names.filter(name => name.startsWith("state-"))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) return (await cache.match(request)).json();
  }
  return null;
}

function askToLeave({ go, what = "sales" }) {
  const isVisits = what === "visits";
  const words = isVisits
    ? say("Visits done with this phone still wait in it. Open the page and let it send them before you log out. If you leave all the same, they stay here until you log in again.")
    : say("Sales made on this device still wait in it. Open the till and let it send them before you log out. If you leave all the same, they stay here until the till is opened again.");
  const dialog = makeDialog(say("Not everything is sent yet"), words);
  const leave = document.createElement("button"), link = document.createElement("a");
  leave.className = "btn";
  leave.textContent = say("Log out all the same");
  link.className = "btn btn--primary";
  link.href = go;
  link.textContent = isVisits ? say("To the visits") : say("To the till");
  dialog.querySelector(".foot").append(leave, link);
  dialog.showModal();
  return new Promise(resolve => {
    leave.addEventListener("click", () => { resolve(true); dialog.close(); });
    dialog.addEventListener("close", () => { dialog.remove(); resolve(false); });
  });
}

/* Forms for the door keep what is written in them. They ask for the line before the form counts as sent. */
keepForms(announce);

/* A form sends once: a second press while the first is on its way does nothing. */
addEventListener("submit", event => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") { form.dataset.sent = "true"; setTimeout(() => delete form.dataset.sent, 5000); }
});

/* Idle: two minutes before the session ends the page asks, and any answer keeps it open. */
const idleMinutes = Number(body.dataset.idleMinutes);
if (idleMinutes > 2) watchIdle(idleMinutes * 60_000);

function watchIdle(idleTime) {
  const warning = 120_000;
  let last = Date.now(), dialog = null;
  const mark = () => { if (!dialog) last = Date.now(); };
  for (const kind of ["htmx:afterRequest", "chongyang:request"]) addEventListener(kind, mark);
  setInterval(() => {
    const left = last + idleTime - Date.now();
    if (left <= 0) location.reload();
    else if (left <= warning && !dialog) dialog = askToStay(() => { dialog = null; last = Date.now(); });
  }, 5000);
}

function askToStay(stayed) {
  const dialog = makeDialog(say("You will be logged out in two minutes"), say("Nothing happened here for a while. What you typed stays on this page if you stay."));
  const stay = document.createElement("button");
  stay.className = "btn btn--primary";
  stay.textContent = say("Stay logged in");
  dialog.querySelector(".foot").append(stay);
  dialog.addEventListener("close", async () => {
    dialog.remove();
    const answer = await fetch("/account/alive", { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.redirected) location.reload(); else stayed();
  });
  stay.addEventListener("click", () => dialog.close());
  dialog.showModal();
  return dialog;
}

/* A dialog on the page with its heading and text, and a foot for its buttons. */
function makeDialog(title, words) {
  const dialog = document.createElement("dialog");
  const heading = document.createElement("h2"), text = document.createElement("p"), foot = document.createElement("div");
  heading.id = "dialog-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  heading.textContent = title;
  text.textContent = words;
  foot.className = "foot";
  dialog.append(heading, text, foot);
  body.append(dialog);
  return dialog;
}

await loadStrings();
