// What this browser is beyond its cashier: a device of a till, with a token of its own, that says how it stands.

export const KEPT_AS = "chongyang.till";
export const VERSION = "web";
export const TELL_MS = 60_000;

/** What enrolment kept in this browser, or nothing. */
export function findDevice(storage) {
  try {
    return JSON.parse(storage.getItem(KEPT_AS));
  } catch {
    return null;
  }
}

/** What a device says of itself; `entries` wait to be sent, `gapMs` is the server's clock less its own. */
export function stateOf({ entries, gapMs, isPersistent }) {
  const made = entries.map((each) => each.made_at);
  return {
    version: VERSION,
    queue_length: entries.length,
    oldest_queued_at: made.length ? new Date(Math.min(...made)).toISOString() : null,
    clock_skew_ms: Math.round(-gapMs),
    is_persistent: isPersistent,
  };
}

/** Tell the server how the device stands; a token that was taken back is forgotten. Silence is nobody's trouble. */
export async function tellState(device, state, { url, storage, fetch = globalThis.fetch }) {
  try {
    const response = await fetch(url, {
      method: "POST", body: JSON.stringify({ device_state: state, sales: [] }), credentials: "omit", cache: "no-store",
      headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: `Till ${device.token}` },
      signal: AbortSignal.timeout(8000),
    });
    if (response.status !== 401) return;
    const { code } = await response.json();
    if (code === "till_revoked") storage.removeItem(KEPT_AS);
  } catch {
    // Told again in a minute.
  }
}
