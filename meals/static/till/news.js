// What the server tells a till: the day so far, the menu, guests by name; and what stands in for it while it is away.

import { isUnanswered, troubleOf } from "./asking.js";
import { dayOf } from "./roster.js";
import { soon } from "./soon.js";

const SOON_MS = 150; // fifty sales that arrive together are one reason to look anew
const MEALS = ["breakfast", "lunch", "dinner"];

export class News {
  constructor(till) {
    this.till = till;
    this.refreshSoon = soon(SOON_MS, () => this.refresh());
  }

  /** Whether this till goes on by its roster now. */
  isAlone() {
    return Boolean(this.till.device) && !this.till.canAsk();
  }

  async refresh() {
    const { api, clock, line, send, start } = this.till;
    if (this.isAlone()) return;
    const asked = clock.now();
    const outcome = await api.get(start.urls.today);
    line.note(outcome);
    const trouble = troubleOf(outcome);
    if (trouble) send({ type: "trouble", why: trouble });
    if (outcome.body) this.serve(outcome.body, asked);
  }

  /** Take the server's figures, as of a moment, with what it did not know at that moment on top. */
  serve(today, at) {
    const { book, send } = this.till;
    this.till.servedAt = at;
    send({ type: "today", today, own: book.unknownAt(at) });
  }

  async menu() {
    const { api, send, start } = this.till;
    if (this.isAlone()) return this.menuOfRoster();
    const outcome = await api.get(start.urls.menu);
    return outcome.body && send({ type: "menu", menu: outcome.body });
  }

  /** Without the server the day goes on: the meal that begins now, and on another day the dishes of that day. */
  menuOfRoster() {
    const { clock, keeper, send, state, words } = this.till;
    const labels = Object.fromEntries(MEALS.map((name) => [name, words.tell(`window.${name}`)]));
    const menu = keeper?.roster?.menu(clock.now(), labels);
    if (!menu) return null;
    const known = state().menu;
    return send({ type: "menu", menu: known?.on === dayOf(clock.now()) ? { ...known, window: menu.window } : menu });
  }

  async search({ query }) {
    const { api, keeper, send, start, words } = this.till;
    const outcome = this.isAlone() ? { lost: true } : await api.get(`${start.urls.guests}?query=${encodeURIComponent(query)}`);
    if (outcome.body) return send({ type: "found", query, people: outcome.body.items });
    const isOpen = isUnanswered(outcome) || troubleOf(outcome);
    if (isOpen && keeper?.roster) return send({ type: "found", query, people: keeper.roster.search(query) });
    const { problem } = outcome;
    return send({ type: "found", query, message: problem?.errors?.query?.[0] || problem?.detail || words.tell("find.lost") });
  }

  /** The page asked the server for itself again: who is logged in, and with which token for its calls. */
  fresh({ csrf, start, signedOut, other }) {
    const { api, send } = this.till;
    if (signedOut || other) return send({ type: "trouble", why: signedOut ? "signed_out" : "stale_page" });
    if (!start) return null; // no answer; it is asked again
    api.csrf = csrf;
    send({ type: "good_session" });
    send({ type: "menu", menu: start.menu });
    return this.serve(start.today, Date.parse(start.server_time));
  }
}
