import assert from "node:assert/strict";
import test from "node:test";
import { Sender, judge, pauseAfter } from "../../../meals/static/till/sender.js";

const ENTRY = { id: "key", path: "/checkouts", body: { card: "1" }, kind: "sale" };

/** A sender whose server gives these outcomes one after another. */
function sending(outcomes) {
  const kept = new Map();
  const log = [];
  const events = [];
  const api = {
    call: async (method, path, { body, key }) => {
      log.push({ method, path, body, key, kept: kept.has(key) });
      return outcomes[Math.min(log.length, outcomes.length) - 1];
    },
  };
  const outbox = { put: async (entry) => void kept.set(entry.id, entry), remove: async (id) => void kept.delete(id) };
  const sender = new Sender({ api, outbox, on: (event) => events.push(event) });
  sender.pause = async () => {};
  return { sender, log, events, kept };
}

const SOLD = { body: { id: "sale" }, status: 201 };

test("a sale is kept before it is sent, and forgotten when it is answered", async () => {
  const { sender, log, events, kept } = sending([SOLD]);
  await sender.submit(ENTRY);
  assert.equal(log[0].kept, true);
  assert.equal(kept.size, 0);
  assert.equal(events.at(-1).type, "answered");
});

test("silence, faults and a sale in flight are tried again under the same key", async () => {
  const { sender, log, events } = sending([
    { lost: true }, { problem: { code: "internal_error" }, status: 500 }, { problem: { code: "in_flight" }, status: 409, retryAfter: 1000 }, SOLD,
  ]);
  await sender.submit(ENTRY);
  assert.deepEqual(log.map(({ key }) => key), ["key", "key", "key", "key"]);
  assert.deepEqual(events.map(({ type }) => type), ["tried", "tried", "tried", "answered"]);
});

test("the same entry is sent by one loop only", async () => {
  const { sender, log } = sending([SOLD]);
  await Promise.all([sender.submit(ENTRY), sender.submit(ENTRY), sender.resume([ENTRY])]);
  assert.equal(log.length, 1);
});

test("an ended log-in keeps the entry for later", async () => {
  const { sender, events, kept } = sending([{ problem: { code: "not_signed_in" }, status: 401 }]);
  await sender.submit(ENTRY);
  assert.deepEqual(events, [{ type: "block", why: "signed_out" }]);
  assert.equal(kept.size, 1);
});

test("what cannot be kept is not sent", async () => {
  const { sender, log, events } = sending([SOLD]);
  sender.outbox.put = async () => { throw new Error("full"); };
  await sender.submit(ENTRY);
  assert.equal(log.length, 0);
  assert.deepEqual(events, [{ type: "block", why: "storage" }]);
});

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
