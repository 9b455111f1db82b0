import assert from "node:assert/strict";
import test from "node:test";
import { alone } from "../../../../care_beds/static/rounds/alone.js";

/** Locks as a browser has them: one holder, others wait or take its place. */
class Locks {
  constructor() { this.queue = []; this.holder = null; }
  request(_name, { steal = false }, work) {
    return new Promise((resolve, reject) => {
      const asked = { work, reject };
      if (steal) {
        this.holder?.reject(new Error("AbortError"));
        this.holder = null;
        this.queue.unshift(asked);
      } else this.queue.push(asked);
      this.next();
    });
  }
  next() {
    if (this.holder || !this.queue.length) return;
    this.holder = this.queue.shift();
    this.holder.work({});
  }
  close() { this.holder = null; this.next(); }
}

const AT_ONCE = { setTimeout: (work) => { const timer = { work, isOff: false }; queueMicrotask(() => timer.isOff || work()); return timer; }, clearTimeout: (timer) => { if (timer) timer.isOff = true; } };

function tab(locks) {
  const told = { works: false, waits: null, lost: false };
  alone({ locks, timer: AT_ONCE, wait: (take) => { told.waits = take; }, lost: () => { told.lost = true; } }).then(() => { told.works = true; });
  return told;
}

const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

test("of two tabs one works and the other says so, until the first one closes", async () => {
  const locks = new Locks(), first = tab(locks), second = tab(locks);
  await rest();
  assert.deepEqual([first.works, first.waits, second.works, Boolean(second.waits)], [true, null, false, true]);
  locks.close();
  await rest();
  assert.equal(second.works, true);
});

test("whoever has the other tab in hand goes on there, and the first one hears of it", async () => {
  const locks = new Locks(), first = tab(locks), second = tab(locks);
  await rest();
  second.waits();
  await rest();
  assert.deepEqual([first.lost, second.works], [true, true]);
});

test("a browser without locks works as it did", async () => {
  await alone({ locks: undefined, wait: assert.fail, lost: assert.fail });
});
