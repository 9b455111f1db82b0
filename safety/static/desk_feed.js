/* The feed: one tab of the browser holds the live line for all of them; without a free line it asks by turns.
   A tab that hears nothing for 25 seconds says so, whatever the reason. */
const DEAD_MS = 25_000, RETRY_MS = 30_000, STUCK_MS = 26_000;
const LINE = "chongyang-desk-line";

export class Feed {
  /* live, news: addresses; ticker: the worker; heard: called with the news; out: called when nobody is logged in. */
  constructor({ live, news, ticker, heard, out }) {
    Object.assign(this, { live, news, ticker, heard, out });
    this.channel = new BroadcastChannel("chongyang-desk");
    this.heardAt = performance.now();
    this.source = null;
    this.retryAt = Infinity;
    this.mark = null;
    this.channel.addEventListener("message", ({ data }) => this.take(data));
    ticker.addEventListener("message", ({ data }) => this.onTicker(data));
    // Without locks (no HTTPS on the office's network) each tab has its own line.
    if (navigator.locks) navigator.locks.request(LINE, () => { this.connect(); return new Promise(() => {}); });
    else this.connect();
    addEventListener("pagehide", () => this.source?.close());
  }

  get silentMs() { return performance.now() - this.heardAt; }

  get isDead() { return this.silentMs > DEAD_MS; }

  connect() {
    this.source?.close();
    this.retryAt = Infinity;
    this.connectedAt = performance.now();
    const source = this.source = new EventSource(this.live);
    for (const kind of ["change", "beat"]) source.addEventListener(kind, event => {
      this.askByTurns(false);
      this.tell(JSON.parse(event.data));
    });
    // It tries again by itself where the line broke; where it was refused (no free line) it gives up.
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) this.askByTurns(true); });
  }

  askByTurns(isWanted) {
    this.ticker.postMessage({ ask: isWanted ? this.news : "" });
    this.retryAt = isWanted ? performance.now() + RETRY_MS : Infinity;
  }

  onTicker({ kind, news }) {
    if (kind === "news") this.tell(news);
    if (kind === "out") this.out();
    if (kind !== "tick" || !this.source) return;
    const now = performance.now(), isStuck = this.silentMs > STUCK_MS && now - this.connectedAt > STUCK_MS;
    if (now > this.retryAt) this.connect();
    else if (isStuck) { this.connect(); this.askByTurns(true); }
  }

  /* The tab with the line tells the others what it hears. */
  tell(news) {
    this.channel.postMessage(news);
    this.take(news);
  }

  take(news) {
    this.heardAt = performance.now();
    const isChange = news.mark !== this.mark;
    this.mark = news.mark;
    this.heard(news, isChange);
  }
}
