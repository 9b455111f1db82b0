// What the server did not take, as its carer sees it: why, what can be done, and what was written down at the door, so
// that a supervisor can read it off this phone.

import { loadStrings, say } from "../../strings.js";
import { clockTime, el, note } from "./parts.js";
import { WHAT, refusalOf } from "./words.js";

await loadStrings();

const button = (text, work) => el("button", { class: "btn", type: "button", onclick: work }, text);

const notes = new Map(); // of each entry the one that is shown: what somebody has opened to read stays open

/** Show notes about entries that were refused, or set aside because the server stumbles over them. */
export function showTroubles(root, entries, queue) {
  const shown = entries.map((entry) => {
    const known = notes.get(entry.id);
    const stands = `${entry.state} ${entry.problem?.code} ${Boolean(entry.picture)}`;
    if (known?.stands !== stands) notes.set(entry.id, { stands, note: troubleOf(entry, queue) });
    return notes.get(entry.id).note;
  });
  const isSame = shown.length === root.children.length && shown.every((each, place) => each === root.children[place]);
  if (!isSame) root.replaceChildren(...shown);
}

function troubleOf(entry, queue) {
  const name = WHAT[entry.kind];
  if (entry.state === "refused") {
    const actions = [button(say("Send again"), () => queue.again(entry.id)), button(say("I have read it"), () => queue.dismiss(entry.id))];
    return made("danger", "stop", say("%(what)s was not taken", { what: name }), refusalOf(entry.problem), entry, actions);
  }
  const isTooLarge = entry.picture && (entry.problem?.status === 413 || entry.problem?.code === "http_413");
  const actions = [button(say("Send again"), () => queue.again(entry.id))];
  if (entry.picture) actions.push(button(say("Send without the picture"), () => queue.again(entry.id, { picture: false })));
  const why = isTooLarge ? say("The picture is too large for the line.") : say("Something is wrong at the server with this one. The others go on, and it is tried again by itself.");
  return made("warn", "warn", say("%(what)s is kept in the phone", { what: name }), why, entry, actions);
}

function made(state, symbol, title, why, entry, actions) {
  return note(state, symbol, el("b", {}, title), el("p", {}, why), el("div", { class: "cluster" }, ...actions), written(entry));
}

/** What was written down, for a supervisor's eyes. */
function written(entry) {
  const facts = el("dl", { class: "facts" }, ...factsOf(entry).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  const shown = el("details", {}, el("summary", { class: "btn btn--quiet" }, say("Show what was written down")), facts);
  shown.addEventListener("toggle", () => entry.picture && shown.open && showPicture(shown, entry.picture));
  return shown;
}

function showPicture(shown, picture) {
  if (shown.querySelector("img")) return;
  const url = URL.createObjectURL(picture);
  shown.append(el("img", { src: url, alt: say("Picture taken"), class: "shot-seen", onload: () => URL.revokeObjectURL(url) }));
}

/** The facts of an entry, by name: only those that there are. */
export function factsOf({ visit_id: visit, made_at: at, fields }) {
  const place = fields.lat === undefined ? null : `${fields.lat.toFixed(5)}, ${fields.lon.toFixed(5)}`;
  const found = [
    [say("Visit"), String(visit)], [say("When"), `${new Date(at).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" })} ${clockTime(at)}`],
    [say("The sticker at the bed"), fields.sticker], [say("Place"), place],
    [say("Done"), fields.items && String(fields.items.length)], [say("In words"), fields.words],
  ];
  return found.filter(([, value]) => value);
}
