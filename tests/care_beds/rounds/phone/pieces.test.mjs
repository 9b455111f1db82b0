import assert from "node:assert/strict";
import test from "node:test";
import { exifOf, upright, withExif } from "../../../../care_beds/static/rounds/exif.js";
import { fieldsOf, findPlace, metresBetween } from "../../../../care_beds/static/rounds/fix.js";
import { Moments } from "../../../../care_beds/static/rounds/moments.js";
import { bodyOf } from "../../../../care_beds/static/rounds/sender.js";
import { minutesBetween, standingOf } from "../../../../care_beds/static/rounds/standing.js";
import { classify } from "../../../../care_beds/static/rounds/sticker.js";

const memory = () => {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
};

// A TIFF with one entry, the orientation 6, little-endian.
const TIFF = [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
const SEGMENT = [0xff, 0xe1, 0, TIFF.length + 8, 0x45, 0x78, 0x69, 0x66, 0, 0, ...TIFF];
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, ...SEGMENT, 0xff, 0xda, 0, 2]);

test("what a phone wrote into a picture is found, told upright, and put into the small one", () => {
  const segment = exifOf(JPEG);
  assert.deepEqual([...segment], SEGMENT);
  const turned = upright(segment);
  assert.equal(turned[SEGMENT.indexOf(6, 20)], 1);
  const small = withExif(new Uint8Array([0xff, 0xd8, 0xff, 0xdb]), turned);
  assert.deepEqual([...exifOf(new Uint8Array([...small, ...new Array(20).fill(0)]))], [...turned]);
});

test("a picture without it, or with one that is cut off, goes without", () => {
  assert.equal(exifOf(new Uint8Array([0x89, 0x50, 0x4e, 0x47])), null);
  assert.equal(exifOf(JPEG.slice(0, 30)), null);
  assert.equal(upright(new Uint8Array(SEGMENT.slice(0, 24))), null);
});

test("the time is the server's, carried on by a clock that nobody can set back", () => {
  const at = { now: 1_000_000, ticks: 0 };
  const moments = new Moments({ now: () => at.now, ticks: () => at.ticks, memory: memory() });
  assert.deepEqual(moments.stamp(), { at: 1_000_000, clock_suspect: true });
  moments.sync(500_000);
  Object.assign(at, { now: 0, ticks: 60_000 });
  assert.deepEqual(moments.stamp(), { at: 560_000, clock_suspect: false });
});

test("a visit does not end too early because the phone slept in a pocket meanwhile", () => {
  const at = { now: 1_000_000, ticks: 0 };
  const moments = new Moments({ now: () => at.now, ticks: () => at.ticks, memory: memory() });
  moments.sync(500_000);
  Object.assign(at, { now: 1_000_000 + 3_600_000, ticks: 240_000 });
  assert.deepEqual(moments.stamp(), { at: 500_000 + 3_600_000, clock_suspect: false });
});

test("after a reload without a line the phone's clock counts, in doubt if it was known to be wrong", () => {
  for (const [ahead, isSuspect] of [[5_000, false], [600_000, true]]) {
    const kept = memory();
    new Moments({ now: () => 1_000_000 + ahead, ticks: () => 0, memory: kept }).sync(1_000_000);
    const later = new Moments({ now: () => 2_000_000 + ahead, ticks: () => 0, memory: kept });
    assert.deepEqual(later.stamp(), { at: 2_000_000, clock_suspect: isSuspect });
  }
});

test("a place has its age at the moment of the mark, and its absence a reason", async () => {
  const place = await findPlace({ getCurrentPosition: (found) => found({ coords: { latitude: 30.3, longitude: 120.2, accuracy: 12 }, timestamp: 1000 }) });
  assert.deepEqual(fieldsOf(place, 61_000), { lat: 30.3, lon: 120.2, accuracy_m: 12, fix_age_s: 60 });
  const refused = await findPlace({ getCurrentPosition: (_found, failed) => failed({ code: 1 }) });
  assert.deepEqual(fieldsOf(refused, 0), { no_fix_reason: "refused" });
  assert.deepEqual(await findPlace(null), { reason: "off" });
  assert.equal(metresBetween({ lat: 30.27, lon: 120.15 }, { lat: 30.28, lon: 120.15 }), 1112);
});

test("a scanned sticker names its bed before the server is asked; a typed number does not", () => {
  const text = `CYB1MFRAAAAAAAD4RBMU${"A".repeat(106)}`;
  assert.deepEqual(classify(text), { kind: "sticker", text, bed: 7 });
  assert.equal(classify(" 8612 3456 7894").kind, "number");
  assert.equal(classify("861234567895").kind, "other");
  assert.equal(classify("https://example.org").kind, "other");
});

const VISIT = { id: 1, state: "planned", started_at: null, finished_at: null };
const done = (kind, state, more = {}) => ({ id: kind, kind, visit_id: 1, made_at: 1000, state, fields: {}, ...more });

test("what was done on this phone counts at once, whether or not the server has it", () => {
  const here = standingOf(VISIT, [done("check_in", "waiting")]);
  assert.deepEqual([here.phase, here.started_at, here.waiting], ["started", 1000, 1]);
  const gone = standingOf(VISIT, [done("check_in", "taken", { body: { doubts: ["far"] } }), done("check_out", "waiting", { made_at: 61_000 })]);
  assert.deepEqual([gone.phase, gone.waiting, gone.doubts, minutesBetween(gone.started_at, gone.finished_at)], ["finished", 1, ["far"], 1]);
  assert.equal(standingOf(VISIT, [done("check_in", "taken"), done("check_out", "taken"), done("confirmation", "waiting", { fields: { how: "code" } })]).phase, "confirmed");
});

test("what was refused does not count, and what the server knows better stands", () => {
  const refused = standingOf(VISIT, [done("check_in", "refused", { problem: { code: "visit_cancelled" } })]);
  assert.deepEqual([refused.phase, refused.refused.length], ["planned", 1]);
  assert.equal(standingOf({ ...VISIT, state: "finished", started_at: "2026-11-20T01:00:00Z" }, [done("check_in", "taken")]).phase, "finished");
  assert.equal(standingOf({ ...VISIT, state: "finished" }, [done("confirmation", "taken", { fields: { how: "cannot" } })]).phase, "finished");
});

test("a mark goes as a form with its picture, the family's word as a document", () => {
  const { body, type } = bodyOf(done("check_out", "waiting", { fields: { items: ["wash", "dress"], words: "", sticker: "86" }, picture: new Blob(["x"]) }));
  assert.equal(type, null);
  assert.deepEqual(body.getAll("items"), ["wash", "dress"]);
  assert.equal(body.has("words"), false);
  assert.equal(body.get("picture").size, 1);
  assert.equal(bodyOf(done("confirmation", "waiting", { fields: { how: "cannot" } })).body, '{"how":"cannot"}');
});
