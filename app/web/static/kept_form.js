/* Forms that are filled in at somebody's door (form[data-keep], by whom): what was written stays in this tab until the
   server says that it has it, shown to nobody else, and nothing is sent where there is no line. */
import { say } from "./strings.js";

const MARK = "kept-form ";
const LINE_MS = 5000;

/* Keep the forms of this page; `announce` tells what went wrong. */
export function keepForms(announce) {
  if (document.querySelector("main .note.is-ok[role=status]")) forget(entry => entry.sent);
  for (const form of document.querySelectorAll("form[data-keep]")) keepForm(form, announce);
  addEventListener("submit", event => {
    if (new URL(event.target.action, location).pathname.endsWith("/logout")) forget(() => true);
  });
}

function forget(goes) {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(MARK) && goes(JSON.parse(sessionStorage.getItem(name)))) sessionStorage.removeItem(name);
  }
}

function keepForm(form, announce) {
  const name = `${MARK}${form.dataset.keep} ${new URL(form.action, location).pathname}`;
  const keep = sent => sessionStorage.setItem(name, JSON.stringify({ sent, fields: read(form) }));
  const kept = JSON.parse(sessionStorage.getItem(name));
  if (kept) write(form, kept.fields);
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", async event => {
    if (form.dataset.sent) return; // the second press of two
    event.preventDefault();
    keep(true);
    const hasLine = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(LINE_MS) }).then(answer => answer.ok, () => false);
    if (hasLine) { form.submit(); return; }
    keep(false);
    delete form.dataset.sent;
    announce(say("There is no line here. What you wrote stays on this page; press again where there is one."));
  });
}

/* What was typed and chosen; files stay with the page, and our token is that of the page. */
function read(form) {
  return [...new FormData(form)].filter(([field, value]) => typeof value === "string" && field !== "csrf_token");
}

function write(form, fields) {
  for (const part of form.elements) {
    if (part.type === "radio" || part.type === "checkbox") part.checked = fields.some(([field, value]) => field === part.name && value === part.value);
    else if (part.type !== "file" && part.name !== "csrf_token") part.value = fields.find(([field]) => field === part.name)?.[1] ?? part.value;
  }
}
