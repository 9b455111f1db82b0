// The page's side of its service worker: opens without the server, and takes a new version when nothing is open.

import { BUILD } from "./build.js";
import { KEPT_AS, findDevice } from "./device.js";
import { joinHealth } from "./health.js";
import { HELD, KEPT_AT, MARK, STATE, isOfPages, isSameCounter, pagesOf, readMark } from "./kept.js";
import { el, icon } from "./parts.js";

const TICK_MS = 1000;
const CALM_TICKS = 3; // so long nothing is open before a new version takes over
const LOOK_MS = 1_800_000; // how often to ask for a new version while the page stays open
const RENEW_MS = 15_000;
const WITHIN_MS = 8000;
const ANEW_MS = 600_000; // a page that stays old although it was loaded anew is not loaded again and again
const LOADED_AS = "chongyang.loaded_anew";

/** When the server made this page, if it was kept and not just fetched; its clock, menu and form token are of then. */
export function keptAt(document) {
  const at = Number(document.documentElement.getAttribute(KEPT_AT));
  return at || null;
}

/** Forget the pages of whoever is logged in; the files stay. Done before a log-out. */
export async function dropShell(caches = globalThis.caches) {
  if (!caches) return;
  for (const name of (await caches.keys()).filter(isOfPages)) await caches.delete(name);
}

/** What a renewal of the page brought: a fresh start, or why there is none. */
export async function readRenewal(answer, { own, parse }) {
  if (answer.type === "opaqueredirect" || answer.status === 401) return { signedOut: true };
  const mark = answer.status === 200 ? readMark(answer.headers.get(MARK)) : null;
  if (!mark) return { lost: true };
  if (!isSameCounter(mark, own)) return { other: true };
  const page = parse(await answer.text());
  const csrf = page.querySelector("meta[name=csrf-token]")?.content;
  return csrf ? { csrf, start: JSON.parse(page.getElementById("till-start").textContent), build: mark.build } : { lost: true };
}

export class Shell {
  /** `isIdle()` says whether nothing is open that a reload would take away; `onFresh(renewal)` gets what `renew` brings. */
  constructor({ window, words, start, till, isIdle, onFresh = () => {} }) {
    Object.assign(this, { window, words, start, till, isIdle, onFresh });
    this.document = window.document;
    this.root = this.document.documentElement;
    this.own = { build: BUILD, till: String(start.till.id), cashier: String(start.cashier.id) };
    this.waits = 0; // how many entries wait to be sent
    this.isHeld = null; // whether that is noted for the worker; unknown at first
    this.calm = 0;
    this.isForced = false;
    this.isReady = false; // a new version waits
    this.isOld = false; // this page was kept, and the server has not been asked since
    this.isMoved = false; // this browser was enrolled anew: what waits goes on with the page of now, not of then
    this.isStale = false; // a new version serves, or the server has one: this page must be loaded anew
    this.fault = null;
    this.workerBuild = null;
    this.install = null;
  }

  async join() {
    this.strips = el("section", { class: "strips strips--shell", role: "status" });
    this.document.getElementById("strips").after(this.strips);
    this.watchQueue();
    this.window.addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.install = event;
    });
    const token = findDevice(this.window.localStorage)?.token;
    this.window.addEventListener("storage", ({ key }) => {
      // Enrolled in another window: this page still knows the device it was before.
      if (key === KEPT_AS && findDevice(this.window.localStorage)?.token !== token) this.isMoved = true;
    });
    setInterval(() => this.tick(), TICK_MS);
    this.isOld = Boolean(keptAt(this.document));
    this.wake();
    await this.register();
  }

  // ---- the worker

  async register() {
    const { isSecureContext, navigator } = this.window;
    if (!isSecureContext) return this.fail("insecure");
    if (!navigator.serviceWorker) return this.fail("unsupported");
    navigator.serviceWorker.addEventListener("controllerchange", () => this.look());
    try {
      const { worker, till } = this.start.urls;
      this.registration = await navigator.serviceWorker.register(worker, { scope: till, type: "module" });
    } catch {
      return this.fail("failed");
    }
    const watch = () => this.registration.installing?.addEventListener("statechange", () => this.look());
    this.registration.addEventListener("updatefound", watch);
    watch();
    const update = () => this.registration.update().catch(() => null);
    setInterval(update, LOOK_MS);
    this.window.addEventListener("online", update);
    await this.look();
  }

  fail(why) {
    this.fault = why;
    this.root.dataset.shell = "";
  }

  /** Learn which build serves this page, and which one waits. */
  async look() {
    if (!this.registration) return;
    const { controller } = this.window.navigator.serviceWorker;
    const { waiting } = this.registration;
    const [serving, coming] = await Promise.all([askBuild(controller), askBuild(waiting)]);
    const wasOurs = this.workerBuild === BUILD;
    this.workerBuild = serving;
    this.root.dataset.shell = serving ?? "";
    if (wasOurs && serving && serving !== BUILD) this.isStale = true;
    // A page that is of the coming build already has nothing to lose by it.
    this.isReady = Boolean(controller && coming && coming !== BUILD);
    if (coming === BUILD) this.takeOver();
    this.show();
  }

  takeOver() {
    this.registration.waiting?.postMessage({ do: "take_over" });
  }

  /** Take the new version although sales wait: they stay in the store, and the new version sends them. */
  force() {
    this.isForced = true;
  }

  async tick() {
    if (!this.isReady && !this.isStale && !this.isMoved) return;
    this.calm = this.isIdle() && (await this.isFree()) ? this.calm + 1 : 0;
    if (this.calm < CALM_TICKS) return;
    this.calm = 0;
    if (this.isMoved) this.window.location.reload();
    else if (this.isStale) this.loadAnew();
    else this.takeOver();
  }

  /** Whether nothing waits that this very page should send. */
  async isFree() {
    return this.isForced || this.isMoved || (this.waits === 0 && (await this.count()) === 0);
  }

  loadAnew() {
    const { sessionStorage, location } = this.window;
    if (Date.now() - Number(sessionStorage.getItem(LOADED_AS)) < ANEW_MS) return;
    sessionStorage.setItem(LOADED_AS, String(Date.now()));
    location.reload();
  }

  async count() {
    const standing = await this.till.store?.standing?.();
    return (standing?.count ?? 0) + (standing?.sending ?? 0);
  }

  show() {
    this.root.dataset.update = this.isReady || this.isStale ? "ready" : "";
    const key = this.waits ? "shell.update.waits" : "shell.update";
    const strip = () => el("div", { class: "strip is-info" }, icon("info"), el("span", {}, this.words.tell(key, { count: this.waits })));
    this.strips.replaceChildren(...(this.root.dataset.update ? [strip()] : []));
  }

  // ---- the queue

  /** Whoever shows how many wait writes it on the root; from there the worker learns which version must open. */
  watchQueue() {
    const read = () => this.hold(Number(this.root.dataset.waiting) || 0);
    new MutationObserver(read).observe(this.root, { attributeFilter: ["data-waiting"] });
    read();
  }

  /** Note that sales of this build wait (or none), so that this build opens until they are sent. */
  async hold(count) {
    this.waits = count;
    if (this.strips.firstChild) this.show();
    if (this.isHeld === count > 0) return; // the worker asks only whether, and a write for each sale would cost time
    this.isHeld = count > 0;
    const cache = await this.window.caches?.open(STATE);
    if (this.isHeld) await cache?.put(HELD, new Response(JSON.stringify({ build: BUILD, go: this.start.urls.till })));
    else await cache?.delete(HELD);
  }

  // ---- the page

  /** Ask the server for this page anew, for its form token and its start. */
  async renew() {
    try {
      const { fetch, DOMParser } = this.window;
      const answer = await fetch(this.start.urls.till, {
        redirect: "manual", credentials: "same-origin", cache: "no-store", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(WITHIN_MS),
      });
      return await readRenewal(answer, { own: this.own, parse: (text) => new DOMParser().parseFromString(text, "text/html") });
    } catch {
      return { lost: true };
    }
  }

  /** The line is back: a page that was kept is made fresh at once. */
  wake() {
    if (this.isOld) this.renewUntilFresh();
  }

  async renewUntilFresh() {
    clearTimeout(this.renewal);
    const renewal = await this.renew();
    if (!this.isOld) return; // another try was quicker
    if (renewal.lost) {
      this.renewal = setTimeout(() => this.renewUntilFresh(), RENEW_MS);
      return;
    }
    this.isOld = false;
    // The server has a newer page, or one for somebody else: ours goes when nothing is open.
    if (renewal.other || (renewal.build && renewal.build !== BUILD)) this.isStale = true;
    this.show();
    this.onFresh(renewal);
  }

  async drop() {
    await dropShell(this.window.caches);
  }

  /** What the panel of this device shows of the shell. */
  async facts() {
    const { caches, navigator, matchMedia } = this.window;
    const pages = this.fault ? null : await caches.open(pagesOf(BUILD));
    const estimate = await navigator.storage?.estimate?.();
    return {
      version: BUILD, fault: this.fault, isControlled: Boolean(this.workerBuild), isReady: Boolean(this.isReady || this.isStale),
      isKept: Boolean(await pages?.match(this.start.urls.till)), keptAt: this.isOld ? keptAt(this.document) : null, waits: this.waits,
      isPersistent: (await navigator.storage?.persisted?.()) ?? null, usage: estimate?.usage ?? null, quota: estimate?.quota ?? null,
      isInstalled: matchMedia("(display-mode: standalone)").matches, canInstall: Boolean(this.install),
    };
  }

  /** Ask the browser to keep this till's store for good; an installed page is granted it. */
  async settle() {
    await this.install?.prompt();
    this.install = null;
    return (await this.window.navigator.storage?.persist?.()) ?? null;
  }
}

/** Which build a worker serves. */
function askBuild(worker) {
  if (!worker) return null;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    setTimeout(() => resolve(null), WITHIN_MS);
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage({ do: "build" }, [port2]);
  });
}

/** Join the worker and the panel of this device to the page; see the asks of each part in `Shell`. */
export function joinWorker({ document, words, start, till, isIdle, onFresh }) {
  const shell = new Shell({ window: document.defaultView, words, start, till, isIdle, onFresh });
  shell.join();
  joinHealth({ document, words, start, till, shell });
  return shell;
}
