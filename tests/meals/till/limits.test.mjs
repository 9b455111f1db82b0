import assert from "node:assert/strict";
import test from "node:test";
import { bannerOf, leftOf, locksOf } from "../../../meals/static/till/limits.js";
import { Roster } from "../../../meals/static/till/roster.js";
import { NOON, content } from "./facts.mjs";

const HOUR = 3_600_000;
const roster = (hoursAgo = 0.5, about = {}) => Roster.from(content(about), NOON - hoursAgo * HOUR);
const codes = (asked) => locksOf({ roster: roster(), at: NOON, ...asked }).map(({ code }) => code);

test("nothing locks a till that was answered lately", () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes({ standing: { count: 299, price_fen: 399_999, oldest_at: NOON } }), []);
});

test("each limit locks when it is reached, not before", () => {
  assert.deepEqual(codes({ standing: { count: 300, price_fen: 1, oldest_at: NOON } }), ["pending_sales"]);
  assert.deepEqual(codes({ standing: { count: 1, price_fen: 400_000, oldest_at: NOON } }), ["pending_fen"]);
  assert.deepEqual(codes({ price_fen: 3000 }), []);
  assert.deepEqual(codes({ price_fen: 3001 }), ["sale_at_most"]);
  assert.deepEqual(codes({ roster: roster(24) }), []);
  assert.deepEqual(codes({ roster: roster(24.01) }), ["roster_old"]);
  assert.deepEqual(codes({ isRevoked: true, roster: null }), ["revoked", "no_roster"]);
  assert.deepEqual(codes({ roster: roster(1, { till_rules: null }) }), ["no_rules"]);
});

test("for a guest whom the roster does not know, half of each limit holds", () => {
  assert.deepEqual(codes({ isKnown: false, price_fen: 1500, standing: { count: 149, price_fen: 0 } }), []);
  assert.deepEqual(codes({ isKnown: false, price_fen: 1501, standing: { count: 150, price_fen: 199_000 } }), ["pending_sales", "pending_fen", "sale_at_most"]);
});

test("the banner is silent while all is well", () => {
  assert.equal(bannerOf({ isUp: true, roster: roster(), at: NOON }), null);
});

test("the banner says what waits, how old the roster is and how long it lasts", () => {
  const banner = bannerOf({ isUp: false, roster: roster(), at: NOON, standing: { count: 12, price_fen: 9600, oldest_at: NOON - HOUR / 4 } });
  assert.deepEqual(banner, {
    level: "amber", isUp: false, count: 12, price_fen: 9600, roster_at: NOON - HOUR / 2, left_ms: 23.5 * HOUR, is_warned: false, locks: [], clock: null,
  });
});

test("the banner warns after an hour, and is red once locked", () => {
  const standing = { count: 1, price_fen: 800, oldest_at: NOON - 1.1 * HOUR };
  assert.equal(bannerOf({ isUp: true, roster: roster(), at: NOON, standing }).is_warned, true);
  assert.equal(bannerOf({ isUp: false, roster: roster(2), at: NOON }).is_warned, true);
  const old = bannerOf({ isUp: false, roster: roster(25), at: NOON });
  assert.deepEqual([old.level, old.left_ms, old.locks[0].code], ["red", 0, "roster_old"]);
  assert.deepEqual(bannerOf({ isUp: false, roster: null, at: NOON }).locks, [{ code: "no_roster", params: {} }]);
});

test("a doubtful clock is said even with the line up", () => {
  const banner = bannerOf({ isUp: true, roster: roster(), at: NOON, clock: { isSuspect: true, why: "jumped", seconds: 3600 } });
  assert.deepEqual([banner.level, banner.clock], ["amber", { why: "jumped", seconds: 3600 }]);
});

test("without rules nobody can say how long it lasts", () => {
  assert.equal(leftOf({ roster: roster(1, { till_rules: null }), at: NOON }), null);
  assert.equal(leftOf({ roster: null, at: NOON }), null);
});
