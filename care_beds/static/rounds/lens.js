// The camera over the page, until a code was read or somebody had enough.

import { Camera } from "../../camera.js";
import { loadStrings, say } from "../../strings.js";

await loadStrings();

const REASONS = {
  insecure: say("The camera works only over https. Type the twelve digits below the code."),
  refused: say("The browser was told not to use the camera. Allow it beside the address, or type the digits."),
  missing: say("This phone shows no camera. Type the twelve digits below the code."),
  busy: say("The camera is taken by another program. Close it, or type the digits."),
  unreadable: say("The camera works, the reader does not. Type the twelve digits below the code."),
};

export class Lens {
  constructor(dialog, files) {
    this.dialog = dialog;
    this.note = dialog.querySelector("[data-lens-note]");
    this.lampKey = dialog.querySelector("[data-lens=lamp]");
    this.camera = new Camera({ video: dialog.querySelector("video"), files, onRead: (text) => this.finish(text), onEnd: (why) => this.fail(why) });
    dialog.querySelector("[data-lens=close]").addEventListener("click", () => this.finish(null));
    dialog.querySelector("[data-lens=turn]").addEventListener("click", () => this.attempt(() => this.camera.turn()));
    this.lampKey.addEventListener("click", () => { this.isLit = !this.isLit; this.camera.lamp(this.isLit); });
    dialog.addEventListener("close", () => this.finish(null));
  }

  /** Show the camera's picture; resolves with the text of a code, or with nothing. */
  read() {
    this.note.textContent = "";
    this.isLit = false;
    this.dialog.showModal();
    this.attempt(() => this.camera.start());
    return new Promise((resolve) => { this.resolve = resolve; });
  }

  async attempt(work) {
    try {
      await work();
      this.lampKey.hidden = !this.camera.hasLamp();
    } catch (error) {
      this.camera.stop();
      this.fail(error.message);
    }
  }

  fail(why) {
    this.note.textContent = REASONS[why] ?? REASONS.busy;
  }

  finish(text) {
    this.camera.stop();
    const { resolve } = this;
    this.resolve = null;
    if (this.dialog.open) this.dialog.close();
    resolve?.(text);
  }
}
