// Decides every case of a file by the rosters in it, and says where a till differs from what the server said of the same.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decide } from "../../../meals/static/till/decide.js";
import { Roster } from "../../../meals/static/till/roster.js";
import { Signatures, isCode } from "../../../meals/static/till/signature.js";

// What the server refuses by what only it knows, a till names by what it lacks.
const SAME = { invalid: "bill_too_large" };

// Somebody from elsewhere is not in the roster: there only that is known.
const STRANGER = { code: "card_not_in_roster", guest: null, clock: null, when: null };

const { rosters, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const signatures = await Signatures.open();
const held = rosters.map((content) => Roster.from(content));

/** A refusal as both sides can say it: the same code, guest and moment. */
const plain = ({ code, guest = null, clock = null, when = null }) => ({ code: SAME[code] ?? code, guest, clock, when: when && Date.parse(when) });

for (const [place, { roster: index, at, card, items, used_at: used, is_stranger: isStranger, quote, problem }] of cases.entries()) {
  const roster = held[index];
  signatures.learn(roster.keys);
  const code = isCode(card) ? { ...(await signatures.check(card)), used_at: used && Date.parse(used) } : null;
  const decided = decide({ roster, card, code, items, at, own: [] });
  const say = `case ${place}: ${JSON.stringify(cases[place])} decided as ${JSON.stringify(decided)}`;
  if (isStranger) assert.deepStrictEqual(plain(decided.problem), STRANGER, say);
  else if (problem) assert.deepStrictEqual(decided.problem && plain(decided.problem), plain(problem), say);
  else assert.deepStrictEqual(decided.quote, quote, say);
}
console.log(cases.length);
