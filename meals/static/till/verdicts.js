// What is to be done about an outcome of a call, and how long to wait before the next try.

const PAUSES_MS = [300, 700, 1500, 3000, 6000, 10_000];
const WAIT_MS = { least: 200, most: 10_000 };
const BACK_OFF_MS = { first: 1000, most: 60_000 };

/** What is to be done about an outcome: it is over, try again, or a person must help first. */
export function judge(outcome) {
  if (outcome.lost) return "again";
  if (!outcome.problem) return "answered";
  const { status, problem } = outcome;
  if (status === 401) return "signed_out";
  if (/^csrf/.test(problem.code)) return "stale_page";
  if (problem.code === "in_flight" || status === 408 || status === 425 || status === 429 || status >= 500) return "again";
  return "refused";
}

/** How long to wait before trying again: what the server asks for, else longer each time. */
export function pauseAfter(tries, outcome) {
  const asked = outcome.retryAfter || PAUSES_MS[Math.min(tries, PAUSES_MS.length) - 1];
  return Math.min(Math.max(asked, WAIT_MS.least), WAIT_MS.most);
}

/** How long the queue waits after so many failures in a row: at most 1, 2, 4 ... 60 s, and anything below (full jitter). */
export function backOff(failures, chance) {
  return Math.round(chance * Math.min(BACK_OFF_MS.first * 2 ** (failures - 1), BACK_OFF_MS.most));
}
