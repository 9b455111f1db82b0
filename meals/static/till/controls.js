// Keys and buttons: every key has a button and every button a key; both become the same events.

import { classify } from "./codes.js";
import { listen } from "./scan.js";

const KEYS = {
  F2: "typed", F3: "camera", F4: "undo", F6: "find", F7: "collect", F9: "reading", F10: "today", Escape: "escape",
};
// Other people's numbers that somebody may type as well as scan; each has words of its own.
const KNOWN = new Set(["card", "code", "code_misread", "wechat", "alipay", "id_number", "misread"]);

/** Join the page's keys, buttons and forms to `send`, and its scans to `read`. */
export function join({ document, send, read, lens, start, menu, onUse, onSave }) {
  const dishOf = (id) => menu().items.find((item) => String(item.id) === id).id;
  const field = () => document.getElementById("typed");

  const actions = {
    undo: () => send({ type: "undo" }),
    find: () => send({ type: "open", view: "finding" }),
    collect: () => send({ type: "open", view: "finding", collect: true }),
    today: () => send({ type: "open", view: "today" }),
    reading: () => send({ type: "open", view: "reading" }),
    escape: () => send({ type: "escape" }),
    enter: () => send({ type: "enter" }),
    read: () => send({ type: "read" }),
    typed: () => (field() ? field().focus() : send({ type: "open", view: "finding" })),
    camera: () => lens.toggle(),
    turn: () => lens.turn(),
    lamp: () => lens.lamp(),
    dish: ({ dish }) => send({ type: "dish", dish: dishOf(dish), by: 0 }),
    count: ({ dish, by }) => send({ type: "dish", dish: dishOf(dish), by: Number(by) }),
    person: ({ at }) => send({ type: "person", at: Number(at) }),
    reason: ({ reason }) => send({ type: "reason", reason }),
    sale: ({ sale }) => send({ type: "sale", sale }),
    queue: () => send({ type: "open", view: "queue" }),
    leave: ({ where }) => send({ type: "leave", where }),
    save: onSave,
  };

  function submit(input) {
    const text = input.value.trim();
    if (!text) return input.focus();
    const found = classify(text);
    if (!KNOWN.has(found.kind)) return send({ type: "search", query: text });
    input.value = "";
    return read({ ...found, count: found.text.length, ms: 0, how: "typed" });
  }

  function press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const isInField = event.target.matches("input, textarea, select");
    const isOnControl = isInField || event.target.matches("button, a");
    const action = KEYS[event.key] || (event.key === "Enter" && !isOnControl ? "enter" : null);
    if (action) {
      event.preventDefault();
      actions[action]({});
    } else if (!isInField && /^(Numpad(Add|Subtract)|Equal|Minus)$/.test(event.code)) {
      send({ type: "count", by: /Add|Equal/.test(event.code) ? 1 : -1 });
    }
  }

  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, onUse, { capture: true });
  listen(document, { onScan: read, onKey: (digit) => send({ type: "digit", digit, reasons: start.reasons }) });
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-do]");
    if (target && !target.disabled) actions[target.dataset.do](target.dataset);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.form !== "typed") return;
    event.preventDefault();
    submit(event.target.elements.typed);
  });
}
