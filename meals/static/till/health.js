// This device, for whoever looks after it: version, page and store that stay, roster, queue, clock.

import { findDevice } from "./device.js";
import { button, chip, el, icon } from "./parts.js";
import { yuan } from "./words.js";

const CLOCK_OFF_MS = 120_000; // below this a clock is right enough
const ROWS = ["version", "shell", "storage", "device", "roster", "queue", "clock"];
const MEGABYTE = 1_000_000;
const HOUR_MS = 3_600_000;

/** A row's verdict: state of its chip, the key of its word, what fills it. Each is {state, key, params}. */
export const JUDGE = {
  version: ({ shell }) => ({ state: shell.isReady ? "warn" : "ok", key: shell.isReady ? "health.version.ready" : "health.version.newest" }),
  shell: ({ shell }) => {
    if (shell.fault) return { state: "danger", key: `health.shell.${shell.fault}` };
    if (shell.keptAt) return { state: "warn", key: "health.shell.kept", params: { time: shell.keptAt } };
    return shell.isKept ? { state: "ok", key: "health.shell.good" } : { state: "warn", key: "health.shell.not_yet" };
  },
  storage: ({ shell }) => {
    if (shell.isPersistent === null) return { state: "warn", key: "health.storage.unknown" };
    return shell.isPersistent ? { state: "ok", key: "health.storage.good" } : { state: "warn", key: "health.storage.may_go" };
  },
  device: ({ device, till }) => {
    if (!device) return { state: "warn", key: "health.device.none" };
    if (device.lost) return { state: "danger", key: `health.device.${device.lost.why}` };
    const params = { till: device.till.number, device: device.device.number };
    return device.till.id === till.id ? { state: "ok", key: "health.device.good", params } : { state: "warn", key: "health.device.elsewhere", params };
  },
  roster: ({ roster }) => {
    if (!roster?.at) return { state: "warn", key: "health.roster.none" };
    return { state: roster.isOld ? "danger" : "ok", key: "health.roster.good", params: { time: roster.at, people: roster.people } };
  },
  queue: ({ standing }) => {
    if (!standing?.count) return { state: "ok", key: standing?.last_seq ? "health.queue.empty" : "health.queue.none", params: { seq: standing?.last_seq } };
    return { state: "offline", key: "health.queue.waits", params: { count: standing.count, sum: yuan(standing.price_fen ?? 0), time: standing.oldest_at } };
  },
  clock: ({ clock }) => {
    if (clock?.isSuspect) return { state: "warn", key: "health.clock.suspect" };
    if (!clock?.is_synced) return { state: "warn", key: "health.clock.unknown" };
    const seconds = Math.round(Math.abs(clock.skew_ms) / 1000);
    if (Math.abs(clock.skew_ms) < CLOCK_OFF_MS) return { state: "ok", key: "health.clock.good", params: { seconds } };
    return { state: "warn", key: clock.skew_ms > 0 ? "health.clock.fast" : "health.clock.slow", params: { ms: Math.abs(clock.skew_ms) } };
  },
};

const ICONS = { ok: "ok", warn: "warn", danger: "warn", offline: "clock" };

class Health {
  constructor({ document, words, start, till, shell, storage }) {
    Object.assign(this, { document, words, start, till, shell, storage });
    this.dialog = el("dialog", { class: "health", "aria-labelledby": "health-h" });
  }

  join() {
    this.document.body.append(this.dialog);
    const label = this.words.tell("health.open");
    const opener = el("button", { class: "tool", type: "button", "aria-label": label, title: `${label} (⇧F9)`, "aria-keyshortcuts": "Shift+F9" }, icon("care"));
    this.document.getElementById("link").before(opener);
    opener.addEventListener("click", () => this.open());
    // Before the till's own keys: F9 alone is about cards.
    this.document.addEventListener("keydown", (event) => {
      if (event.key !== "F9" || !event.shiftKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.open();
    }, { capture: true });
    // What is pressed in this window is not for the till behind it. Scans are read before, and still sell.
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
    this.dialog.addEventListener("click", (event) => {
      event.stopPropagation();
      this.pressed(event.target.closest("[data-do]")?.dataset.do);
    });
  }

  async open() {
    this.show(await this.facts());
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.querySelector("h2").focus();
  }

  async facts() {
    const { till, shell, storage, start } = this;
    return {
      shell: await shell.facts(), device: findDevice(storage), till: start.till, roster: rosterOf(till),
      standing: (await till.store?.standing?.()) ?? null, clock: till.clock?.state?.() ?? null,
    };
  }

  show(facts) {
    const { words } = this;
    this.dialog.replaceChildren(
      el("div", { class: "spread" }, el("h2", { id: "health-h", tabindex: -1 }, words.tell("health.word")), button("shut", words.tell("back"), { key: "Esc", look: "btn btn--quiet" })),
      el("p", { class: "muted" }, words.tell("health.what")),
      el("dl", { class: "facts" }, ...ROWS.flatMap((row) => this.row(row, facts))),
      el("div", { class: "foot" }, ...this.ways(facts)));
  }

  row(row, facts) {
    const { state, key, params = {} } = JUDGE[row](facts);
    const { time, ms } = params;
    const shown = { ...params, ...(time ? { time: this.words.time(time) } : {}), ...(ms ? { span: this.words.span(ms) } : {}) };
    return [el("dt", {}, this.words.tell(`health.row.${row}`)),
      el("dd", {}, chip(state, ICONS[state], this.words.tell(key, shown)), this.more(row, facts))];
  }

  more(row, { shell, roster }) {
    const used = row === "storage" && shell.quota && { used: Math.ceil(shell.usage / MEGABYTE), all: Math.floor(shell.quota / MEGABYTE) };
    if (used) return el("span", { class: "muted small" }, this.words.tell("health.storage.more", used));
    const version = { version: shell.version, roster: roster?.version }[row];
    return version ? el("span", { class: "muted small code" }, version) : null;
  }

  /** What can be done here about what is not well. */
  ways({ shell, standing }) {
    const { words } = this;
    return [
      shell.isPersistent === false || shell.canInstall ? button("settle", words.tell("health.do.settle")) : null,
      shell.isReady ? button("force", words.tell("health.do.force")) : null,
      standing?.count && this.till.queue?.exportFile ? button("export", words.tell("health.do.export")) : null,
    ].filter(Boolean);
  }

  async pressed(what) {
    if (what === "shut") return this.dialog.close();
    if (what === "settle") await this.shell.settle();
    if (what === "export") save(this.document, await this.till.queue.exportFile());
    if (what === "force") {
      this.shell.force();
      return this.dialog.close();
    }
    return what && this.show(await this.facts());
  }
}

/** How fresh the roster is that this till sells by, by the rules in it. */
function rosterOf({ keeper, clock }) {
  if (!keeper) return null;
  const { at, size, version } = keeper.standing();
  const hours = keeper.roster?.till_rules?.roster_hours ?? Infinity;
  return { at, people: size, version, isOld: at !== null && clock.now() - at > hours * HOUR_MS };
}

/** Give a made text to whoever sits here, as a file. */
export function save(document, { name, text }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Join the panel of this device to the page. */
export function joinHealth({ document, words, start, till, shell, storage = localStorage }) {
  new Health({ document, words, start, till, shell, storage }).join();
}
