import assert from "node:assert/strict";
import test from "node:test";
import { TillClock } from "../../../meals/static/till/clock.js";

const SERVER = Date.parse("2026-11-20T11:48:00+08:00");
const HOUR = 3_600_000;

/** A device whose wall clock is fast by a quarter of an hour, and a place that keeps what it is given. */
function device({ fastMs = HOUR / 4, kept = null } = {}) {
  const items = new Map(kept ? [["chongyang.clock", JSON.stringify(kept)]] : []);
  const world = { wallMs: SERVER + fastMs, monoMs: 5000, storage: { getItem: (name) => items.get(name) ?? null, setItem: (name, value) => void items.set(name, value) } };
  world.pass = (ms) => { world.wallMs += ms; world.monoMs += ms; };
  world.start = () => new TillClock({ storage: world.storage, wall: () => world.wallMs, mono: () => world.monoMs });
  world.kept = () => JSON.parse(items.get("chongyang.clock"));
  return world;
}

test("the server's time is carried on by the monotonic clock", () => {
  const world = device();
  const clock = world.start();
  assert.equal(clock.now(), SERVER + HOUR / 4);
  clock.sync(SERVER + 50, { sent: world.monoMs - 100 });
  assert.equal(clock.now(), SERVER + 100);
  world.pass(HOUR);
  assert.equal(clock.now(), SERVER + HOUR + 100);
  assert.deepEqual(clock.state(), { isSuspect: false, why: null, seconds: 0, skew_ms: HOUR / 4 - 100, is_synced: true });
});

test("the surest answer counts, until it has grown old", () => {
  const world = device();
  const clock = world.start();
  clock.sync(SERVER, { sent: world.monoMs - 10 });
  clock.sync(SERVER - 200, { sent: world.monoMs - 800 });
  assert.equal(clock.now(), SERVER + 5);
  world.pass(3 * HOUR);
  clock.sync(SERVER + 3 * HOUR - 200, { sent: world.monoMs - 800 });
  assert.equal(clock.now(), SERVER + 3 * HOUR + 200);
});

test("a header with whole seconds is an answer too, a poorer one", () => {
  const world = device();
  const clock = world.start();
  const headers = new Headers({ Date: new Date(SERVER).toUTCString() });
  clock.syncFrom({ headers }, world.monoMs - 20);
  assert.equal(clock.now(), SERVER + 510);
  clock.sync(SERVER + 400, { sent: world.monoMs - 20 });
  assert.equal(clock.now(), SERVER + 410);
  clock.syncFrom({ headers }, world.monoMs - 20);
  assert.equal(clock.now(), SERVER + 410);
  clock.syncFrom({ headers: new Headers() }, 0);
  clock.syncFrom({ headers: new Headers({ Date: "nonsense" }) }, 0);
  assert.equal(clock.now(), SERVER + 410);
});

for (const jump of [HOUR, -HOUR]) {
  test(`a wall clock set by ${jump / HOUR} h is noticed, and the time goes on as it was`, () => {
    const world = device();
    const clock = world.start();
    clock.sync(SERVER, { sent: world.monoMs });
    world.pass(1000);
    world.wallMs += jump;
    assert.deepEqual([clock.check().isSuspect, clock.state().why, clock.state().seconds], [true, "jumped", jump / 1000]);
    const stamp = clock.stamp();
    assert.equal(stamp.at, SERVER + 1000);
    assert.equal(stamp.occurred_at, new Date(SERVER + 1000).toISOString());
    assert.equal(stamp.clock_suspect, true);
    world.pass(5000);
    assert.equal(clock.check().isSuspect, true);
    clock.sync(SERVER + 6000, { sent: world.monoMs - 900 });
    assert.equal(clock.stamp().clock_suspect, false);
  });
}

test("a jump that nobody may mind is none", () => {
  const world = device();
  const clock = world.start();
  clock.sync(SERVER, { sent: world.monoMs });
  world.wallMs += 119_000;
  assert.equal(clock.check().isSuspect, false);
  clock.jump_seconds = 60;
  assert.equal(clock.check().isSuspect, true);
});

test("a machine that slept for the night has the wall clock's time, in doubt until the server answers", () => {
  const world = device();
  const clock = world.start();
  clock.sync(SERVER, { sent: world.monoMs });
  world.wallMs += 18 * HOUR;
  assert.equal(clock.check().isSuspect, true);
  assert.equal(clock.now(), SERVER + 18 * HOUR);
});

test("a monotonic clock that slept unseen gives way to the server", () => {
  const world = device();
  const clock = world.start();
  clock.sync(SERVER, { sent: world.monoMs });
  world.wallMs += 100_000; // less than is minded
  clock.sync(SERVER + 100_000, { sent: world.monoMs - 300 });
  assert.equal(clock.now(), SERVER + 100_150);
});

test("after a restart offline the clock is as it was last known", () => {
  const world = device();
  world.start().sync(SERVER, { sent: world.monoMs });
  world.pass(HOUR);
  world.monoMs = 1;
  const clock = world.start();
  assert.equal(clock.now(), SERVER + HOUR);
  assert.deepEqual([clock.state().isSuspect, clock.isSynced], [false, false]);
});

test("a clock that is older than what was stamped last is in doubt, and goes on from there", () => {
  const world = device();
  const clock = world.start();
  clock.sync(SERVER, { sent: world.monoMs });
  world.pass(HOUR);
  clock.stamp();
  world.wallMs -= 40 * HOUR;
  world.monoMs = 1;
  const again = world.start();
  assert.deepEqual([again.state().why, again.now()], ["behind", SERVER + HOUR]);
  again.sync(SERVER + 2 * HOUR, { sent: world.monoMs });
  assert.equal(again.state().isSuspect, false);
});

test("a clock before what the till has seen happen is in doubt, unless the server set it", () => {
  const world = device();
  const clock = world.start();
  clock.seen(SERVER + 2 * HOUR);
  assert.deepEqual([clock.state().why, clock.now()], ["behind", SERVER + 2 * HOUR]);
  clock.sync(SERVER, { sent: world.monoMs });
  clock.seen(SERVER + 3 * HOUR);
  assert.deepEqual([clock.state().isSuspect, clock.now()], [false, SERVER]);
});

test("a doubt outlasts a restart", () => {
  const world = device();
  const clock = world.start();
  clock.sync(SERVER, { sent: world.monoMs });
  world.wallMs += HOUR;
  clock.check();
  world.monoMs = 1;
  assert.equal(world.start().state().why, "jumped");
});

test("a browser that keeps nothing has a clock all the same", () => {
  const storage = { getItem: () => { throw new Error("no"); }, setItem: () => { throw new Error("no"); } };
  const clock = new TillClock({ storage, wall: () => SERVER, mono: () => 0 });
  assert.equal(clock.stamp().at, SERVER);
});

test("a clock that was a month ahead for a while does not hold the till to that month", () => {
  const world = device();
  world.start().stamp(); // sets the last moment
  world.wallMs += 30 * 24 * HOUR;
  const ahead = world.start(); // without the server nobody can tell
  ahead.stamp();
  ahead.sync(SERVER, { sent: world.monoMs });
  assert.equal(world.kept().last, SERVER);
  world.wallMs = SERVER + HOUR;
  const next = world.start();
  assert.equal(next.now() < SERVER + 24 * HOUR, true);
});
