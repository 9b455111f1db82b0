// The service worker of the carer's page: keeps its files and the page as it last came, so that it opens at a door
// without a line. Data never passes through here: what was done waits in the page's own store.

const FILES = "files-care-";
const PAGE = "page-care"; // caches named `page-...` are of whoever is logged in; the floor empties them at every log-out
const MARK = "Care-Round"; // the server says of the page: its build
const GIVE_UP_MS = 20_000;
const AT_ONCE = 6;

const later = (ms) => new Promise((resolve) => setTimeout(() => resolve(null), ms));
const BUSY = new Set([408, 425, 429]);

/** Whether the server has really answered: neither silence, nor a proxy's or a broken server's page. */
export const isAnswer = (answer) => Boolean(answer) && answer.status < 500 && !BUSY.has(answer.status);

/** The page as it is kept: it knows of itself that the server did not just make it. */
export const asKept = (text) => text.replace(/"is_kept":\s*false/, '"is_kept": true');

export class Shell {
  /** `config`: build, files, page (its path), patience_ms, the page for when there is none, and its headers. */
  constructor({ caches, fetch, config }) {
    Object.assign(this, { caches, fetch, config });
  }

  /** Take every file of this build in, all or none, and the page as it is now. */
  async install() {
    const cache = await this.caches.open(FILES + this.config.build);
    const waiting = [...this.config.files];
    const fetchOn = async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const answer = await this.fetch(file);
        if (!answer.ok) throw new Error(`${file} did not come`);
        await cache.put(file, answer);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, fetchOn));
    await this.ask().then((answer) => this.note(answer)).catch(() => null); // nobody logged in: the first opening keeps it
  }

  ask() {
    return this.fetch(this.config.page, { credentials: "same-origin", redirect: "manual", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(GIVE_UP_MS) });
  }

  /** Open the page: the server's when it answers in time, else the kept one. `wait` lets work go on behind the answer. */
  async open(wait) {
    const asked = this.ask().catch(() => null);
    wait(asked.then((answer) => answer && this.note(answer.clone())).then(() => this.sweep()).catch(() => null));
    const answer = await Promise.race([asked, later(this.config.patience_ms)]);
    if (isAnswer(answer)) return answer;
    return (await this.kept()) ?? (await asked) ?? this.nothing();
  }

  /** Keep the page of a carer; a redirect to the log-in is none. */
  async note(answer) {
    if (answer.status !== 200 || !answer.headers.get(MARK)) return;
    const headers = new Headers(answer.headers);
    for (const name of ["Content-Encoding", "Content-Length", "Set-Cookie"]) headers.delete(name);
    const page = new Response(asKept(await answer.text()), { status: 200, headers });
    await (await this.caches.open(PAGE)).put(this.config.page, page);
  }

  async kept() {
    return (await (await this.caches.open(PAGE)).match(this.config.page)) ?? null;
  }

  /** Let go of files of other builds, once the kept page is of our own. */
  async sweep() {
    const page = await this.kept();
    if (page?.headers.get(MARK) !== this.config.build) return;
    const old = (await this.caches.keys()).filter((name) => name.startsWith(FILES) && name !== FILES + this.config.build);
    await Promise.all(old.map((name) => this.caches.delete(name)));
  }

  /** A file of whichever build asks for it: its address changes with its content. */
  async file(request) {
    return (await this.caches.match(request)) ?? this.fetch(request);
  }

  /** What is shown when there is neither a server nor a kept page. */
  nothing() {
    const headers = { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", ...this.config.headers };
    return new Response(this.config.nothing, { status: 503, headers });
  }
}

/** Which way a request goes: `page`, `file`, or not through here. */
export function routeOf({ method, url, mode }, { origin, page }) {
  const { origin: from, pathname } = new URL(url);
  if (method !== "GET" || from !== origin) return "pass";
  if (pathname.startsWith("/assets/")) return "file";
  return pathname === page && mode === "navigate" ? "page" : "pass";
}

/** Wire a worker's events. Must run while its script is read for the first time. */
export function serve(scope, given) {
  const config = { ...given, origin: scope.location.origin };
  const shell = new Shell({ caches: scope.caches, fetch: scope.fetch.bind(scope), config });
  scope.addEventListener("install", (event) => event.waitUntil(shell.install().then(() => scope.skipWaiting())));
  scope.addEventListener("activate", (event) => event.waitUntil(Promise.all([scope.clients.claim(), shell.sweep()])));
  scope.addEventListener("fetch", (event) => {
    const route = routeOf(event.request, config);
    if (route === "file") event.respondWith(shell.file(event.request));
    if (route === "page") event.respondWith(shell.open((work) => event.waitUntil(work)));
  });
}
