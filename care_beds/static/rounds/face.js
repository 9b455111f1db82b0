// One visit as its carer sees it: what is to be done where it stands, and what is written down at a press.

import { loadStrings, say } from "../../strings.js";
import { fieldsOf } from "./fix.js";
import { chip, clockTime, el, note } from "./parts.js";
import { Proof } from "./proof.js";
import { minutesBetween, standingOf } from "./standing.js";
import { showTroubles } from "./trouble.js";
import { DOUBTS } from "./words.js";

await loadStrings();

const EMPTY = { sticker: "", picture: null, items: [], vitals: {}, condition: "same", words: "" };

export class Face {
  /** `act(entry)` keeps and sends what was done; `store` keeps what is begun; `moments` says what time it is. */
  constructor({ root, visit, store, moments, lens, act, queue }) {
    Object.assign(this, { root, visit, store, moments, act, queue, draft: { ...EMPTY }, entries: [] });
    const proof = (kind) => new Proof({
      root: root.querySelector(`[data-proof=${kind}]`), visit, lens, keep: (changes) => this.keep(changes), now: () => moments.stamp().at,
    });
    this.proofs = { check_in: proof("check_in"), check_out: proof("check_out") };
    this.on("check_in", (button) => this.mark("check_in", button));
    this.on("check_out", (button) => this.mark("check_out", button));
    this.on("code", (button) => this.speak(button, this.codeFields()));
    this.on("cannot", (button) => this.speak(button, this.cannotFields()));
    root.addEventListener("input", () => this.gather());
  }

  part(name) {
    return this.root.querySelector(`[data-part=${name}]`);
  }

  all(selector) {
    return [...this.root.querySelectorAll(selector)];
  }

  on(name, work) {
    this.root.querySelector(`[data-do=${name}]`).addEventListener("click", ({ currentTarget }) => work(currentTarget));
  }

  // ---- what is begun

  /** Take up what was begun before the page was loaded anew. */
  async restore() {
    this.draft = { ...EMPTY, ...(await this.store.draft(this.visit.id)) };
    for (const box of this.all("[name=items]")) box.checked = this.draft.items.includes(box.value);
    for (const field of this.all("[data-vital]")) field.value = this.draft.vitals[field.name] ?? "";
    for (const radio of this.all("[type=radio]")) radio.checked = radio.value === this.draft.condition;
    this.field("words").value = this.draft.words;
    this.proofs[this.draft.end ?? "check_in"].restore(this.draft);
  }

  field(name) {
    return this.root.querySelector(`[name=${name}]`);
  }

  gather() {
    const vitals = Object.fromEntries(this.all("[data-vital]").map(({ name, value }) => [name, value]).filter(([, value]) => value !== ""));
    this.keep({
      items: this.all("[name=items]:checked").map(({ value }) => value), vitals,
      condition: this.root.querySelector("[type=radio]:checked").value, words: this.field("words").value.trim(),
    });
    this.tellTicks();
  }

  keep(changes) {
    const end = standingOf(this.visit, this.entries).phase === "planned" ? "check_in" : "check_out";
    this.draft = { ...this.draft, ...changes, end };
    this.store.keepDraft({ ...this.draft, visit_id: this.visit.id, at: Date.now() }).catch(() => {}); // told when it is pressed
  }

  // ---- what is done

  async mark(kind, button) {
    if (button.getAttribute("aria-disabled") === "true" || !this.areVitalsGood(kind)) return;
    button.setAttribute("aria-disabled", "true");
    try {
      const proof = this.proofs[kind];
      const place = await proof.fresh();
      const { at, clock_suspect } = this.moments.stamp();
      const fields = {
        occurred_at: new Date(at).toISOString(), clock_suspect, sticker: proof.sticker.slice(0, 200), ...fieldsOf(place, at),
        ...(kind === "check_out" ? this.report() : {}),
      };
      const isKept = await this.act({ kind, visit_id: this.visit.id, made_at: at, fields, picture: proof.picture });
      if (isKept) await this.forget();
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  report() {
    const { items, vitals, condition, words } = this.draft;
    return { items, ...vitals, condition, words };
  }

  areVitalsGood(kind) {
    const bad = kind === "check_out" ? this.all("[data-vital]").find((field) => !field.checkValidity()) : null;
    if (!bad) return true;
    bad.closest("details").open = true;
    bad.reportValidity();
    return false;
  }

  /** What was begun is written down now; the other end of the visit begins with nothing. */
  async forget() {
    this.draft = { ...EMPTY };
    await this.store.dropDraft(this.visit.id).catch(() => {});
  }

  codeFields() {
    const code = this.field("code").value.replace(/\D/g, "");
    const isWhole = code.length === 6;
    this.fault("code-error", isWhole ? "" : say("The code has six digits."));
    return isWhole ? { how: "code", code } : null;
  }

  cannotFields() {
    const reason = this.field("reason").value, words = this.field("why").value.trim();
    const isSaid = reason !== "other" || words.length >= 2;
    this.fault("why-error", isSaid ? "" : say("Say in a few words why."));
    return isSaid ? { how: "cannot", reason, words } : null;
  }

  fault(name, text) {
    const line = this.part(name);
    line.hidden = !text;
    line.querySelector("span").textContent = text;
  }

  async speak(button, fields) {
    if (!fields || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    const { at } = this.moments.stamp();
    try {
      await this.act({ kind: "confirmation", visit_id: this.visit.id, made_at: at, fields: { ...fields, occurred_at: new Date(at).toISOString() }, picture: null });
      this.field("code").value = "";
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  // ---- what is shown

  /** Show the visit as it stands by the server and by what was done on this phone. */
  render(entries) {
    this.entries = entries;
    const standing = standingOf(this.visit, entries);
    for (const each of this.all("[data-when]")) each.hidden = !each.dataset.when.split(" ").includes(standing.phase);
    if (standing.started_at) this.renderTime(standing);
    this.tellTicks();
    this.part("word").hidden = standing.phase !== "finished" || Boolean(standing.word);
    this.tellWord(standing);
    showTroubles(this.part("refused"), [...standing.refused, ...standing.aside], this.queue);
    const doubts = [...new Set(standing.doubts)].map((code) => DOUBTS[code]).filter(Boolean);
    this.part("doubts").replaceChildren(...(doubts.length ? [note("warn", "warn", el("b", {}, say("The supervisor looks at this")), el("br"), doubts.join(say(", ")))] : []));
    return standing;
  }

  renderTime({ started_at: from, finished_at: until, waiting }) {
    const minutes = minutesBetween(from, until ?? this.moments.stamp().at);
    const left = this.visit.least_minutes - minutes;
    this.part("since").textContent = until ? `${clockTime(from)}–${clockTime(until)}` : say("Here since %(time)s", { time: clockTime(from) });
    const unit = say("minutes");
    this.part("minutes").replaceChildren(String(minutes), el("small", {}, ` ${unit}`));
    const isShort = left > 0;
    this.part("left").textContent = until
      ? (isShort ? say("%(minutes)s minutes less than planned", { minutes: left }) : "")
      : (isShort ? say("%(minutes)s more minutes until the planned %(least)s are full", { minutes: left, least: this.visit.least_minutes }) : say("The planned minutes are full"));
    const chips = [waiting ? chip("offline", "offline", say("kept in the phone")) : chip("ok", "ok", say("sent"))];
    this.part("chips").replaceChildren(...chips.map((each) => el("li", {}, each)));
  }

  tellTicks() {
    const boxes = this.all("[name=items]"), ticked = boxes.filter(({ checked }) => checked).length;
    if (this.part("ticked")) this.part("ticked").textContent = `${ticked} / ${boxes.length}`;
    this.part("unticked").hidden = ticked === boxes.length || Boolean(this.field("words").value.trim());
  }

  tellWord({ word, phase }) {
    const line = this.part("told");
    line.hidden = !word && phase !== "confirmed";
    line.querySelector("span").textContent = word === "cannot" ? say("Nobody could confirm. The supervisor looks at it; the family still can.") : say("The family has confirmed.");
  }
}
