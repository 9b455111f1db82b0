/* The family's pages: reading aloud, and printing. Without JavaScript both buttons stay away and nothing is missed. */
import { announce } from "../shell.js";
import { say } from "../strings.js";

const voice = window.speechSynthesis;
const QUIET = "[hidden], [aria-hidden=true], script, style, form.switch, .no-voice, .meals, summary + *";

/* The page's text as it is seen, sentence by sentence; what is closed or hidden is not read. */
function sentences(root) {
  const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  for (let node = walker.currentNode; node; ) {
    const isQuiet = node.matches(QUIET) || !node.checkVisibility?.() && node.checkVisibility;
    const isWhole = !isQuiet && node.matches("h1, h2, h3, p, dt, dd, li, summary, td, .answer");
    const text = isWhole && !node.querySelector("p, li, details") ? node.innerText.replace(/\s+/g, " ").trim() : "";
    if (text) found.push(text);
    node = isQuiet || text ? skip(walker) : walker.nextNode();
  }
  return found;
}

function skip(walker) {
  for (let node = walker.currentNode; node; node = walker.parentNode()) {
    const next = walker.nextSibling();
    if (next) return next;
  }
  return null;
}

/* A press starts, another stops. Sentences go one by one: old phones stop in the middle of long texts. */
function readAloud(button) {
  const label = button.querySelector("span"), start = label.textContent;
  const rest = () => { label.textContent = start; button.setAttribute("aria-pressed", "false"); };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (voice.speaking || voice.pending) { voice.cancel(); rest(); return; }
    const texts = sentences(document.getElementById("main"));
    for (const text of texts) {
      const said = new SpeechSynthesisUtterance(text);
      said.lang = document.documentElement.lang;
      said.rate = 0.9;
      said.onerror = event => { if (!["canceled", "interrupted"].includes(event.error)) announce(say("This phone cannot read aloud.")); rest(); };
      if (text === texts.at(-1)) said.onend = rest;
      voice.speak(said);
    }
    label.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
  });
  addEventListener("pagehide", () => voice.cancel());
}

if (voice) for (const button of document.querySelectorAll("[data-read-aloud]")) readAloud(button);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
