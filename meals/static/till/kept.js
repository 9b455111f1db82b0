// What a till keeps so that it opens without the server, and which of it is shown when. Decisions only: no network,
// no cache. The service worker and the page both go by them.

// Caches whose name begins with `page-` belong to whoever is logged in; the floor empties them at every log-out.
const PAGES = "page-till-";
const FILES = "files-till-";
export const STATE = "state-till";
export const HELD = "/till/held"; // an address that only the state's cache knows
export const MARK = "Till-Shell"; // the server says of a till's page: build, till, cashier
export const KEPT_AT = "data-kept-at"; // stands on the html of a kept page

export const pagesOf = (build) => PAGES + build;
export const filesOf = (build) => FILES + build;
export const buildOfCache = (name) => [PAGES, FILES].filter((each) => name.startsWith(each)).map((each) => name.slice(each.length))[0] ?? null;
export const isOfPages = (name) => name.startsWith(PAGES);

/** "build till cashier" as an object; the guest's screen has no cashier. Nothing for any other answer. */
export function readMark(text) {
  const [build, till, cashier = null] = (text || "").split(" ");
  return build && till ? { build, till, cashier: cashier === "-" ? null : cashier } : null;
}

/** Whether two pages are of the same till and, where both know one, of the same cashier. */
export const isSameCounter = (one, other) =>
  one.till === other.till && (one.cashier === null || other.cashier === null || one.cashier === other.cashier);

/** Which way a request goes: `page` (kept), `renewal` (a script asks for the page), `file`, or `pass` (not touched). */
export function routeOf({ method, url, mode }, { origin, till, guest }) {
  const { origin: from, pathname } = new URL(url);
  if (method !== "GET" || from !== origin) return "pass";
  if (pathname.startsWith("/assets/")) return "file";
  if (pathname !== till && !pathname.startsWith(guest)) return "pass";
  return mode === "navigate" ? "page" : "renewal";
}

const BUSY = new Set([408, 425, 429]);

/** Whether the server has really answered: neither silence, nor a proxy's or a broken server's page. */
export const isAnswer = (answer) => Boolean(answer) && answer.status < 500 && !BUSY.has(answer.status);

/** Of the kept pages, the one to show: of the build that sales wait for, of our own, else the newest. */
export function pick(kept, { held, own }) {
  const newest = [...kept].sort((one, other) => other.at - one.at);
  return newest.find((each) => each.mark.build === held) ?? newest.find((each) => each.mark.build === own) ?? newest[0] ?? null;
}

/**
 * Decide about one opening of the page.
 *
 * `answer` is {status, mark} or null for silence; `kept` the pages at hand, each {mark, at}; `held` the build whose
 * sales still wait here; `own` the worker's build. `show` is "network" or the kept page, `keep` whether the answer
 * is worth keeping, `foreign` whether kept pages of another counter must go.
 */
export function choose({ answer, kept, held, own }) {
  const best = pick(kept, { held, own });
  if (!isAnswer(answer)) return { show: best ?? "network", keep: false, foreign: false };
  const { mark } = answer;
  if (!mark) return { show: "network", keep: false, foreign: false };
  // A new version waits until everything is sent: as long as sales wait, the version that made them opens.
  const holds = held && held !== mark.build && best?.mark.build === held && isSameCounter(best.mark, mark);
  return { show: holds ? best : "network", keep: mark.build === own, foreign: true };
}

/** Of all caches, those that may go: of neither our own build nor the held one, once our own has a page to open. */
export function leftOver(names, { own, held, hasPage }) {
  if (!hasPage) return [];
  return names.filter((name) => {
    const build = buildOfCache(name);
    return build !== null && build !== own && build !== held;
  });
}

/** A page's text with the moment on it at which the server made it. */
export const stamp = (text, at) => text.replace(/<html\b/, `<html ${KEPT_AT}="${at}"`);
