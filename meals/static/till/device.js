// What this browser is beyond its cashier: a device of a till, with a token of its own, that says how it stands.

import { BUILD } from "./build.js";

export const KEPT_AS = "chongyang.till";
export const TELL_MS = 60_000;
export const CHANGED = "chongyang:device"; // told to the window when the device's standing changes

// A token that no longer opens anything: taken back by the manager, or given anew to another browser.
const LOST_BY = new Set(["till_revoked", "not_signed_in"]);

/** What enrolment kept in this browser, or nothing. A revoked device stays known: its token signs what it must hand in. */
export function findDevice(storage) {
  try {
    return JSON.parse(storage.getItem(KEPT_AS));
  } catch {
    return null;
  }
}

/** Put a device back where somebody emptied the browser's store under its open page. */
export function putBack(storage, device) {
  if (storage && !storage.getItem(KEPT_AS)) storage.setItem(KEPT_AS, JSON.stringify(device));
}

/** Whether a device may sell with subsidy by itself. */
export const isGood = (device) => Boolean(device) && !device.lost;

/** Learn from an answer to a call made with `token` whether it still opens the door; tells whether that changed. */
export function noteToken(storage, { status, code, token }, at) {
  const device = findDevice(storage);
  if (!device || (token && token !== device.token)) return false;
  const why = status === 401 && LOST_BY.has(code) ? code : null;
  const isOpen = status >= 200 && status < 300;
  if (why ? device.lost?.why === why : !(isOpen && device.lost)) return false;
  const { lost: _lost, ...rest } = device;
  storage.setItem(KEPT_AS, JSON.stringify(why ? { ...rest, lost: { why, at } } : rest));
  globalThis.dispatchEvent?.(new Event(CHANGED));
  return true;
}

/** What a device says of itself; `gapMs` is the server's clock less its own. */
export function stateOf({ standing, gapMs, isPersistent, rosterVersion = null }) {
  return {
    version: BUILD,
    queue_length: standing.count,
    oldest_queued_at: standing.count ? new Date(standing.oldest_at).toISOString() : null,
    clock_skew_ms: Math.round(-gapMs),
    is_persistent: isPersistent,
    roster_version: rosterVersion,
    ...(standing.last_seq ? { last_seq: standing.last_seq } : {}),
  };
}

/** How what waits stands, from the entries themselves. */
export const standingOf = (entries) => ({
  count: entries.length,
  oldest_at: entries.length ? Math.min(...entries.map((each) => each.made_at)) : null,
});

/** Tell the server how the device stands. Silence is nobody's trouble: it is told again in a minute. */
export async function tellState(device, state, { url, storage, now = Date.now, fetch = globalThis.fetch }) {
  try {
    const response = await fetch(url, {
      method: "POST", body: JSON.stringify({ device_state: state, sales: [] }), credentials: "omit", cache: "no-store",
      headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: `Till ${device.token}` },
      signal: AbortSignal.timeout(8000),
    });
    const { code } = response.status === 401 ? await response.json() : {};
    noteToken(storage, { status: response.status, code, token: device.token }, now());
  } catch {
    // Told again in a minute.
  }
}
