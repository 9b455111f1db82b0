// The till of a shop: a scanner that types, a camera, buttons. It asks the server at every change, and sells only with it.

import { Camera } from "../../camera.js";
import { announce } from "../../shell.js";
import { loadStrings, say } from "../../strings.js";

const PAUSE_MS = 250;
const form = document.getElementById("till");
const card = form.elements.card;
const told = document.getElementById("told");
const offline = document.getElementById("offline");
const sellKey = form.querySelector("[data-sell]");
const cameraKey = form.querySelector("[data-camera]");
const video = form.querySelector("video");
const wares = new Map([...form.querySelectorAll("[data-code]")].map((ware) => [ware.dataset.code, ware]));
const mayTrade = !sellKey.disabled;
let lastCard = card.value, timer = null, turn = 0;

for (const key of form.querySelectorAll("[data-step], [data-camera], [data-clear]")) key.hidden = false;
form.querySelector("[data-check]").hidden = true;

function addTo(ware, step) {
  const input = ware.querySelector("input");
  const count = Math.max(0, Math.min(99, (Number(input.value) || 0) + step));
  input.value = count || "";
  askSoon();
}

/** A scanned or typed text is an article of this shop, or else somebody's card. */
function take(text) {
  const read = text.replace(/\s/g, "");
  const ware = wares.get(read.toUpperCase());
  if (ware) {
    card.value = lastCard;
    addTo(ware, 1);
    announce(ware.querySelector("b").textContent);
  } else if (read) {
    card.value = lastCard = read;
    askSoon();
  }
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE_MS);
}

/** Ask what the basket costs; of several answers the last one stands. Tells whether the server answered. */
async function ask() {
  turn += 1;
  const mine = turn;
  const isFilled = card.value && [...wares.values()].some((ware) => Number(ware.querySelector("input").value));
  if (!isFilled) return true;
  try {
    const answer = await fetch(form.dataset.quote, { method: "POST", body: new FormData(form), headers: { "X-Part": "told" } });
    if (answer.status >= 500) throw new Error("down");
    const text = await answer.text();
    if (mine === turn) show(text);
    return true;
  } catch {
    offline.hidden = false;
    return false;
  }
}

function show(html) {
  offline.hidden = true;
  told.innerHTML = html; // made by our own server from escaped values
  sellKey.disabled = !mayTrade || Boolean(told.querySelector("[data-refused]"));
}

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  if (event.target === card) take(card.value);
  else ask();
});
form.addEventListener("input", (event) => { if (event.target.name?.startsWith("n-")) askSoon(); });
card.addEventListener("change", () => take(card.value));
form.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) addTo(step.closest("[data-code]"), Number(step.dataset.step));
  if (event.target.closest("[data-clear]")) clear();
});

function clear() {
  for (const ware of wares.values()) ware.querySelector("input").value = "";
  card.value = lastCard = "";
  told.replaceChildren();
  sellKey.disabled = !mayTrade;
  card.focus();
}

const toldFen = () => told.querySelector("[data-told]")?.dataset.told;

/** Nothing is sent while the line is down: the shop would not know whether it was paid. What costs something else than
 *  was told a moment ago is shown first, and sold with the next press. */
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  sellKey.disabled = true;
  const before = toldFen();
  if (await ask()) {
    if (!told.querySelector("[data-refused]") && (before === undefined || before === toldFen())) form.submit();
  } else {
    sellKey.disabled = !mayTrade;
  }
});

const camera = new Camera({
  video,
  files: JSON.parse(form.dataset.zxing),
  onRead: take,
  onEnd: () => { video.hidden = true; },
});
cameraKey.addEventListener("click", async () => {
  if (camera.isOn) {
    camera.stop();
    video.hidden = true;
    return;
  }
  video.hidden = false;
  try {
    await camera.start();
  } catch {
    video.hidden = true;
    await loadStrings();
    announce(say("The camera cannot be used here. Use a scanner, or type the number."));
  }
});
