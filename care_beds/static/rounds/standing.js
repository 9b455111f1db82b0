// Where a visit stands for its carer: what the server said when the page was made, and what was done on this phone since.

import { isHeld } from "./queue.js";

const PHASES = ["planned", "started", "finished", "confirmed"];
const later = (one, other) => PHASES.indexOf(one) > PHASES.indexOf(other);
const PHASE_OF = { check_in: "started", check_out: "finished" };

/**
 * {phase, started_at, finished_at, word, waiting, refused, doubts}: `word` is how the family has spoken (or "cannot"),
 * `waiting` how many entries the server does not have, `aside` those of them that it stumbled over, `refused` those that
 * it would not take.
 */
export function standingOf(visit, entries) {
  const found = {
    phase: visit.state, word: visit.word ?? null, waiting: 0, aside: [], refused: [], doubts: [],
    started_at: visit.started_at ? Date.parse(visit.started_at) : null,
    finished_at: visit.finished_at ? Date.parse(visit.finished_at) : null,
  };
  for (const entry of entries.filter(({ visit_id: id }) => id === visit.id)) {
    if (entry.state === "refused") found.refused.push(entry);
    else take(found, entry);
  }
  if (found.phase === "finished" && ["tap", "code"].includes(found.word)) found.phase = "confirmed";
  return found;
}

function take(found, entry) {
  if (isHeld(entry)) found.waiting += 1;
  if (entry.state === "aside") found.aside.push(entry);
  found.doubts.push(...(entry.body?.doubts ?? []));
  if (entry.kind === "confirmation") {
    found.word = entry.fields.how;
    return;
  }
  const phase = PHASE_OF[entry.kind];
  if (!later(phase, found.phase)) return;
  found.phase = phase;
  found[phase === "started" ? "started_at" : "finished_at"] = entry.made_at;
}

/** Whole minutes from one moment to another (ms), none where it went backwards. */
export const minutesBetween = (from, until) => Math.max(0, Math.floor((until - from) / 60_000));
