/* Runs beside the page: browsers slow the timers of a page that is hidden to one a minute, and an alarm cannot wait.
   Ticks every second, and asks for news by turns while the page has no live feed. */
const TICK_MS = 1000, ASK_MS = 2000, WITHIN_MS = 6000;

let address = "", isAsking = false;

addEventListener("message", ({ data }) => { address = data.ask; ask(); });
setInterval(() => postMessage({ kind: "tick" }), TICK_MS);
setInterval(ask, ASK_MS);

async function ask() {
  if (!address || isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(address, { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(WITHIN_MS) });
    if (answer.status === 401 || answer.status === 403) postMessage({ kind: "out" });
    else if (answer.ok) postMessage({ kind: "news", news: await answer.json() });
  } catch {
    // No connection: the page counts the seconds since it last heard something.
  } finally {
    isAsking = false;
  }
}
