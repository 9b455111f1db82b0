/* The list: a fresh one comes, and nothing moves under the finger. What stands there stays in its place and only its
   words change; what is over is crossed out; newcomers wait behind a bar, except in the slot of the hottest. */
import { say } from "../strings.js";

const HOLD_MS = 2500;

export class List {
  constructor(root) {
    this.root = root;
    this.fresh = null;
    this.pressedAt = -Infinity;
    this.known = new Set(this.shown().map(row => row.dataset.id));
    root.addEventListener("pointerdown", () => { this.pressedAt = performance.now(); });
    root.addEventListener("click", event => { if (event.target.closest("[data-fresh]")) this.sort(); });
  }

  /* What has been seen once: the slot and the rows. */
  shown() { return [...this.root.querySelectorAll("[data-part=slot], [data-part=rows] > li")].filter(row => row.dataset.id); }

  part(name, root = this.root) { return root.querySelector(`[data-part=${name}]`); }

  get facts() { return this.part("facts").dataset; }

  /* Take a fresh list in, as far as nothing moves by it. */
  take(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    if (!this.part("facts", fresh)) return;
    this.fresh = fresh;
    this.put();
  }

  put() {
    const fresh = this.fresh;
    if (!fresh) return;
    for (const name of ["facts", "lane"]) this.part(name).replaceWith(this.part(name, fresh).cloneNode(true));
    this.putSlot(this.part("slot", fresh));
    this.putRows(this.part("rows", fresh));
    this.mark();
  }

  putSlot(fresh) {
    const old = this.part("slot"), was = old.dataset.id, is = fresh.dataset.id;
    if (was !== is && this.isUnderFinger(old)) { setTimeout(() => this.put(), HOLD_MS); return; }
    if (was === is && old.innerHTML === fresh.innerHTML) return;
    old.replaceWith(fresh.cloneNode(true));
    this.known.add(is);
  }

  isUnderFinger(element) {
    const isPressed = performance.now() - this.pressedAt < HOLD_MS;
    return element.dataset.id && (isPressed || element.matches(":hover") && matchMedia("(hover: hover)").matches);
  }

  putRows(fresh) {
    const rows = this.part("rows"), wanted = new Map([...fresh.children].map(row => [row.dataset.id, row]));
    const shown = [...rows.children].filter(row => row.dataset.id);
    if (!shown.length) { this.sort(); return; }
    for (const row of shown) {
      const now = wanted.get(row.dataset.id);
      const isAbove = row.dataset.id === this.part("slot").dataset.id;
      row.classList.toggle("is-over", !now && !isAbove);
      row.classList.toggle("is-above", isAbove);
      if (now && now.innerHTML !== row.dataset.html) { row.dataset.html = now.innerHTML; row.innerHTML = now.innerHTML; }
      if (!now) row.setAttribute("aria-disabled", "true"); else row.removeAttribute("aria-disabled");
    }
    const here = new Set(shown.map(row => row.dataset.id)), missing = [...wanted.keys()].filter(id => !here.has(id));
    // What made room in the slot is nothing new: it goes to the end, where it moves nothing.
    for (const id of missing.filter(id => this.known.has(id))) rows.append(wanted.get(id).cloneNode(true));
    this.showBar(missing.filter(id => !this.known.has(id)).length, shown.some(row => !wanted.has(row.dataset.id)));
  }

  showBar(count, isUntidy) {
    const bar = this.part("bar");
    bar.hidden = !count && !isUntidy;
    const text = count === 1 ? say("1 new alert, press to see") : count ? say("%(count)s new alerts, press to see", { count }) : say("Some are over, press to tidy up");
    bar.querySelector("span").textContent = text;
  }

  /* Put everything in its order: only when asked to, or where nothing stood. */
  sort() {
    if (!this.fresh) return;
    this.part("rows").replaceWith(this.part("rows", this.fresh).cloneNode(true));
    for (const row of this.shown()) this.known.add(row.dataset.id);
    this.part("bar").hidden = true;
    this.mark();
  }

  /* Show which one is open. */
  mark(open = document.querySelector("[data-case]")?.dataset.case) {
    for (const link of this.root.querySelectorAll("a[data-alert]")) {
      if (link.dataset.alert === open) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
  }
}
