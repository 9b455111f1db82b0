/* A wall says loudly how old its numbers are: when no answer comes, and when nobody counts any more. */
const PATIENCE_MS = 150_000, STALE_MS = 45 * 60_000;
const lost = document.getElementById("lost"), lostAt = document.getElementById("lost-at");
let answered = performance.now();

/** Show the strip when the last answer, or the last count, is too long ago. */
export function look(now = performance.now()) {
  const asOf = document.getElementById("as-of");
  if (!asOf) return;
  const counted = Date.parse(asOf.dataset.asked) - Date.parse(asOf.dateTime) + (now - answered);
  const isLost = now - answered > PATIENCE_MS || counted > STALE_MS;
  lost.hidden = !isLost;
  document.body.classList.toggle("is-lost", isLost);
  if (isLost && lostAt.textContent !== asOf.textContent) lostAt.textContent = asOf.textContent;
}

addEventListener("htmx:afterSwap", () => { answered = performance.now(); look(); });
addEventListener("htmx:sendError", () => { answered = Math.min(answered, performance.now() - PATIENCE_MS - 1); look(); });
addEventListener("htmx:responseError", () => { answered = Math.min(answered, performance.now() - PATIENCE_MS - 1); look(); });
setInterval(look, 5000);
look();
