// Keeps the roster fresh: at opening, each five minutes, and at once when the line comes back. What the server does not
// answer is asked again, later each time; what was kept before serves meanwhile.

import { Roster } from "./roster.js";

const EACH_MS = 5 * 60_000;
const PAUSE_MS = { first: 2000, most: EACH_MS };
const WITHIN_MS = 20_000; // ten thousand people over a slow line

export class RosterKeeper {
  /**
   * `on(event)` gets roster, fresh (nothing changed), away, revoked, unknown, unkept, and token: how each answer took the
   * device's token. `store` keeps what came; `clock` learns the server's time.
   */
  constructor({ device, url, store, clock, on = () => {}, fetch = globalThis.fetch.bind(globalThis), random = Math.random }) {
    Object.assign(this, { device, url, store, clock, on, fetch, random });
    this.roster = null;
    this.etag = null;
    this.text = null;
    this.tries = 0;
    this.why = null;
    this.timer = 0;
    this.isAsking = false;
    this.isStopped = false;
    this.mustBeWhole = false;
  }

  /** Take what was kept; a roster of another till is none. */
  async open() {
    const kept = await this.store.roster();
    const roster = kept && Roster.from(parse(kept.content), kept.at);
    if (!roster || roster.till.id !== this.device.till.id) return null;
    this.etag = kept.etag ?? null;
    this.text = kept.content;
    this.take(roster, { at: kept.at, asked: roster.asked_at ?? kept.at });
    return roster;
  }

  /** Ask now, and from now on. */
  start() {
    this.isStopped = false;
    return this.renew();
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** The line is back, or somebody wants it fresh: ask at once. */
  wake() {
    if (!this.isAsking && !this.isStopped) this.renew();
  }

  /** How fresh the roster is, and why it is not fresher. */
  standing() {
    return { version: this.roster?.version ?? null, at: this.roster?.at ?? null, size: this.roster?.size ?? 0, tries: this.tries, why: this.why };
  }

  async renew() {
    clearTimeout(this.timer);
    this.isAsking = true;
    const why = await this.ask().catch(() => "away");
    this.isAsking = false;
    this.tries = why ? this.tries + 1 : 0;
    if (why && why !== this.why) this.on({ type: why });
    this.why = why;
    if (!this.isStopped) this.timer = setTimeout(() => this.renew(), this.pause());
  }

  /** Five minutes, or after a failure a while that doubles: never so many at once that the server falls again. */
  pause() {
    if (!this.tries) return EACH_MS;
    const most = Math.min(PAUSE_MS.first * 2 ** (this.tries - 1), PAUSE_MS.most);
    return most / 2 + this.random() * (most / 2);
  }

  /** Ask once; why it did not work, or nothing. */
  async ask() {
    const asked = this.clock.now();
    const sent = this.clock.mono();
    const hasPart = this.roster && !this.mustBeWhole;
    const since = hasPart ? `?since=${encodeURIComponent(this.roster.version)}` : "";
    const headers = { Accept: "application/json", Authorization: `Till ${this.device.token}` };
    if (hasPart && this.etag) headers["If-None-Match"] = this.etag;
    const response = await this.fetch(this.url + since, {
      headers, cache: "no-store", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(WITHIN_MS),
    });
    if (!isOurs(response)) return "away";
    this.clock.syncFrom(response, sent);
    const { code } = response.status === 401 ? await response.json().catch(() => ({})) : {};
    this.on({ type: "token", status: response.status, code });
    if (response.status === 304 && this.roster) return this.renewed(asked);
    if (response.status === 401) return code === "till_revoked" ? "revoked" : "unknown";
    if (!response.ok) return "away";
    return this.read(await response.json(), { asked, etag: response.headers.get("ETag") });
  }

  async renewed(asked) {
    await this.keep(asked, this.text);
    this.on({ type: "fresh", roster: this.roster });
    return null;
  }

  /** Take in what came. What does not fit what is there is asked for whole, and what is there serves until then. */
  async read(content, { asked, etag }) {
    const roster = this.merge(content, asked);
    this.mustBeWhole = !roster;
    if (!roster) return "away";
    this.etag = etag;
    this.take(roster, { at: this.clock.now(), asked });
    return this.keep(asked, JSON.stringify(roster.content()));
  }

  merge(content, asked) {
    try {
      return this.roster ? this.roster.apply(content, asked) : Roster.from(content, asked);
    } catch {
      return null;
    }
  }

  take(roster, { at, asked }) {
    this.roster = Object.assign(roster, { at, asked_at: asked });
    this.clock.jump_seconds = roster.till_rules?.clock_jump_seconds ?? this.clock.jump_seconds;
    this.clock.seen(at);
    this.on({ type: "roster", roster });
  }

  /**
   * Note that it holds as of now, and keep it: as one text, which the browser writes many times faster than ten thousand
   * rows. A store that is full does not make the roster worse.
   */
  async keep(asked, text) {
    const at = this.clock.now();
    Object.assign(this.roster, { at, asked_at: asked });
    this.text = text;
    await this.store.keepRoster(text, this.etag, at).catch(() => this.on({ type: "unkept" }));
    return null;
  }
}

/** A page where the server sends a document: some box on the way answered, who knows neither our time nor our tokens. */
const isOurs = ({ status, headers }) => status === 304 || /json/.test(headers.get("Content-Type") ?? "");

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // kept by another version of this page: it comes anew
  }
}
