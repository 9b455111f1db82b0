// Puts the state on the page, touching only what has changed, and says it aloud to a screen reader.

import { guest, guestLines, linkState, menu, recent, strips } from "./side.js";
import { countdown, stageOf } from "./stages.js";

const BUSY = new Set(["checking", "selling", "undoing"]);

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
    if (has("link", "awaited", "late", "notice", "stage", "foreign")) this.showStrips(at);
    if (has("stage", "link")) this.showGuest(at);
    if (has("stage", "menu", "basket", "today", "link", "reads", "awaited")) this.showStage(at, before);
  }

  put(id, nodes) {
    this.places[id].replaceChildren(...nodes.filter(Boolean));
  }

  showStrips(at) {
    const nodes = strips(at);
    const text = nodes.map((node) => node.textContent).join(" ");
    if (text === this.shown.strips) return;
    this.shown.strips = text;
    this.put("strips", nodes);
    if (at.state.notice) this.say("alarm", [this.words.say(at.state.notice)]);
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
    const isSame = before?.stage === stage;
    const active = this.document.activeElement;
    // Fresh figures must not take the text away that somebody is typing.
    if (isSame && places.stage.contains(active) && active.matches("input")) return;
    const made = stageOf(at);
    const held = isSame && places.stage.contains(active) ? active.dataset.do : null;
    const hadFocus = places.stage.contains(active);
    this.document.documentElement.dataset.view = stage.view;
    places.stage.className = `stage ${made.look}`;
    places.stage.replaceChildren(...made.nodes.flat().filter(Boolean));
    if (isSame) return held ? places.stage.querySelector(`[data-do="${held}"]`)?.focus() : undefined;
    this.land(made, hadFocus);
    if (made.say && !(before?.stage.view === stage.view && isSame)) this.say(made.alarm ? "alarm" : "said", made.say);
  }

  /** Keep the keyboard's place: a screen with a field takes the focus, others only when it was in the old one. */
  land(made, hadFocus) {
    const { stage } = this.places;
    if (made.focus) stage.querySelector(made.focus)?.focus({ preventScroll: true });
    else if (hadFocus) stage.focus({ preventScroll: true });
    if (made.look !== "idle" && stage.getBoundingClientRect().top < 0) stage.scrollIntoView({ block: "start" });
  }

  say(place, parts) {
    const node = this.places[place];
    const text = parts.filter(Boolean).join(this.words.say("stop"));
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
