// A device becomes a till: it trades the one-time code behind the hash for a token of its own, and keeps that.

import { KEPT_AS } from "./device.js";

/** The code of an address, or nothing. */
export const codeOf = (hash) => new URLSearchParams(hash.replace(/^#/, "")).get("code");

/** Trade a code; {kept} or {problem: {code, detail}}, or {lost: true} for silence. */
export async function trade(code, { url, version, language, fetch = globalThis.fetch }) {
  try {
    const response = await fetch(url, {
      method: "POST", body: JSON.stringify({ code, version }), credentials: "omit", cache: "no-store",
      headers: { "Content-Type": "application/json", Accept: "application/json", "Accept-Language": language },
      signal: AbortSignal.timeout(8000),
    });
    const body = await response.json();
    return response.ok ? { kept: body } : { problem: body };
  } catch {
    return { lost: true };
  }
}

async function enrol(start, say, next) {
  const code = codeOf(location.hash);
  if (!code) return say(start.words.no_code);
  const { kept, problem } = await trade(code, start);
  if (!kept) return say(problem ? problem.detail || problem.title : start.words.lost);
  // Before anything is said: a code is good once, and the token is told once.
  localStorage.setItem(KEPT_AS, JSON.stringify(kept));
  history.replaceState(null, "", location.pathname);
  say(start.words.done.replace("{till}", `${kept.till.number}-${kept.device.number}`).replace("{canteen}", kept.canteen.name));
  next.hidden = false;
}

if (globalThis.document) {
  const start = JSON.parse(document.getElementById("enrol-start").textContent);
  const line = document.getElementById("enrol-say");
  await enrol(start, (text) => { line.textContent = text; }, document.getElementById("enrol-next"));
}
