// Lives a day of a till that is cut off: it decides every sale by its roster and its own sales, and each time says what
// the server said, which had booked all of them by then.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decide } from "../../../meals/static/till/decide.js";
import { Roster } from "../../../meals/static/till/roster.js";

const { roster: first, steps } = JSON.parse(readFileSync(process.argv[2], "utf8"));
let roster = Roster.from(first);
const own = [];

const STEPS = {
  roster: ({ content, at }) => { roster = Object.assign(roster.apply(content, at), { asked_at: at }); },
  sale: ({ at, card, items, quote, id, is_acknowledged: isAcknowledged }, say) => {
    const decided = decide({ roster, card, items, at, own });
    assert.deepStrictEqual(decided.quote, quote, say(decided));
    const entry = { id, kind: "sale", card, senior_id: decided.basis.senior_id, occurred_at: new Date(at).toISOString(), quote: decided.quote };
    own.push({ ...entry, acknowledged_at: isAcknowledged ? at + 1 : null });
  },
  undo: ({ at, id, is_acknowledged: isAcknowledged }) => own.push({ id: `undo ${id}`, kind: "undo", undoes: id, occurred_at: new Date(at).toISOString(), acknowledged_at: isAcknowledged ? at + 1 : null }),
};

let place = 0;
for (const step of steps) {
  const say = (decided) => `step ${place}: ${JSON.stringify(step)} decided as ${JSON.stringify(decided)}, after ${JSON.stringify(own.map(({ quote, ...each }) => ({ ...each, points_fen: quote?.points_fen })))}`;
  STEPS[step.kind](step, say);
  place += 1;
}
console.log(steps.filter(({ kind }) => kind === "sale").length);
