// When something happened: by the server's clock, carried on by one that nobody can set; after a reload in a dead spot by
// the phone's own, put right by what was last known of it.

const KEPT = "chongyang.rounds.clock";
const SURE_MS = 120_000;

export class Moments {
  constructor({ now = Date.now, ticks = () => performance.now(), memory = globalThis.localStorage } = {}) {
    Object.assign(this, { now, ticks, memory, mark: null });
  }

  /** Learn what time it is from an answer of the server (ms); the way of the answer is at most a few seconds. */
  sync(serverAt) {
    if (!Number.isFinite(serverAt)) return;
    this.mark = { at: serverAt, ticks: this.ticks() };
    try {
      this.memory?.setItem(KEPT, String(serverAt - this.now()));
    } catch { /* a browser that forbids it has only this page's memory */ }
  }

  /** {at (ms), clock_suspect}: not later than the server would say, or marked as in doubt. */
  stamp() {
    if (this.mark) return { at: Math.round(this.mark.at + this.ticks() - this.mark.ticks), clock_suspect: false };
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
