import assert from "node:assert/strict";
import test from "node:test";
import { KEPT_AS, findDevice, stateOf, tellState } from "../../../meals/static/till/device.js";

const storage = (kept) => ({ kept, getItem(name) { return name === KEPT_AS ? this.kept : null; }, removeItem() { this.kept = null; } });
const answering = (status, body) => async () => ({ status, json: async () => body });

test("a browser that never enrolled, or kept something unreadable, is no device", () => {
  assert.equal(findDevice(storage(null)), null);
  assert.equal(findDevice(storage("{")), null);
  assert.equal(findDevice(storage('{"token": "x"}')).token, "x");
});

test("a device tells how many entries wait, since when, and how far its clock is off", () => {
  const told = stateOf({ entries: [{ made_at: 2000 }, { made_at: 1000 }], gapMs: -1500.4, isPersistent: true });
  assert.deepEqual(told, {
    version: "web", queue_length: 2, oldest_queued_at: "1970-01-01T00:00:01.000Z", clock_skew_ms: 1500, is_persistent: true,
  });
  assert.equal(stateOf({ entries: [], gapMs: 0, isPersistent: null }).oldest_queued_at, null);
});

test("a token that was taken back is forgotten, any other trouble is not", async () => {
  for (const [status, code, isKept] of [[401, "till_revoked", false], [401, "not_signed_in", true], [500, "x", true], [200, "", true]]) {
    const kept = storage("{}");
    await tellState({ token: "x" }, {}, { url: "/x", storage: kept, fetch: answering(status, { code }) });
    assert.equal(Boolean(kept.kept), isKept, `${status} ${code}`);
  }
  const kept = storage("{}");
  await tellState({ token: "x" }, {}, { url: "/x", storage: kept, fetch: async () => { throw new TypeError(); } });
  assert.ok(kept.kept);
});
