import assert from "node:assert/strict";
import test from "node:test";
import { KEPT_AS, findDevice, isGood, noteToken, standingOf, stateOf, tellState } from "../../../meals/static/till/device.js";

const storage = (kept) => ({
  kept, getItem(name) { return name === KEPT_AS ? this.kept : null; }, setItem(name, text) { this.kept = text; },
});
const answering = (status, body) => async () => ({ status, json: async () => body });

test("a browser that never enrolled, or kept something unreadable, is no device", () => {
  assert.equal(findDevice(storage(null)), null);
  assert.equal(findDevice(storage("{")), null);
  assert.equal(findDevice(storage('{"token": "x"}')).token, "x");
  assert.ok(!isGood(null));
  assert.ok(isGood({ token: "x" }));
});

test("a device tells how many entries wait, since when, and how far its clock is off", () => {
  const told = stateOf({ standing: standingOf([{ made_at: 2000 }, { made_at: 1000 }]), gapMs: -1500.4, isPersistent: true });
  assert.deepEqual(told, {
    version: "web", queue_length: 2, oldest_queued_at: "1970-01-01T00:00:01.000Z", clock_skew_ms: 1500, is_persistent: true, roster_version: null,
  });
  const numbered = stateOf({ standing: { count: 0, oldest_at: null, last_seq: 118 }, gapMs: 0, isPersistent: null, rosterVersion: "v1" });
  assert.equal(numbered.oldest_queued_at, null);
  assert.equal(numbered.last_seq, 118);
  assert.equal(numbered.roster_version, "v1");
});

test("a token that opens nothing any more locks the device, which stays known: its token signs what waits", async () => {
  for (const [status, code, why] of [[401, "till_revoked", "till_revoked"], [401, "not_signed_in", "not_signed_in"], [401, "http_401", null], [500, "x", null], [403, "till_revoked", null], [200, "", null]]) {
    const kept = storage('{"token": "x"}');
    await tellState({ token: "x" }, {}, { url: "/x", storage: kept, now: () => 7, fetch: answering(status, { code }) });
    const device = findDevice(kept);
    assert.equal(device.token, "x");
    assert.deepEqual(device.lost, why ? { why, at: 7 } : undefined, `${status} ${code}`);
    assert.equal(isGood(device), !why);
  }
});

test("silence changes nothing", async () => {
  const kept = storage('{"token": "x"}');
  await tellState({ token: "x" }, {}, { url: "/x", storage: kept, fetch: async () => { throw new TypeError(); } });
  assert.ok(isGood(findDevice(kept)));
});

test("a token that opens the door again unlocks; an answer to an older token says nothing about the one of now", () => {
  const kept = storage('{"token": "new"}');
  assert.ok(!noteToken(kept, { status: 401, code: "not_signed_in", token: "old" }, 1));
  assert.ok(isGood(findDevice(kept)));
  assert.ok(noteToken(kept, { status: 401, code: "not_signed_in", token: "new" }, 2));
  assert.ok(!noteToken(kept, { status: 401, code: "not_signed_in", token: "new" }, 3), "known already");
  assert.equal(findDevice(kept).lost.at, 2);
  assert.ok(noteToken(kept, { status: 200, token: "new" }, 4));
  assert.ok(isGood(findDevice(kept)));
  assert.ok(!noteToken(storage(null), { status: 401, code: "till_revoked" }, 5), "no device, nothing to lock");
});
