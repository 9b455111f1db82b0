/* Keeps the form of an assessment and its files, so that a reload without the line shows it again. Data never passes
   through here. Pages stand in a cache named page-...: a log-out forgets them. */

const PAGES = "page-assessments", FILES = "files-assessments";
const PATIENCE_MS = 4000;
const isForm = path => /^\/care\/assessments\/\d+\/form$/.test(path);

self.addEventListener("install", event => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));

self.addEventListener("message", event => {
  const { keep, files = [] } = event.data ?? {};
  if (!keep || !isForm(keep)) return;
  event.waitUntil(Promise.all([fetch(keep, { credentials: "same-origin" }).then(answer => note(keep, answer)), keepFiles(files)]).catch(() => null));
});

self.addEventListener("fetch", event => {
  const { method, url, mode } = event.request, { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate" && isForm(pathname)) event.respondWith(open(event.request, pathname));
  else if (pathname.startsWith("/assets/")) event.respondWith(file(event.request));
});

/* The server's page when it comes in time, else the kept one. */
async function open(request, path) {
  const asked = fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    const answer = await asked;
    await note(path, answer.clone());
    return answer;
  } catch (error) {
    const kept = await (await caches.open(PAGES)).match(path);
    if (kept) return kept;
    throw error;
  }
}

/* One form at a time: the next one takes its place, and one that is finished goes. */
async function note(path, answer) {
  const pages = await caches.open(PAGES);
  if (!answer.ok || answer.redirected) { await pages.delete(path); return; }
  for (const request of await pages.keys()) if (new URL(request.url).pathname !== path) await pages.delete(request);
  await pages.put(path, answer);
}

async function keepFiles(files) {
  const cache = await caches.open(FILES), wanted = new Set(files);
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  await Promise.all(files.map(async name => { if (!await cache.match(name)) await cache.add(name); }));
}

async function file(request) {
  return (await (await caches.open(FILES)).match(request)) ?? fetch(request);
}
