import assert from "node:assert/strict";
import test from "node:test";
import { JUDGE } from "../../../meals/static/till/health.js";

const shell = { isReady: false, fault: null, keptAt: null, isKept: true, isPersistent: true };
const device = { till: { id: 1, number: 3 }, device: { number: 2 } };
const judged = (row, facts) => {
  const { state, key } = JUDGE[row]({ shell, till: { id: 1 }, device, ...facts });
  return `${state} ${key}`;
};

test("each row of the panel says how it stands", () => {
  const cases = [
    ["version", {}, "ok health.version.newest"], ["version", { shell: { ...shell, isReady: true } }, "warn health.version.ready"],
    ["shell", {}, "ok health.shell.good"], ["shell", { shell: { ...shell, isKept: false } }, "warn health.shell.not_yet"],
    ["shell", { shell: { ...shell, keptAt: 7 } }, "warn health.shell.kept"], ["shell", { shell: { ...shell, fault: "insecure" } }, "danger health.shell.insecure"],
    ["storage", {}, "ok health.storage.good"], ["storage", { shell: { ...shell, isPersistent: false } }, "warn health.storage.may_go"],
    ["storage", { shell: { ...shell, isPersistent: null } }, "warn health.storage.unknown"],
    ["device", {}, "ok health.device.good"], ["device", { device: null }, "warn health.device.none"],
    ["device", { device: { ...device, lost: { why: "till_revoked" } } }, "danger health.device.till_revoked"],
    ["device", { till: { id: 2 } }, "warn health.device.elsewhere"],
    ["roster", {}, "warn health.roster.none"], ["roster", { roster: { at: 7, people: 40 } }, "ok health.roster.good"],
    ["roster", { roster: { at: 7, people: 40, isOld: true } }, "danger health.roster.good"],
    ["queue", { standing: null }, "ok health.queue.none"], ["queue", { standing: { count: 0, last_seq: 118 } }, "ok health.queue.empty"], ["queue", { standing: { count: 2, price_fen: 2400, oldest_at: 7 } }, "offline health.queue.waits"],
    ["clock", {}, "warn health.clock.unknown"], ["clock", { clock: { is_synced: true, skew_ms: 4000 } }, "ok health.clock.good"],
    ["clock", { clock: { is_synced: true, skew_ms: 500_000 } }, "warn health.clock.fast"], ["clock", { clock: { is_synced: true, skew_ms: -500_000 } }, "warn health.clock.slow"],
    ["clock", { clock: { is_synced: true, skew_ms: 0, isSuspect: true } }, "warn health.clock.suspect"],
    ["clock", { clock: { is_synced: false, skew_ms: 0 } }, "warn health.clock.unknown"],
  ];
  for (const [row, facts, expected] of cases) assert.equal(judged(row, facts), expected, `${row} ${JSON.stringify(facts)}`);
});

test("a till's own number and what waits are named", () => {
  assert.deepEqual(JUDGE.device({ device, till: { id: 1 } }).params, { till: 3, device: 2 });
  assert.deepEqual(JUDGE.queue({ standing: { count: 2, price_fen: 2450, oldest_at: 7 } }).params, { count: 2, sum: "24.50", time: 7 });
});
