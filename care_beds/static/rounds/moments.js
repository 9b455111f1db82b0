// When something happened: by the server's clock, carried on by whichever clock of the phone went further: the one that
// nobody can set stands still while the phone sleeps in a pocket, the other one may be set back. One that was set ahead
// the server sees: nothing happens later than it came. After a reload in a dead spot the phone's own clock counts, put
// right by what was last known of it.

const KEPT = "chongyang.rounds.clock";
const SURE_MS = 120_000;

export class Moments {
  constructor({ now = Date.now, ticks = () => performance.now(), memory = globalThis.localStorage } = {}) {
    Object.assign(this, { now, ticks, memory, mark: null });
  }

  /** Learn what time it is from an answer of the server (ms); the way of the answer is at most a few seconds. */
  sync(serverAt) {
    if (!Number.isFinite(serverAt)) return;
    this.mark = { at: serverAt, ticks: this.ticks(), now: this.now() };
    try {
      this.memory?.setItem(KEPT, String(serverAt - this.now()));
    } catch { /* a browser that forbids it has only this page's memory */ }
  }

  /** {at (ms), clock_suspect}: not later than the server would say, or marked as in doubt. */
  stamp() {
    if (this.mark) {
      const gone = Math.max(this.ticks() - this.mark.ticks, this.now() - this.mark.now);
      return { at: Math.round(this.mark.at + gone), clock_suspect: false };
    }
    const kept = this.remembered();
    return { at: Math.round(this.now() + (kept ?? 0)), clock_suspect: kept === null || Math.abs(kept) > SURE_MS };
  }

  remembered() {
    try {
      const text = this.memory?.getItem(KEPT);
      return text === null || text === undefined || !Number.isFinite(Number(text)) ? null : Number(text);
    } catch {
      return null;
    }
  }
}
