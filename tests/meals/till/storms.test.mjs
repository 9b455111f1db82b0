// Lunches in bad weather, drawn by chance from a seed: answers lost, late, half, twice, faults, power cuts, two windows.
// Whatever happens, what was shown as sold is booked once, and every number comes to the server once.

import assert from "node:assert/strict";
import test from "node:test";
import { Queue } from "../../../meals/static/till/queue.js";
import { MemoryStore } from "./memory_store.mjs";

const STORMS = 60;
const SALES = 25;
const DEVICE = { token: "secret", device: { id: 7, number: 2 }, till: { id: 3, number: 1 }, canteen: { id: 1, name: "一食堂" } };
const QUOTE = { price_fen: 1600, shares: [], points_fen: 0, cash_fen: 1600, window: null, reasons: [] };
const receiptOf = (id) => ({ id: `of-${id}`, price_fen: 1600, shares: [], points_fen: 0, cash_fen: 1600 });
const never = () => new Promise(() => {});

/** mulberry32: small, and the same on every machine. */
function chances(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A server that books each id once, and the line to it. */
class Weather {
  constructor(chance) {
    Object.assign(this, { chance, isCalm: false, booked: new Map(), numbers: new Map(), refused: new Set() });
  }

  hits(likely) {
    return !this.isCalm && this.chance() < likely;
  }

  book(id, way) {
    if (!this.booked.has(id)) this.booked.set(id, way);
  }

  first(id) {
    if (!this.booked.has(id) && (this.refused.has(id) || this.hits(0.1))) {
      this.refused.add(id);
      return { problem: { code: "card_lost" }, status: 409 };
    }
    this.book(id, "first");
    return { body: receiptOf(id), status: 201 };
  }

  batch({ sales }) {
    const answers = [];
    for (const { id, seq } of sales) {
      if (this.hits(0.05)) return { problem: { code: "internal" }, status: 500 };
      if (this.hits(0.05)) continue;
      assert.equal(this.numbers.get(seq) ?? id, id, `number ${seq} came twice`);
      this.numbers.set(seq, id);
      this.book(id, "queue");
      answers.push({ id, outcome: "booked", receipt: receiptOf(id), findings: [] });
      if (this.hits(0.05)) answers.push(answers.at(-1));
    }
    return { body: { server_time: "2026-11-20T03:48:01Z", answers }, status: 200 };
  }

  /** Hand a call on: it may never arrive, and its answer may never come back. */
  carry(work) {
    if (this.hits(0.25)) return { lost: true };
    const outcome = work();
    return this.hits(0.25) ? { lost: true } : outcome;
  }
}

/** A window over a store, until its power is cut: then nothing of it happens any more. */
function openWindow(weather, store, events, holding) {
  const power = { isOn: true };
  const locks = {
    request: async (_name, _options, work) => {
      if (!power.isOn) return never();
      if (holding.power?.isOn) return work(null);
      holding.power = power;
      try {
        return await work({});
      } finally {
        holding.power = null;
      }
    },
  };
  const alive = new Proxy(store, {
    get(target, name) {
      const found = Reflect.get(target, name);
      return typeof found === "function" ? (...given) => (power.isOn ? found.apply(target, given) : name === "standing" ? target.standing() : never()) : found;
    },
  });
  const call = async (_method, path, { body, key }) => {
    await null;
    if (!power.isOn) return never();
    const outcome = weather.carry(() => (path.endsWith("/sales") ? weather.batch(body) : weather.first(key)));
    await null;
    return power.isOn ? outcome : never();
  };
  const queue = new Queue({
    api: { call }, store: alive, device: DEVICE, cashier: 5, clock: { now: () => 0 }, locks, chance: () => 0,
    on: (event) => power.isOn && events.push(event), isUp: () => weather.isCalm || weather.chance() < 0.8,
  });
  queue.pause = async () => {};
  queue.inTime = (sent) => (weather.hits(0.2) ? Promise.resolve({ lost: true }) : sent);
  queue.pump.backAway = () => {};
  return { queue, power };
}

const turns = async (count) => { for (let turn = 0; turn < count; turn += 1) await null; };

async function lunch(seed) {
  const chance = chances(seed);
  const weather = new Weather(chance);
  const store = new MemoryStore();
  const events = [];
  const holding = { power: null };
  let windowOn = openWindow(weather, store, events, holding);
  for (let number = 1; number <= SALES; number += 1) {
    const id = `s${number}`;
    const selling = windowOn.queue.submit({
      id, kind: "sale", cashier: 5, made_at: number, occurred_at: "2026-11-20T03:48:00.000Z", card: "6021", items: [], quote: QUOTE, path: "/checkouts", body: {},
    });
    if (chance() < 0.15) {
      await turns(Math.floor(chance() * 30));
      windowOn.power.isOn = false;
      windowOn = openWindow(weather, store, events, holding);
      await windowOn.queue.resume();
      windowOn.queue.stop();
    } else await selling;
    if (chance() < 0.2) windowOn.queue.wake();
  }
  weather.isCalm = true;
  for (let round = 0; round < 20 && (store.entries.size || windowOn.queue.pump.pumping); round += 1) {
    windowOn.queue.wake();
    await turns(400);
  }
  return { weather, store, events };
}

test("whatever the weather, what was shown as sold is booked, and every number comes once", async () => {
  const seen = { queued: 0, answered: 0, acknowledged: 0, refused: 0 };
  for (let seed = 1; seed <= STORMS; seed += 1) {
    const { weather, store, events } = await lunch(seed);
    const of = (type) => events.filter((event) => event.type === type).map(({ entry }) => entry.id);
    assert.equal(store.entries.size, 0, `seed ${seed}: ${[...store.entries.keys()]} never left`);
    for (const id of [...of("answered"), ...of("queued")]) assert.ok(weather.booked.has(id), `seed ${seed}: ${id} is lost`);
    for (const id of of("refused")) assert.ok(!weather.booked.has(id), `seed ${seed}: ${id} was refused and is booked`);
    for (const type of ["answered", "acknowledged"]) assert.equal(new Set(of(type)).size, of(type).length, `seed ${seed}: ${type} twice`);
    const shown = [...of("answered"), ...of("queued")];
    assert.equal(new Set(shown).size, shown.length, `seed ${seed}: shown twice`);
    const numbers = [...weather.numbers.keys()].sort((one, other) => one - other);
    assert.deepEqual(numbers, numbers.map((_, place) => place + 1), `seed ${seed}: a number is missing`);
    assert.equal(new Set(weather.numbers.values()).size, numbers.length, `seed ${seed}: two numbers for one sale`);
    assert.equal(store.seq, numbers.length);
    for (const type of Object.keys(seen)) seen[type] += of(type).length;
  }
  for (const [type, count] of Object.entries(seen)) assert.ok(count > STORMS / 2, `${type} hardly ever happened: ${count}`);
});
