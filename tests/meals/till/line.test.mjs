import assert from "node:assert/strict";
import test from "node:test";
import { Line } from "../../../meals/static/till/line.js";

/** A line whose sign of life ends so; timers are written down instead of run. */
function open(outcome = {}) {
  const pauses = [];
  const changes = [];
  const timer = { clearTimeout: () => {}, setTimeout: (work, ms) => (pauses.push(ms), pauses.length) };
  const line = new Line({ api: { call: async () => outcome }, url: "/healthz", onChange: (isUp) => changes.push(isUp), timer });
  return { line, pauses, changes };
}

test("a line is down with the first answer that does not come, and is looked at again soon", () => {
  const { line, pauses, changes } = open();
  line.note({ lost: true });
  line.note({ lost: true });
  assert.deepEqual(changes, [false]);
  assert.deepEqual(pauses, [1000]);
});

test("any answer brings it up again, also a refusal", () => {
  const { line, changes } = open();
  line.note({ lost: true });
  line.note({ problem: { code: "card_lost" }, status: 409 });
  assert.deepEqual(changes, [false, true]);
});

test("it is looked at more often while it is down", async () => {
  const down = open({ lost: true });
  await down.line.look();
  assert.equal(down.pauses.at(-1), 3000);
  const up = open({ status: 200 });
  await up.line.look();
  assert.equal(up.pauses.at(-1), 15_000);
});
