// The till's service worker: keeps the files and the page of one build, so that the till opens without the server.
// Data never passes through here: sales, quotes and rosters go to the server or, by the page, into its own store.

import {
  HELD, MARK, STATE, choose, filesOf, isOfPages, isSameCounter, leftOver, pagesOf, readMark, routeOf, stamp,
} from "./kept.js";

const GIVE_UP_MS = 20_000;
const AT_ONCE = 6; // files asked for side by side, as many as a browser has connections
const STAYS = "immutable"; // the server says so of files that are of this very build
const NOT_THROUGH_HERE = ["/api/*", "/healthz"]; // a worker that sleeps must not slow a sale down

const later = (ms) => new Promise((resolve) => setTimeout(() => resolve(null), ms));

export class Shell {
  /** `config`: build, files, origin, till, guest, patience_ms, the page for when there is none; `isAlone()`: no newer one comes. */
  constructor({ caches, fetch, config, isAlone = () => true, now = Date.now }) {
    Object.assign(this, { caches, fetch, config, isAlone, now });
    this.own = config.build;
  }

  /** Take every file of this build in, all or none, and the page as it is now. */
  async install() {
    const cache = await this.caches.open(filesOf(this.own));
    const waiting = [...this.config.files];
    const fetchOn = async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) await this.take(cache, file);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, fetchOn));
    await this.refresh(this.config.till).catch(() => null); // nobody logged in: the first opening keeps it
  }

  async take(cache, file) {
    if (await cache.match(file)) return;
    const answer = await this.fetch(file);
    const stays = (answer.headers.get("Cache-Control") || "").includes(STAYS);
    // While a server changes its version, another process may answer with another build's file.
    if (!answer.ok || !stays) throw new Error(`${file} is not of build ${this.own}`);
    await cache.put(file, answer);
  }

  /** Let go of what no page needs any more. */
  async sweep() {
    const hasPage = Boolean(await (await this.caches.open(pagesOf(this.own))).match(this.config.till));
    const gone = leftOver(await this.caches.keys(), { own: this.own, held: await this.held(), hasPage });
    if (!this.isAlone()) return; // what we do not know may be a newer worker's
    await Promise.all(gone.map((name) => this.caches.delete(name)));
  }

  /** The build whose sales wait in this browser, or nothing. */
  async held() {
    const found = await (await this.caches.open(STATE)).match(HELD);
    return found ? (await found.json()).build : null;
  }

  /** Fetch a page for later. */
  async refresh(path) {
    const answer = await this.ask(path);
    await this.note(path, answer);
  }

  /** Ask the server for a page, as whoever is logged in. A line that only swallows is given up: connections are few. */
  ask(path) {
    return this.fetch(path, { credentials: "same-origin", redirect: "manual", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(GIVE_UP_MS) });
  }

  /** Open a page: the server's, when it answers in time, else the kept one. `wait` lets work go on behind the answer. */
  async open(request, wait) {
    const { pathname, search } = new URL(request.url);
    const asked = this.ask(pathname + search).catch(() => null);
    // Asked once, read twice: the copy is made before anybody reads, and kept also when the answer comes too late.
    wait(asked.then((answer) => answer && this.note(pathname, answer.clone())).then(() => this.sweep()).catch(() => null));
    const inTime = Promise.race([asked, later(this.config.patience_ms)]);
    const [answer, kept, held] = await Promise.all([inTime, this.kept(pathname), this.held()]);
    const { show } = choose({ answer: answer && this.facts(answer), kept, held, own: this.own });
    return show === "network" ? ((await asked) ?? this.nothing()) : show.page;
  }

  /** Keep a page of our own build (its text is read here); those of another till or cashier go, whichever build they are of. */
  async note(path, answer) {
    const { keep, foreign } = choose({ answer: this.facts(answer), kept: [], held: null, own: this.own });
    const mark = readMark(answer.headers.get(MARK));
    if (foreign) await this.forgetOthers(mark);
    if (!keep) return;
    const at = this.now();
    const headers = new Headers(answer.headers);
    for (const name of ["Content-Encoding", "Content-Length", "Set-Cookie"]) headers.delete(name);
    const page = new Response(stamp(await answer.text(), at), { status: 200, headers });
    page.headers.set("Kept-At", String(at));
    await (await this.caches.open(pagesOf(this.own))).put(path, page);
  }

  async forgetOthers(mark) {
    for (const name of (await this.caches.keys()).filter(isOfPages)) {
      const cache = await this.caches.open(name);
      for (const request of await cache.keys()) {
        const other = readMark((await cache.match(request)).headers.get(MARK));
        if (!other || !isSameCounter(other, mark)) await cache.delete(request);
      }
    }
  }

  /** The pages kept under a path, of every build that is here. */
  async kept(path) {
    const found = [];
    for (const name of (await this.caches.keys()).filter(isOfPages)) {
      const page = await (await this.caches.open(name)).match(path);
      const mark = page && readMark(page.headers.get(MARK));
      if (mark) found.push({ page, mark, at: Number(page.headers.get("Kept-At")) });
    }
    return found;
  }

  facts(answer) {
    return { status: answer.status, mark: answer.status === 200 ? readMark(answer.headers.get(MARK)) : null };
  }

  /** A file of whichever build asks for it; its address changes with its content, so that a kept one is right for good. */
  async file(request) {
    return (await this.caches.match(request)) ?? this.fetch(request);
  }

  /** A script of the page asks for the page anew: the server's answer or none. */
  async renew(request) {
    const answer = await this.fetch(request);
    await this.note(new URL(request.url).pathname, answer.clone()).catch(() => null);
    return answer;
  }

  /** What is shown when there is neither a server nor a kept page. */
  nothing() {
    const headers = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", ...this.config.headers };
    return new Response(this.config.nothing, { status: 503, headers });
  }
}

/** Wire a worker's events. Must run while its script is read for the first time. */
export function serve(scope, given) {
  const config = { ...given, origin: scope.location.origin };
  const isAlone = () => !scope.registration.installing && !scope.registration.waiting;
  const shell = new Shell({ caches: scope.caches, fetch: scope.fetch.bind(scope), config, isAlone });
  scope.addEventListener("install", (event) => {
    event.waitUntil(Promise.all([shell.install(), bypass(event)]));
  });
  scope.addEventListener("activate", (event) => {
    event.waitUntil(Promise.all([scope.clients.claim(), shell.sweep()]));
  });
  scope.addEventListener("fetch", (event) => {
    const { request } = event;
    const route = routeOf(request, config);
    if (route === "file") event.respondWith(shell.file(request));
    if (route === "page") event.respondWith(shell.open(request, (work) => event.waitUntil(work)));
    if (route === "renewal") event.respondWith(shell.renew(request));
  });
  scope.addEventListener("message", (event) => {
    if (event.data?.do === "take_over") event.waitUntil(scope.skipWaiting());
    if (event.data?.do === "build") event.ports[0]?.postMessage(config.build);
  });
}

/** Tell the browser, where it can be told, not to wake this worker for data. */
async function bypass(event) {
  if (!event.addRoutes) return;
  const routes = NOT_THROUGH_HERE.map((pathname) => ({ condition: { urlPattern: { pathname } }, source: "network" }));
  await event.addRoutes(routes).catch(() => null);
}
