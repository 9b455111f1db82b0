// Puts the state on the page, touching only what has changed, and says it aloud to a screen reader.

import { guest, guestLines, linkState, menu, recent, strips } from "./side.js";
import { countdown, stageOf } from "./stages.js";

const BUSY = new Set(["checking", "selling", "undoing"]);
const linkKey = ({ link, device }) => (link === "up" ? "link.back" : device ? "offline.selling" : "link.down");

// What a screen shows beside its own sale: it is drawn anew when that changes, and not for anything else.
const NEEDS = {
  idle: ["menu", "basket", "today", "link", "device"], asking: ["menu"], today: ["today", "awaited"], queue: ["own", "awaited", "link"],
  reading: ["reads"], checking: ["link"], selling: ["link"], undoing: ["link"],
};

/** The same screen as before: the same one, or the same sale of which more is known. */
const isSameStage = (one, other) =>
  one === other || (one?.view === "sold" && other.view === "sold" && one.receipt.id === other.receipt.id);

export class Screen {
  constructor({ document, words, start, now, onGuest }) {
    Object.assign(this, { document, words, start, now, onGuest });
    this.places = Object.fromEntries(["stage", "menu", "guest", "recent", "strips", "link", "said", "alarm", "clock"]
      .map((id) => [id, document.getElementById(id)]));
    this.shown = {};
    this.before = null;
  }

  /** Show a state. */
  show(state) {
    const at = { state, words: this.words, start: this.start, now: this.now };
    const { before } = this;
    const has = (...names) => !before || names.some((name) => before[name] !== state[name]);
    this.before = state;
    if (has("menu", "basket")) this.put("menu", menu(at));
    if (has("today")) this.put("recent", recent(at));
    if (has("link", "awaited")) this.put("link", linkState(at));
    if (has("link", "awaited", "late", "notice", "stage", "foreign", "device", "session", "standing", "facts")) this.showStrips(at);
    this.mark(state);
    if (has("stage", "link")) this.showGuest(at);
    if (before && before.link !== state.link) this.announce("said", [this.words.tell(linkKey(state))]);
    if (has("stage", ...(NEEDS[state.stage.view] ?? []))) this.showStage(at, before);
  }

  /** For whoever watches the page from outside: how many entries wait, and by which roster the till sells. */
  mark({ standing, roster }) {
    const { dataset } = this.document.documentElement;
    if (dataset.waiting !== String(standing.count)) dataset.waiting = standing.count;
    if (dataset.roster !== roster) dataset.roster = roster;
  }

  /** Fill a place anew; a button that had the focus has it again. */
  put(id, nodes) {
    const place = this.places[id];
    const active = this.document.activeElement;
    const marks = place.contains(active) ? Object.entries(active.dataset) : [];
    place.replaceChildren(...nodes.flat().filter(Boolean));
    if (marks.length) place.querySelector(marks.map(([name, value]) => `[data-${name}="${CSS.escape(value)}"]`).join(""))?.focus();
  }

  showStrips(at) {
    const nodes = strips(at);
    const text = nodes.map((node) => node.textContent).join(" ");
    if (text === this.shown.strips) return;
    this.shown.strips = text;
    this.put("strips", nodes);
    if (at.state.notice) this.announce("alarm", [this.words.tell(at.state.notice)]);
  }

  showGuest(at) {
    const lines = guestLines(at);
    if (lines.a === this.shown.guest?.a && lines.b === this.shown.guest?.b) return;
    this.shown.guest = lines;
    this.put("guest", guest(at));
    this.onGuest(lines);
  }

  showStage(at, before) {
    const { stage } = at.state;
    const { places } = this;
    const isQuick = BUSY.has(stage.view) && !stage.slow;
    places.stage.setAttribute("aria-busy", String(BUSY.has(stage.view)));
    if (isQuick && before) return; // an answer within a moment: what is there may stay until then
    const isSame = isSameStage(before?.stage, stage);
    const active = this.document.activeElement;
    // Fresh figures must not take the text away that somebody is typing.
    if (isSame && places.stage.contains(active) && active.matches("input")) return;
    const made = stageOf(at);
    this.document.documentElement.dataset.view = stage.view;
    places.stage.className = `stage ${made.look}`;
    this.put("stage", made.nodes);
    if (isSame) return;
    this.land(made);
    if (made.say) this.announce(made.alarm ? "alarm" : "said", made.say);
  }

  /** Take the focus off the button pressed last: Enter must mean this screen's answer, not that button again. */
  land(made) {
    const { stage } = this.places;
    const wanted = made.focus ? stage.querySelector(made.focus) : null;
    if (wanted) wanted.focus({ preventScroll: true });
    else if (this.document.activeElement !== this.document.body) stage.focus({ preventScroll: true });
    if (made.look !== "idle" && stage.getBoundingClientRect().top < 0) stage.scrollIntoView({ block: "start" });
  }

  announce(place, parts) {
    const node = this.places[place];
    const text = parts.filter(Boolean).join(this.words.tell("stop"));
    // The same words twice must still be heard twice.
    node.textContent = text === node.textContent ? `${text}\u00a0` : text;
  }

  /** What changes with time alone. */
  tick(now) {
    const { clock } = this.places;
    const text = this.words.time(now);
    if (clock.textContent !== text) {
      clock.textContent = text;
      clock.dateTime = new Date(now).toISOString();
    }
    for (const node of this.document.querySelectorAll("[data-countdown]")) {
      const left = countdown(Number(node.dataset.countdown) - now, this.words);
      if (node.textContent !== left) node.textContent = left;
    }
  }
}
