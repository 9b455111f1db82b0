// Opening a till: its store, its queue and its roster, and what an earlier page left behind.

import { Decider } from "./decider.js";
import { CHANGED, TELL_MS, noteToken, stateOf } from "./device.js";
import { RosterKeeper } from "./keeper.js";
import { Queue } from "./queue.js";
import { dayOf } from "./roster.js";
import { Signatures } from "./signature.js";
import { Store } from "./store.js";

const FACTS_MS = 5000;
const CLOCK_MS = 1000;
const AWAKE_MS = 60_000;
const TELL_WITHIN_MS = 8000;

const every = (ms, work) => setInterval(work, ms);

/** Open everything that selling needs. Rejects when this browser keeps nothing. */
export async function openTill(till) {
  const { device, clock } = till;
  till.store = await Store.open(indexedDB);
  till.queue = new Queue({
    api: till.api, store: till.store, device, cashier: till.start.cashier.id, clock, on: (event) => till.selling.heard(event),
    isUp: () => till.canAsk(), url: till.start.urls.device, state: device ? () => deviceState(till) : undefined,
  });
  if (device) await openRoster(till);
  await remember(till);
  await recover(till);
}

/** The roster, and what decides by it. */
async function openRoster(till) {
  const { clock, device, send } = till;
  till.keeper = new RosterKeeper({ device, url: till.start.urls.roster, store: till.store, clock, on: (event) => heard(till, event) });
  till.decider = new Decider({
    keeper: till.keeper, signatures: Signatures.open(), store: till.store, clock, isRevoked: () => till.isRevoked(), own: () => till.book.all(),
  });
  await till.keeper.open();
  send({ type: "device", device: { till: device.till.number, number: device.device.number } });
}

function heard(till, { type, status, code }) {
  if (type === "token") noteToken(localStorage, { status, code, token: till.device.token }, till.clock.now());
  till.selling.tellStanding();
}

/**
 * What this till did today, from the store: the figures and the limits go on where they were. Of another day, what its
 * roster does not know: those points are spent.
 */
export async function remember({ book, clock, device, keeper, store }) {
  const midnight = Date.parse(`${dayOf(clock.now())}T00:00:00+08:00`);
  const since = Math.min(midnight, keeper?.roster?.asked_at ?? midnight);
  for (const { answer, ...entry } of await store.sentSince(since)) {
    book.note(entry, { receipt: answer?.receipt, acknowledgedAt: entry.acknowledged_at });
  }
  const waiting = (await store.waiting()).filter((entry) => entry.state === "queued");
  for (const entry of waiting) book.note({ ...entry, number: `${device?.till.number}-${device?.device.number}-${entry.seq}` });
}

/** Answer first what an earlier page left open; without a token another cashier's entries wait for that cashier. */
async function recover({ device, queue, send, start, store }) {
  const open = (await store.waiting()).filter((entry) => entry.state === "sending" && !entry.refusal);
  const foreign = open.find((entry) => entry.cashier !== start.cashier.id);
  if (foreign && !device) send({ type: "foreign", name: foreign.cashier_name });
  send({ type: "recover", entries: open.filter((entry) => entry.cashier === start.cashier.id) });
  await queue.resume();
}

/** What goes on in the background of an enrolled till. */
export function keepGoing(till) {
  const { clock, keeper, keepAwake, line, selling, state } = till;
  keeper.start();
  addEventListener(CHANGED, () => selling.tellStanding());
  every(FACTS_MS, () => selling.tellStanding());
  every(CLOCK_MS, () => clock.check().isSuspect !== Boolean(state().facts?.clock) && selling.tellStanding());
  every(AWAKE_MS, () => (state().awaited || !line.isUp) && keepAwake()); // a page must not log itself out over what waits
  every(TELL_MS, () => report(till));
  report(till);
}

const deviceState = async ({ clock, keeper, store }) => stateOf({
  standing: store.standing(), gapMs: -clock.state().skew_ms, rosterVersion: keeper.roster?.version ?? null,
  isPersistent: (await navigator.storage?.persisted?.()) ?? null,
});

/** An enrolled device says each minute how it stands, so that its manager sees it; the answer sets its clock. */
async function report(till) {
  const { api, clock, device, start } = till;
  const sent = performance.now();
  const body = { device_state: await deviceState(till), sales: [] };
  const outcome = await api.call("POST", start.urls.device, { token: device.token, body, within: TELL_WITHIN_MS });
  if (outcome.lost) return;
  clock.sync(Date.parse(outcome.body?.server_time), { sent });
  noteToken(localStorage, { status: outcome.status, code: outcome.problem?.code, token: device.token }, clock.now());
}
