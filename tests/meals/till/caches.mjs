// A browser's caches, and answers as a server gives them, for tests under Node.

const keyOf = (request) => new URL(typeof request === "string" ? request : request.url, "https://till.example").href;

class FakeCache {
  constructor() { this.all = new Map(); }
  async match(request) { return this.all.get(keyOf(request))?.clone(); }
  async put(request, answer) { this.all.set(keyOf(request), answer); }
  async delete(request) { return this.all.delete(keyOf(request)); }
  async keys() { return [...this.all.keys()].map((url) => ({ url })); }
}

export class FakeCaches {
  constructor() { this.all = new Map(); }
  async open(name) {
    if (!this.all.has(name)) this.all.set(name, new FakeCache());
    return this.all.get(name);
  }
  async keys() { return [...this.all.keys()]; }
  async delete(name) { return this.all.delete(name); }
  async match(request) {
    for (const cache of this.all.values()) {
      const found = await cache.match(request);
      if (found) return found;
    }
    return undefined;
  }
}

/** The till's page of a build, as the server sends it. */
export const pageOf = (build, { till = 1, cashier = 5, text = "" } = {}) =>
  new Response(`<!doctype html>\n<html lang="zh-CN"><body>${build} ${cashier} ${text}</body></html>`, { headers: { "Till-Shell": `${build} ${till} ${cashier}`, "Content-Type": "text/html" } });

export const fileOf = (text, { stays = true } = {}) =>
  new Response(text, { headers: { "Cache-Control": stays ? "public, max-age=31536000, immutable" : "no-cache" } });
