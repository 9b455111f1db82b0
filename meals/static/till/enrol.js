// A device becomes a till: it trades the one-time code behind the hash for a token of its own, and keeps that.
// What still waits here under another device's number is sent by the new one, in the same canteen; for another canteen's
// till it is taken care of first: there nobody could book it.

import { KEPT_AS, findDevice, isGood } from "./device.js";
import { save } from "./health.js";
import { Queue } from "./queue.js";
import { Store } from "./store.js";

const WITHIN_MS = 8000;
const STORE_WITHIN_MS = 3000;

/** What an address offers: a code, the canteen it is for, and the device that it gives a new token to, if there is one. */
export function offerOf(hash) {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  return { code: said.get("code"), canteen: Number(said.get("canteen")) || null, device: Number(said.get("device")) || null };
}

/** Of what waits, the entries with a number of another device than this code is for. */
export const stuckOf = (entries, offer) => entries.filter((entry) => entry.state === "queued" && entry.device !== offer.device);

/** Trade a code; {kept} or {problem: {code, detail}}, or {lost: true} for silence. */
export async function trade(code, { url, version, language, fetch = globalThis.fetch }) {
  try {
    const response = await fetch(url, {
      method: "POST", body: JSON.stringify({ code, version }), credentials: "omit", cache: "no-store",
      headers: { "Content-Type": "application/json", Accept: "application/json", "Accept-Language": language },
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const body = await response.json();
    return response.ok ? { kept: body } : { problem: body };
  } catch {
    return { lost: true };
  }
}

const fill = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");

export class Enrolment {
  /** `show(name, text)` says a line and shows the buttons of a step: nothing, stuck, saved or done. */
  constructor({ start, offer, storage, store, show, now = Date.now, trade: ask = trade }) {
    Object.assign(this, { start, offer, storage, store, show, now, ask });
    this.former = findDevice(storage);
    this.stuck = [];
  }

  async begin() {
    const { words } = this.start;
    if (!this.offer.code) return this.show("nothing", words.no_code);
    this.stuck = this.store && this.isElsewhere() ? stuckOf(await this.store.waiting(), this.offer) : [];
    if (!this.stuck.length) return this.go();
    // With its token given to another browser, the server could no longer tell a file of it from a forged one.
    const isSigned = this.former.lost?.why !== "not_signed_in";
    const text = !isSigned ? words.stuck_unsigned : isGood(this.former) ? words.stuck : words.stuck_lost;
    return this.show(isSigned ? "stuck" : "nothing", fill(text, { count: this.stuck.length }));
  }

  /** Whether the code is for another canteen than that of the till this was. */
  isElsewhere() {
    return Boolean(this.former && this.offer.canteen && this.offer.canteen !== this.former.canteen.id);
  }

  /** Write what waits into a file, signed by the device that it was: the manager hands it in. */
  async save() {
    const { device } = this.former;
    await this.store.series(device.id, device.last_seq ?? 0); // the file names the last number too
    const file = await new Queue({ api: null, store: this.store, device: this.former, clock: { now: this.now }, on: () => {} }).exportFile();
    this.show("saved", fill(this.start.words.saved, { file: file.name }));
    return file;
  }

  async go() {
    const { words } = this.start;
    const { kept, problem } = await this.ask(this.offer.code, this.start);
    if (!kept) return this.show("nothing", problem ? problem.detail || problem.title : words.lost);
    // Before anything is said: a code is good once, and the token is told once.
    this.storage.setItem(KEPT_AS, JSON.stringify(kept));
    // What is in the file leaves the queue, and stays among what is over for thirty days.
    const handedIn = { outcome: "handed_in", receipt: null, findings: [] };
    await this.store?.acknowledgeAll(this.stuck.map(({ id }) => ({ id, answer: handedIn })), this.now());
    return this.show("done", fill(words.done, { till: `${kept.till.number}-${kept.device.number}`, canteen: kept.canteen.name }));
  }
}

async function enrol(document) {
  const start = JSON.parse(document.getElementById("enrol-start").textContent);
  const show = (step, text) => {
    document.getElementById("enrol-say").textContent = text;
    for (const part of document.querySelectorAll("[data-step]")) part.hidden = !part.dataset.step.split(" ").includes(step);
    // The code is used up, or was none.
    if (step === "done") history.replaceState(null, "", location.pathname);
  };
  // An older page in another window may keep the store to itself; it has no queue then.
  const patience = new Promise((resolve) => setTimeout(() => resolve(null), STORE_WITHIN_MS));
  const store = await Promise.race([Store.open(indexedDB).catch(() => null), patience]);
  const enrolment = new Enrolment({ start, offer: offerOf(location.hash), storage: localStorage, store, show });
  document.getElementById("enrol-save").addEventListener("click", async () => save(document, await enrolment.save()));
  document.getElementById("enrol-go").addEventListener("click", () => enrolment.go());
  await enrolment.begin();
}

if (globalThis.document) await enrol(document);
