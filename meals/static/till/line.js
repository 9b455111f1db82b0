// Whether the server can be reached. navigator.onLine says yes with the server dead: only an answer tells.

const BEAT_MS = 15_000;
const BEAT_DOWN_MS = 3000;
const FIRST_DOWN_MS = 1000; // one answer that came too late is no dead line: look again soon
const WITHIN_MS = 2500;

export class Line {
  /** `onChange(isUp)` is called when it comes and when it goes. */
  constructor({ api, url, onChange, timer = globalThis }) {
    Object.assign(this, { api, url, onChange, timer, isUp: true, beat: 0 });
  }

  /** Learn from the outcome of any call. */
  note({ lost = false }) {
    if (this.isUp === !lost) return;
    this.isUp = !lost;
    this.in(this.isUp ? BEAT_MS : FIRST_DOWN_MS);
    this.onChange(this.isUp);
  }

  in(ms) {
    this.timer.clearTimeout(this.beat);
    this.beat = this.timer.setTimeout(() => this.look(), ms);
  }

  /** Ask for a sign of life, and again from then on. */
  async look() {
    this.note(await this.api.call("GET", this.url, { within: WITHIN_MS }));
    this.in(this.isUp ? BEAT_MS : BEAT_DOWN_MS);
  }
}
