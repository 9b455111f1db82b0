// The camera's panel beside the stage: on, off, another camera, a lamp, and what to do when it does not work.

import { Camera } from "../../camera.js";
import { el, icon } from "./parts.js";

export class Lens {
  constructor({ document, words, files, onRead }) {
    this.words = words;
    this.panel = document.getElementById("lens");
    this.note = document.getElementById("lens-note");
    this.lampKey = document.getElementById("lens-lamp");
    this.key = document.querySelector(".keys [data-do=camera]");
    this.isLit = false;
    const video = document.getElementById("lens-video");
    this.camera = new Camera({ video, files, onRead, onEnd: (reason) => this.show(reason) });
  }

  /** Switch the camera on or off. */
  async toggle() {
    if (!this.panel.hidden) {
      this.camera.stop();
      return this.show();
    }
    this.panel.hidden = false;
    return this.attempt(() => this.camera.start());
  }

  /** Take the next of several cameras. */
  turn() {
    return this.attempt(() => this.camera.turn());
  }

  lamp() {
    this.isLit = !this.isLit;
    return this.camera.lamp(this.isLit);
  }

  async attempt(work) {
    try {
      await work();
      this.show();
    } catch (error) {
      this.camera.stop();
      this.show(error.message in REASONS ? error.message : "busy");
    }
  }

  show(reason = null) {
    const { camera } = this;
    this.panel.hidden = !camera.isOn && !reason;
    this.lampKey.hidden = !camera.isOn || !camera.hasLamp();
    this.key.setAttribute("aria-pressed", String(camera.isOn));
    const text = el("span", {}, this.words.tell(reason ? REASONS[reason] : "camera.hold"));
    this.note.replaceChildren(...(reason ? [icon("info"), text] : [text]));
  }
}

const REASONS = {
  insecure: "camera.insecure", refused: "camera.refused", missing: "camera.missing", busy: "camera.busy", unreadable: "camera.unreadable",
};
