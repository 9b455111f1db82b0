/* The meal code: a fresh one each minute in the place of the old, the screen kept awake, and nothing moves.
   Without JavaScript the page loads itself anew each minute. */
import { loadStrings, say } from "../strings.js";

const page = document.querySelector("[data-code]");
const part = name => page.querySelector(`[data-part=${name}]`);
const FRESH_MS = Number(page.dataset.freshSeconds) * 1000;
const GOOD_MS = Number(page.dataset.goodSeconds) * 1000;
const WITHIN_MS = 8000, AGAIN_MS = 3000, TICK_MS = 500;

let bornAt = performance.now(), triedAt = -Infinity, isAsking = false;

/* What is shown counts from the moment it was asked for, not from when it came: never longer than the server says. */
async function renew() {
  isAsking = true;
  triedAt = performance.now();
  try {
    const answer = await fetch(page.dataset.next, { cache: "no-store", signal: AbortSignal.timeout(WITHIN_MS) });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-code]");
    // Logged out, not allowed any more, or no card: the page itself says it best.
    if (!fresh) { location.reload(); return; }
    for (const name of ["code", "left"]) part(name).replaceChildren(...fresh.querySelector(`[data-part=${name}]`).childNodes);
    page.dataset.next = fresh.dataset.next;
    page.toggleAttribute("data-last", fresh.hasAttribute("data-last"));
    bornAt = triedAt;
  } catch {
    // No connection: tried again soon, and the page says so when the code is over.
  } finally {
    isAsking = false;
  }
}

function show() {
  const now = performance.now(), left = Math.max(0, Math.ceil((bornAt + FRESH_MS - now) / 1000));
  const isOver = now - bornAt > GOOD_MS, isLast = page.hasAttribute("data-last");
  part("time").querySelector("[data-ring]").setAttribute("stroke-dasharray", `${left} 60`);
  part("time").querySelector("[data-left]").textContent = left ? say("New code in %(seconds)s s", { seconds: left }) : say("Making a fresh code");
  part("code").classList.toggle("is-over", isOver);
  part("time").hidden = isLast;
  page.querySelector("[data-stale]").hidden = !isOver || isLast;
  page.querySelector("[data-resume]").hidden = !isLast;
}

function tick() {
  const now = performance.now(), isDue = now - bornAt >= FRESH_MS && now - triedAt >= AGAIN_MS;
  const isWanted = !document.hidden && !isAsking && !page.hasAttribute("data-last");
  if (isDue && isWanted) renew().then(show);
  show();
}

/* The screen stays on while the code is shown. Old browsers cannot; nothing is missed but a tap. */
async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The battery is low, or the phone does not allow it.
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  stayAwake();
  tick();
});
addEventListener("online", tick);
stayAwake();
// What the server wrote stays until the words of its language are here.
await loadStrings().catch(() => {});
setInterval(tick, TICK_MS);
tick();
