// How far a till may go without an answer: what locks a subsidy, and the facts of the banner. Pure.

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const NOTHING = { count: 0, price_fen: 0, oldest_at: null };

/** What part of a limit holds: a guest whom the roster does not know gets only some of it. */
const cut = (limit, percent) => Math.floor((limit * percent) / 100);

/** How long the roster still lasts; nothing where nobody can say. */
export function leftOf({ roster, at }) {
  const rules = roster?.till_rules;
  return rules ? Math.max(roster.at + rules.roster_hours * HOUR_MS - at, 0) : null;
}

/** What locks subsidies at a moment, the gravest first; `price_fen` is that of a sale to be made, if there is one. */
export function locksOf({ roster, at, standing = NOTHING, price_fen: priceFen = 0, isRevoked = false, isKnown = true }) {
  const found = [];
  const lock = (code, params = {}) => found.push({ code, params });
  if (isRevoked) lock("revoked");
  if (!roster) lock("no_roster");
  if (!roster) return found;
  const rules = roster.till_rules;
  if (!rules) lock("no_rules");
  if (!rules) return found;
  if (at - roster.at > rules.roster_hours * HOUR_MS) lock("roster_old", { hours: rules.roster_hours, at: roster.at });
  return [...found, ...amountLocks({ rules, standing, priceFen, percent: isKnown ? 100 : rules.unknown_percent })];
}

function amountLocks({ rules, standing, priceFen, percent }) {
  const found = [];
  const [sales, sum, one] = [rules.pending_sales, rules.pending_fen, rules.sale_at_most_fen].map((limit) => cut(limit, percent));
  if (standing.count >= sales) found.push({ code: "pending_sales", params: { count: standing.count, at_most: sales } });
  if (standing.price_fen + Math.max(priceFen, 1) > sum) found.push({ code: "pending_fen", params: { fen: standing.price_fen, at_most_fen: sum } });
  if (priceFen > one) found.push({ code: "sale_at_most", params: { fen: priceFen, at_most_fen: one } });
  return found;
}

/** What the banner says, or nothing while the line is up and nothing waits. */
export function bannerOf({ isUp, roster, standing = NOTHING, at, isRevoked = false, clock = null }) {
  const locks = locksOf({ roster, at, standing, isRevoked });
  const isCalm = isUp && standing.count === 0 && !locks.length && !clock?.isSuspect;
  if (isCalm) return null;
  return {
    level: locks.length ? "red" : "amber",
    isUp,
    count: standing.count,
    price_fen: standing.price_fen,
    roster_at: roster?.at ?? null,
    left_ms: leftOf({ roster, at }),
    is_warned: isWarned({ isUp, roster, standing, at }),
    locks,
    clock: clock?.isSuspect ? { why: clock.why, seconds: clock.seconds } : null,
  };
}

/** Whether it has lasted so long that somebody should look after the line. */
function isWarned({ isUp, roster, standing, at }) {
  const rules = roster?.till_rules;
  if (!rules) return false;
  const since = [standing.oldest_at, isUp ? null : roster.at].filter((moment) => moment !== null && moment !== undefined).map(Number);
  return since.some((moment) => at - moment > rules.warn_after_minutes * MINUTE_MS);
}
