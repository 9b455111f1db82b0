// The strips above the till that say how it stands without the server: what waits, how long it may go on, what is locked.

import { button, el, icon } from "./parts.js";
import { yuan } from "./words.js";

const TROUBLES = new Set(["signed_out", "stale_page"]);
const READY = new Set(["ready.no_rules", "ready.roster_old"]); // a roster that has not come yet is on its way

/** What is said flows on by itself; a button after it keeps its place beside the first line. */
const strip = (look, name, ...content) => el("div", { class: `strip ${look}` }, icon(name), el("div", { class: "strip-parts" }, ...content));
const part = (text) => (text ? el("span", {}, text) : null);
const list = (words) => button("queue", words.tell("offline.list"), { look: "strip-btn end" });

/** What waits, in words: how many and how much. */
export function waitingWords({ words, state }) {
  const { count, price_fen } = state.standing;
  return count ? words.tell("offline.waiting", { count, yuan: yuan(price_fen) }) : null;
}

/** The red strip: why nothing is sold with subsidy, and what is to be done. */
function lock({ code, params = {} }, at) {
  const { words } = at;
  const fill = { ...params, yuan: yuan(params.at_most_fen ?? 0) };
  return strip("is-danger", "lock", part(words.tellFirst([`lock.${code}.word`, "lock.other.word"], fill)),
    part(words.tellFirst([`lock.${code}.what`, "lock.other.what"], fill)), part(waitingWords(at)));
}

/** The amber strip: it sells on, but bounded. */
function amber(at) {
  const { words, state } = at;
  const { facts, link } = state;
  const roster = facts?.roster_at ? words.tell("offline.roster", { time: words.time(facts.roster_at) }) : null;
  const left = facts?.roster_at ? words.tell("offline.left", { span: words.span(facts.left_ms) }) : null;
  return strip("is-warn is-hatched", link === "down" ? "offline" : "clock",
    part(words.tell(link === "down" ? "offline.selling" : "offline.sending")), part(waitingWords(at)), part(roster), part(left),
    facts?.is_warned ? part(words.tell("offline.warned")) : null);
}

function session({ words, state, start }) {
  const { session: why } = state;
  if (!TROUBLES.has(why)) return null;
  const go = why === "signed_out" ? start.urls.log_in : start.urls.till;
  const said = strip("is-info", "person", part(words.tell(`session.${why}`)));
  said.append(el("a", { class: "strip-btn end", href: go }, words.tell(`blocked.${why}.go`)));
  return said;
}

/** While the server answers, a lock holds nothing up: it says what will not go when the server does not. */
const isHolding = ({ code }, facts) => !facts.isUp || code === "revoked";

function locks(at) {
  const { facts } = at.state;
  const found = facts?.locks ?? [];
  const holding = found.find((each) => isHolding(each, facts));
  if (holding) return { holding: lock(holding, at), coming: null };
  const key = found.length ? `ready.${found[0].code}` : null;
  return { holding: null, coming: READY.has(key) ? strip("is-info", "info", part(at.words.tell(key))) : null };
}

/** Every strip of a till that was enrolled. */
export function banner(at) {
  const { words, state } = at;
  const { facts, link, standing } = state;
  const { holding, coming } = locks(at);
  const first = holding ?? (link === "down" || standing.count ? amber(at) : null);
  if (standing.count) first.append(list(words));
  const clock = facts?.clock ? strip("is-warn", "clock", part(words.tell("offline.clock"))) : null;
  return [first, coming, clock, session(at)].filter(Boolean);
}
