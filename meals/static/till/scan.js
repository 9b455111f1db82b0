// Reads a scanner that types like a keyboard: which keys are a scan, and which are somebody's fingers.
// The reader knows no page and no timer, so that it can be tested key by key; `listen` joins it to a document.

import { CODE_SIGNS, LENGTHS, classify, isPartOfCode } from "./codes.js";

const SILENCE_MS = 60; // a scanner types a character in 7 to 8 ms; this long without one ends a scan
const BURST_MS = 25; // mean gap below which nobody types by hand
const KEY_MS = 150; // a first sign or two wait longer: a page that is just waking must not take a scan's start for a key
const TORN_MS = 3000; // parts of a scan, torn by a busy machine: 19 digits with a right check digit belong together
const LATE_SUFFIX_MS = 250; // some scanners send Enter well after the digits
const LEAST = 4; // fewer characters than this are keys, not a scan
const ECHO_MS = 30;
const SURE = 8;
const TAKEN_IN_FIELD = new Set(["card", "code", "code_misread", "wechat", "alipay", "misread"]);
const ENDS = { Enter: "Enter", NumpadEnter: "Enter", Tab: "Tab" };

/** The digit that a physical key stands for, whatever an input method makes of it. */
function digitOf(event) {
  const match = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (match) return event.shift && event.code.startsWith("Digit") ? null : match[1];
  if (event.code) return null;
  const plain = (event.key || "").normalize("NFKC");
  return /^\d$/.test(plain) ? plain : null;
}

/** Any other sign a scanner can send: letters are in payment codes, and in web addresses. */
function signOf(event) {
  if (event.ctrl || event.meta) return null;
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]; // the physical key: an input method would make it something else
  if (letter) return event.key?.length === 1 && /[a-z]/.test(event.key) ? letter.toLowerCase() : letter;
  if (event.key && event.key.length === 1) return event.key;
  return /^(Digit\d|Slash|Minus|Period|Semicolon|Equal)$/.test(event.code) ? "?" : null;
}

const textOf = (signs) => signs.map(({ sign }) => sign).join("");

export class WedgeReader {
  /** onScan gets {text, kind, card, count, ms, suffix, field}; onKey gets one digit pressed alone. */
  constructor({ onScan, onKey }) {
    this.onScan = onScan;
    this.onKey = onKey;
    this.signs = [];
    this.torn = [];
    this.shelf = null;
    this.altDigits = "";
    this.down = new Map();
    this.endedAt = -Infinity;
  }

  /** Take one key going down. Answers true when the page must not act on it. */
  press(event) {
    const before = this.down.get(event.code);
    const way = event.key === "Process" || event.keyCode === 229 ? "process" : "plain";
    if (event.repeat) return this.signs.length > 1;
    // An input method sends a key twice, once as Process (229), and the key never came up in between.
    if (before && before.way !== way && event.at - before.at < ECHO_MS) return before.taken;
    const taken = this.take(event);
    if (event.code) this.down.set(event.code, { way, taken, at: event.at });
    return taken;
  }

  take(event) {
    if (this.signs.length && event.at - this.signs.at(-1).at > this.patience()) this.fallSilent();
    if (event.alt && /^Numpad\d$/.test(event.code)) return this.pressAlt(event);
    const suffix = ENDS[event.code] || (event.code ? null : ENDS[event.key]);
    if (suffix) return this.end(suffix, event.at, event.field);
    const digit = event.alt ? null : digitOf(event);
    const sign = digit ?? signOf(event);
    if (sign === null) return false;
    return this.add(sign, event);
  }

  /** Take one key coming up: the end of an Alt code, and of a key that may then be pressed again. */
  release(event) {
    this.down.delete(event.code);
    if (!/^Alt/.test(event.code || event.key) || !this.altDigits) return;
    const sign = String.fromCharCode(Number(this.altDigits));
    this.altDigits = "";
    if (sign === "\r" || sign === "\t") this.end(sign === "\r" ? "Enter" : "Tab", event.at);
    else this.add(sign, event);
  }

  /** How long to wait for a further sign. */
  patience() {
    return this.signs.length < LEAST ? KEY_MS : SILENCE_MS;
  }

  /** Nothing came for a while: what is there is all there is. */
  fallSilent() {
    const signs = this.signs;
    if (!signs.length) return;
    this.signs = [];
    this.shelf = signs;
    const isKey = signs.length < LEAST && !this.mended(signs);
    if (!isKey) return void this.finish(signs, "none", signs.at(-1).at);
    this.keep(signs);
    if (!signs[0].field) for (const { sign } of signs) if (/\d/.test(sign)) this.onKey(sign);
  }

  pressAlt(event) {
    this.altDigits += event.code.at(-1);
    return true;
  }

  add(sign, event) {
    // A busy page runs its timer before the keys that wait: what follows in time belongs together all the same.
    if (!this.signs.length && this.shelf && event.at - this.shelf.at(-1).at <= SILENCE_MS) this.signs = this.shelf;
    this.shelf = null;
    this.signs.push({ sign, at: event.at, field: event.field || null, kept: event.kept });
    return !event.field && this.signs.length > 1;
  }

  end(suffix, at, field = null) {
    if (!this.signs.length) return !field && at - this.endedAt < LATE_SUFFIX_MS;
    const { signs } = this;
    this.signs = [];
    if (signs.length >= LEAST || this.mended(signs)) return this.finish(signs, suffix, at);
    this.signs = signs;
    this.fallSilent();
    return false;
  }

  /** Remember signs that made no card: the rest of it may come. */
  keep(signs) {
    this.torn = signs[0].field ? [] : [...this.torn, ...signs].slice(-CODE_SIGNS);
  }

  /** The whole card or code that these signs complete, if they do. */
  mended(signs) {
    if (signs[0].field) return null;
    const all = [...this.torn, ...signs];
    const isWhole = (part) => signs.at(-1).at - part[0].at < TORN_MS && classify(textOf(part)).card;
    return LENGTHS.filter((length) => length <= all.length).map((length) => all.slice(-length)).find(isWhole) ?? null;
  }

  /** Whether these signs are a part of something whose rest may come. */
  isPart(signs, kind) {
    return kind === "short" || isPartOfCode(textOf(this.torn.length ? [...this.torn, ...signs] : signs));
  }

  /** Give a finished scan to the page. Answers whether it was one. */
  finish(last, suffix, at) {
    const signs = this.mended(last) ?? last;
    const isMended = signs.length > last.length; // its first digits were taken for keys: what they did is taken back
    const found = classify(textOf(signs));
    const ms = signs.at(-1).at - signs[0].at;
    const isBurst = ms / (signs.length - 1) < BURST_MS;
    const field = signs[0].field;
    // Outside a field nothing else is typed: eight signs without a pause come from no finger.
    const isScan = field ? isBurst && TAKEN_IN_FIELD.has(found.kind) : isBurst || signs.length >= SURE;
    if (found.card && isScan) this.torn = [];
    else if (this.isPart(last, found.kind)) this.keep(last);
    if (!isScan) return false;
    this.endedAt = at;
    this.onScan({ ...found, count: signs.length, ms: Math.round(ms), suffix, field, kept: signs[0].kept, isMended });
    return true;
  }
}

/** The text field that has the focus, if any. */
function fieldOf(target) {
  const isField = target?.matches?.("input:not([type=checkbox], [type=radio]), textarea, [contenteditable=true]");
  return isField ? target : null;
}

/** Put a field back to what it held before a scanner typed into it. */
function restore(scan) {
  if (!scan.field) return;
  scan.field.blur(); // ends an input method's composition, which would write again
  scan.field.value = scan.kept;
}

/** Read scans from every key pressed in the document, whatever has the focus. */
export function listen(document, { onScan, onKey }) {
  let timer = 0;
  const reader = new WedgeReader({ onKey, onScan: (scan) => (restore(scan), onScan(scan)) });
  const plain = (event) => ({
    code: event.code, key: event.key, keyCode: event.keyCode, repeat: event.repeat,
    alt: event.altKey, shift: event.shiftKey, ctrl: event.ctrlKey, meta: event.metaKey,
    at: event.timeStamp, field: fieldOf(event.target), kept: fieldOf(event.target)?.value,
  });
  // A busy page runs its timers late, with keys already waiting: those are read first, where the browser can tell.
  const settle = () => {
    if (navigator.scheduling?.isInputPending?.()) timer = setTimeout(settle, 0);
    else reader.fallSilent();
  };
  document.addEventListener("keydown", (event) => {
    if (reader.press(plain(event))) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    clearTimeout(timer);
    timer = setTimeout(settle, reader.patience());
  }, { capture: true });
  document.addEventListener("keyup", (event) => reader.release(plain(event)), { capture: true });
  return reader;
}
