// What the server decided about a subsidy, in the till's few large words.

// The reasons for a sale without subsidy, as the server names them.
const NONE = new Set([
  "licence_lapsed", "agreement_lapsed", "moved_away", "in_hospital", "no_policy", "outside_windows", "count_used",
  "cap_used", "no_band", "bill_under_minimum", "no_set_meal", "nothing_off",
  "till_locked", "not_in_roster",
]);

/** The sentences behind a decision: not the sum, which stands above, nor the payers, who stand in the bar. */
export function behind({ explanation, shares }, words) {
  const lines = words.pick(explanation) || [];
  return lines.slice(1, shares.length ? -1 : undefined);
}

/** Say why there is no subsidy: the word, what is behind it, and what to do; `isAgain` when there was one before. */
export function noSubsidy(quote, words) {
  const { code = "other", params = {} } = quote.reasons?.find((reason) => NONE.has(reason.code)) ?? {};
  const period = params.per ?? "window";
  const isAgain = code === "count_used";
  const keys = isAgain
    ? [`ask.count_used.${period}.${params.window}.word`, `ask.count_used.${period}.word`]
    : [`ask.${code}.word`];
  const where = isAgain && params.at ? used(params, words) : null;
  return {
    isAgain,
    word: words.tellFirst([...keys, "ask.other.word"]),
    what: where ?? behind(quote, words)[0] ?? words.tell("ask.other.what"),
    next: words.tellFirst([`ask.${code}.${params.why}.next`, `ask.${code}.next`, "ask.other.next"]),
  };
}

/** When and where the subsidised meal was. */
function used({ at, here, canteen, till }, words) {
  const place = here ? words.tell("ask.here") : canteen;
  return till ? words.tell("ask.used_at_till", { at, place, till }) : words.tell("ask.used_at", { at, place });
}
