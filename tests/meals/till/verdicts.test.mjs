import assert from "node:assert/strict";
import test from "node:test";
import { judge, pauseAfter } from "../../../meals/static/till/verdicts.js";

const SOLD = { body: { id: "sale" }, status: 201 };

test("every outcome has its verdict", () => {
  const cases = [
    [{ lost: true }, "again"], [SOLD, "answered"], [{ problem: { code: "csrf" }, status: 400 }, "stale_page"],
    [{ problem: { code: "card_lost" }, status: 409 }, "refused"], [{ problem: { code: "key_reused" }, status: 409 }, "refused"],
    [{ problem: { code: "too_many_requests" }, status: 429 }, "again"], [{ problem: { code: "unavailable" }, status: 503 }, "again"],
  ];
  for (const [outcome, verdict] of cases) assert.equal(judge(outcome), verdict);
});

test("waiting grows, and does what the server asks", () => {
  assert.ok(pauseAfter(1, {}) < pauseAfter(4, {}));
  assert.equal(pauseAfter(1, { retryAfter: 1000 }), 1000);
  assert.equal(pauseAfter(99, { retryAfter: 99_000 }), 10_000);
});
