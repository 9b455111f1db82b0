/* On a report: answers of this tablet that never reached it are told, not lost in silence. */
import { loadStrings, say } from "../../strings.js";
import { placeOf, readKept } from "./keeping.js";

await loadStrings();
const box = document.querySelector("[data-left]");
const { waiting, crossed } = readKept(localStorage, box.dataset.left);
const left = [...Object.keys(waiting), ...Object.keys(crossed)];
if (!left.length) localStorage.removeItem(placeOf(box.dataset.left));
else {
  const told = document.createElement("p"), forget = document.createElement("button");
  told.textContent = say("%(count)s answers of this tablet never reached this assessment: %(names)s. If they matter, reopen it or ask for a new one.", { count: left.length, names: left.join(", ") });
  forget.type = "button";
  forget.className = "btn";
  forget.textContent = say("I have read it");
  forget.addEventListener("click", () => { localStorage.removeItem(placeOf(box.dataset.left)); box.hidden = true; });
  box.append(told, forget);
  box.hidden = false;
}

const print = document.querySelector("[data-print]");
print.hidden = false;
print.addEventListener("click", () => window.print());
