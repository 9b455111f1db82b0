// What a mark rests on, at one end of a visit: the sticker, the place, a picture. It is kept as it comes.

import { say } from "../../strings.js";
import { findPlace, metresBetween } from "./fix.js";
import { icon } from "./parts.js";
import { shrink } from "./photo.js";
import { classify } from "./sticker.js";
import { noPlace } from "./words.js";

const FRESH_MS = 60_000; // an older place is looked for anew when the button is pressed

export class Proof {
  /** `keep(changes)` writes what was read into the visit's draft. */
  constructor({ root, visit, lens, keep, now }) {
    Object.assign(this, { root, visit, lens, keep, now, sticker: "", place: null, picture: null });
    const on = (name, work) => root.querySelector(`[data-do=${name}]`).addEventListener("click", work);
    on("scan", () => this.scan());
    on("place", () => this.look());
    root.querySelector("[data-picture]").addEventListener("change", ({ target }) => this.take(target));
    root.querySelector("[name=serial]").addEventListener("change", ({ target }) => this.typed(target.value));
  }

  part(name) {
    return this.root.querySelector(`[data-part=${name}]`);
  }

  tell(name, state, symbol, text) {
    const line = this.part(name);
    line.className = `proof-state${state ? ` is-${state}` : ""}`;
    line.replaceChildren(icon(symbol), Object.assign(document.createElement("span"), { textContent: text }));
  }

  /** Take up what was read before the page was loaded anew. */
  restore({ sticker, picture }) {
    if (sticker) this.read(sticker);
    if (picture) this.show(picture);
  }

  async scan() {
    const text = await this.lens.read();
    if (!text) return;
    this.read(text);
    this.keep({ sticker: this.sticker });
    if (!this.place) this.look();
  }

  typed(text) {
    this.read(text);
    this.keep({ sticker: this.sticker });
  }

  read(raw) {
    const { kind, text, bed } = classify(raw);
    this.sticker = text;
    if (!text) this.tell("sticker", "", "scan", say("The sticker at the bed"));
    else if (kind === "other") this.tell("sticker", "warn", "warn", say("This is no sticker of a bed"));
    else if (bed !== null && bed !== this.visit.bed_id) this.tell("sticker", "warn", "warn", say("This sticker is of another bed"));
    else this.tell("sticker", "ok", "ok", say("Sticker read"));
  }

  /** Ask the phone where it is; told at once, judged by the server. */
  look() {
    this.tell("place", "", "pin", say("Looking where you are"));
    this.looking = findPlace().then((place) => {
      this.place = place;
      this.looking = null;
      if (place.reason) this.tell("place", "warn", "warn", noPlace(place.reason));
      else this.tellPlace(place);
    });
    return this.looking;
  }

  tellPlace(place) {
    const accuracy = Math.round(place.accuracy_m);
    const { lat, lon, radius_m: radius } = this.visit;
    const away = lat === null || lon === null ? null : metresBetween(place, { lat, lon });
    if (away !== null && away - accuracy > radius) this.tell("place", "warn", "warn", say("%(metres)s m from the home", { metres: away }));
    else this.tell("place", "ok", "ok", say("You are there, to within %(metres)s m", { metres: accuracy }));
  }

  /** The place for a mark: the one that was found, if it is fresh. */
  async fresh() {
    const isOld = this.place && !this.place.reason && this.now() - this.place.at > FRESH_MS;
    if (this.looking) await this.looking;
    else if (!this.place || isOld) await this.look();
    return this.place;
  }

  async take(input) {
    const [file] = input.files;
    if (!file) return;
    try {
      this.show(await shrink(file));
      this.keep({ picture: this.picture });
    } catch {
      this.tell("picture", "warn", "warn", say("This picture is too large, or is none. Take another one."));
    }
    input.value = "";
  }

  show(picture) {
    this.picture = picture;
    const seen = this.part("seen");
    if (seen.src) URL.revokeObjectURL(seen.src);
    seen.src = URL.createObjectURL(picture);
    seen.hidden = false;
    this.tell("picture", "ok", "ok", say("Picture taken"));
  }
}
