import assert from "node:assert/strict";
import test from "node:test";
import { Daybook } from "../../../meals/static/till/daybook.js";
import { remember } from "../../../meals/static/till/opening.js";

const MORNING = Date.parse("2026-11-21T08:00:00+08:00");
const LUNCH = Date.parse("2026-11-20T12:00:00+08:00");

/** A till in the morning whose roster is of yesterday's lunch, and what was answered for meanwhile. */
function opened(sent) {
  const store = { sentSince: async (at) => sent.filter((each) => each.acknowledged_at >= at), waiting: async () => [] };
  return { book: new Daybook(), clock: { now: () => MORNING }, device: null, keeper: { roster: { asked_at: LUNCH } }, store };
}

test("what was sold yesterday after the roster was asked for still counts the next morning", async () => {
  const sold = (id, at) => ({ id, kind: "sale", made_at: at, acknowledged_at: at, answer: { receipt: { id, points_fen: 800 } } });
  const till = opened([sold("before", LUNCH - 1), sold("after", LUNCH + 60_000)]);
  await remember(till);
  assert.deepEqual(till.book.all().map(({ id }) => id), ["after"]);
});
