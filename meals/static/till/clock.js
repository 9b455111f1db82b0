// The till's clock: the server's time carried on by the browser's monotonic clock, which nobody can set.
// The wall clock is only compared with it. When it jumps, somebody set it, or the machine slept: both are said.

const KEPT_AS = "chongyang.clock";
const DRIFT = 1e-4; // a cheap quartz loses or gains no more: what we know gets worse by so much with time
const DATE_HEADER_MS = 1000; // it has whole seconds, cut off
const APART_MS = 50;
const KEEP_EVERY_MS = 60_000;
const JUMP_SECONDS = 120; // until the roster brings the rule of the place
// A monotonic clock may stand still while the machine sleeps. Nobody sets a clock on by hours while serving,
// so after a longer jump forward it is the wall clock that is right.
const ASLEEP_MS = 2 * 3_600_000;

export class TillClock {
  constructor({ storage = null, wall = () => Date.now(), mono = () => performance.now(), jumpSeconds = JUMP_SECONDS } = {}) {
    Object.assign(this, { storage, wall, mono, jump_seconds: jumpSeconds });
    this.best = null; // {at, mono, error}: the server's time at a moment of the monotonic clock
    this.why = null;
    this.seconds = 0;
    this.keptAt = -Infinity;
    const kept = this.read();
    this.gap = this.syncedGap = kept.gap ?? 0; // the server's time less the wall's, as last known
    this.last = 0; // no moment before this one can be now
    this.base = { at: wall() + this.gap, mono: mono(), wall: wall() };
    if (kept.why) this.doubt(kept.why, (kept.seconds ?? 0) * 1000);
    this.seen(kept.last ?? 0);
  }

  jumpMs() {
    return this.jump_seconds * 1000;
  }

  /** The moment, in milliseconds since 1970, as the server would say it. */
  now() {
    return Math.round(this.base.at + (this.mono() - this.base.mono));
  }

  get isSynced() {
    return this.best !== null;
  }

  /** How wrong a known moment may be by now. */
  errorOf(known) {
    return known.error + (this.mono() - known.mono) * DRIFT;
  }

  /** Take in what the server said its time was, between two moments of the monotonic clock; the surest answer counts. */
  sync(serverMs, { sent, received = this.mono(), coarseMs = 0 }) {
    if (!Number.isFinite(serverMs)) return;
    const isDoubted = this.check().isSuspect;
    const half = (received - sent) / 2;
    const mono = this.mono();
    const fresh = { at: serverMs + coarseMs / 2 + half + (mono - received), mono, error: half + coarseMs / 2 };
    if (!isDoubted && this.best && this.errorOf(this.best) <= fresh.error && !this.isApart(fresh)) return;
    this.best = fresh;
    this.base = { at: fresh.at, mono, wall: this.wall() };
    this.gap = this.syncedGap = fresh.at - this.wall();
    // What a clock that was far ahead has stamped has not happened yet: it must not hold the next start to it.
    const isAhead = this.last > fresh.at + fresh.error;
    if (isAhead) this.last = fresh.at;
    this.why = null;
    this.seconds = 0;
    this.keep({ must: isDoubted || isAhead });
  }

  /** What cannot both be right: the clock stood still unseen, or the server's own was set. */
  isApart(fresh) {
    return Math.abs(fresh.at - this.now()) > this.errorOf(this.best) + fresh.error + APART_MS;
  }

  /** Take the time of any answer from its Date header. */
  syncFrom(response, sent) {
    const said = response.headers.get("Date");
    if (said) this.sync(Date.parse(said), { sent, coarseMs: DATE_HEADER_MS });
  }

  /** Compare the wall clock with the monotonic one; called each second, so that a jump is seen when it happens. */
  check() {
    const jump = this.wall() - this.base.wall - (this.mono() - this.base.mono);
    if (Math.abs(jump) <= this.jumpMs()) return this.state();
    this.doubt("jumped", jump);
    const at = jump > ASLEEP_MS ? this.now() + jump : this.now();
    this.base = { at, mono: this.mono(), wall: this.wall() };
    this.gap = at - this.wall();
    return this.state();
  }

  doubt(why, byMs) {
    this.why = why;
    this.seconds = Math.round(byMs / 1000);
    this.best = null;
    this.keep({ must: true });
  }

  /** What is known: whether it is in doubt and why, and by how much the device's own clock is fast. */
  state() {
    return { isSuspect: this.why !== null, why: this.why, seconds: this.seconds, skew_ms: Math.round(-this.gap), is_synced: this.isSynced };
  }

  /** Stamp a sale with the moment, and whether that is in doubt. */
  stamp() {
    const { isSuspect } = this.check();
    const at = this.now();
    this.seen(at, { must: true });
    return { at, occurred_at: new Date(at).toISOString(), clock_suspect: isSuspect };
  }

  /** Something happened at this moment: a clock that nobody has set since may not be before it. */
  seen(at, { must = false } = {}) {
    if (at <= this.last) return;
    this.last = at;
    const behindMs = at - this.now();
    if (!this.isSynced && behindMs > this.jumpMs()) {
      this.base = { at, mono: this.mono(), wall: this.wall() };
      this.doubt("behind", behindMs);
    }
    this.keep({ must });
  }

  keep({ must = false } = {}) {
    if (!must && this.mono() - this.keptAt < KEEP_EVERY_MS) return;
    this.keptAt = this.mono();
    if (this.isSynced) this.last = Math.max(this.last, this.now());
    const kept = { gap: Math.round(this.syncedGap), last: Math.round(this.last), why: this.why, seconds: this.seconds };
    try {
      this.storage?.setItem(KEPT_AS, JSON.stringify(kept));
    } catch {
      // A full store is said by the queue, which needs it more.
    }
  }

  read() {
    try {
      return JSON.parse(this.storage?.getItem(KEPT_AS) ?? "{}") ?? {};
    } catch {
      return {};
    }
  }
}
