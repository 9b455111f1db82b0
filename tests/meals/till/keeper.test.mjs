import assert from "node:assert/strict";
import test from "node:test";
import { TillClock } from "../../../meals/static/till/clock.js";
import { RosterKeeper } from "../../../meals/static/till/keeper.js";
import { CARD, NOON, content, row } from "./facts.mjs";

const DEVICE = { token: "secret", till: { id: 5 } };
const DATE = new Date(NOON).toUTCString();

/** What the server answers, one after another; the last one for ever. */
function answer(status, body, { etag = null, type = "application/json", date = DATE } = {}) {
  const headers = new Headers({ Date: date, "Content-Type": type, ...(etag ? { ETag: etag } : {}) });
  return { status, ok: status < 300, headers, json: async () => body };
}

function keeping(answers, { kept = null, isFull = false } = {}) {
  const [asked, events, saved] = [[], [], []];
  const fetch = async (url, options) => {
    asked.push({ url, ...options.headers });
    const next = answers[Math.min(asked.length, answers.length) - 1];
    if (next === null) throw new TypeError("network");
    return next;
  };
  const store = {
    roster: async () => kept,
    keepRoster: async (...all) => {
      if (isFull) throw new Error("QuotaExceededError");
      saved.push(all);
    },
  };
  const clock = new TillClock({ wall: () => NOON, mono: () => 0 });
  const keeper = new RosterKeeper({ device: DEVICE, url: "/roster", store, clock, on: (event) => events.push(event), fetch, random: () => 1 });
  return { keeper, asked, events, saved, clock, types: () => events.map(({ type }) => type).filter((type) => type !== "token") };
}

const once = async (keeper) => {
  await keeper.renew();
  keeper.stop();
};

test("at first all is asked for, taken in, and kept with its mark", async () => {
  const { keeper, asked, saved, types } = keeping([answer(200, content(), { etag: 'W/"a"' })]);
  assert.equal(await keeper.open(), null);
  await once(keeper);
  assert.deepEqual(asked, [{ url: "/roster", Accept: "application/json", Authorization: "Till secret" }]);
  assert.equal(keeper.roster.find(CARD).points_fen, 10_000);
  assert.deepEqual([JSON.parse(saved[0][0]).people.length, saved[0][1]], [1, 'W/"a"']);
  assert.deepEqual(types(), ["roster"]);
});

test("then only what changed is asked for, and taken in", async () => {
  const delta = { ...content({ people: [row({ points_fen: 7 })] }), full: false, version: `${NOON}-2026-11-20` };
  const { keeper, asked, saved } = keeping([answer(200, content(), { etag: "1" }), answer(200, delta, { etag: "2" })]);
  await keeper.renew();
  await once(keeper);
  assert.deepEqual([asked[1].url, asked[1]["If-None-Match"]], [`/roster?since=${encodeURIComponent(content().version)}`, "1"]);
  assert.equal(keeper.roster.find(CARD).points_fen, 7);
  const { full, version } = JSON.parse(saved[1][0]);
  assert.deepEqual([full, version, saved[1][1]], [true, `${NOON}-2026-11-20`, "2"]);
});

test("an answer that nothing changed makes the roster fresh", async () => {
  const { keeper, clock, saved } = keeping([answer(200, content()), answer(304)]);
  await keeper.renew();
  keeper.roster.at = 0;
  await once(keeper);
  assert.equal(keeper.roster.at, clock.now());
  assert.equal(saved[1][0], saved[0][0]);
  assert.equal(keeper.standing().why, null);
});

test("what was kept serves at once, unless it is another till's", async () => {
  const kept = { content: JSON.stringify(content()), etag: "k", at: NOON - 60_000 };
  const { keeper, asked } = keeping([answer(304)], { kept });
  await keeper.open();
  assert.equal(keeper.roster.at, NOON - 60_000);
  await once(keeper);
  assert.equal(asked[0]["If-None-Match"], "k");
  const other = keeping([answer(304)], { kept: { ...kept, content: JSON.stringify(content({ till: { id: 6, number: 2, device: 1 } })) } });
  assert.equal(await other.keeper.open(), null);
  assert.equal(await keeping([answer(304)], { kept: { ...kept, content: "{" } }).keeper.open(), null);
});

test("silence and faults are tried again, later each time, and said once", async () => {
  const { keeper, types } = keeping([null, answer(500, {}), answer(503, {}), answer(200, content())]);
  const pauses = [];
  for (let tries = 0; tries < 4; tries += 1) {
    await keeper.renew();
    pauses.push(keeper.pause());
  }
  keeper.stop();
  assert.deepEqual(pauses, [2000, 4000, 8000, 300_000]);
  assert.deepEqual(types(), ["away", "roster"]);
});

test("a token that was taken back is said as such, and the roster stays", async () => {
  const { keeper, types, events } = keeping([answer(200, content()), answer(401, { code: "till_revoked" }), answer(401, { code: "not_signed_in" })]);
  for (let times = 0; times < 3; times += 1) await keeper.renew();
  keeper.stop();
  assert.deepEqual(types(), ["roster", "revoked", "unknown"]);
  assert.ok(keeper.roster);
  assert.deepEqual(events.filter(({ type }) => type === "token").map(({ status, code }) => [status, code]), [[200, undefined], [401, "till_revoked"], [401, "not_signed_in"]]);
});

test("what does not fit is asked for whole", async () => {
  const { keeper, asked } = keeping([answer(200, content()), answer(200, { ...content(), full: false, columns: ["id"] }), answer(200, content())]);
  await keeper.renew();
  await keeper.renew();
  assert.ok(keeper.roster.find(CARD));
  await once(keeper);
  assert.equal(asked[2].url, "/roster");
  assert.ok(keeper.roster.find(CARD));
});

test("a full store does not make the roster worse", async () => {
  const { keeper, types } = keeping([answer(200, content())], { isFull: true });
  await once(keeper);
  assert.deepEqual(types(), ["roster", "unkept"]);
  assert.ok(keeper.roster);
});

test("the rule for clocks comes with it, and the time with each answer", async () => {
  const rules = { ...content().till_rules, clock_jump_seconds: 30 };
  const { keeper, clock } = keeping([answer(200, content({ till_rules: rules }))]);
  await once(keeper);
  assert.equal(clock.jump_seconds, 30);
  assert.ok(clock.isSynced);
});

test("a page of some box on the way neither sets the clock nor gives a token back", async () => {
  const { keeper, events, clock } = keeping([answer(200, {}, { type: "text/html", date: "Thu, 01 Jan 1970 00:00:00 GMT" })]);
  await once(keeper);
  assert.deepEqual(events, [{ type: "away" }]);
  assert.deepEqual([clock.isSynced, clock.now()], [false, NOON]);
});
