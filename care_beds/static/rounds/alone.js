// One tab works at a time: two would share one store, and each would press for itself and show a truth of its own.

const LOCK = "chongyang-rounds-tab";
const PATIENCE_MS = 500; // a reload lets go of it a moment after the new page asks

/**
 * Resolve when this tab may work. Until then `wait(take)` is called once, where another tab works; `take` takes its place.
 * `lost` is called when another tab took ours.
 */
export function alone({ wait, lost, locks = globalThis.navigator?.locks, timer = globalThis }) {
  if (!locks) return Promise.resolve(); // a plain address: nothing to lock with
  return new Promise((resolve) => {
    const hold = () => {
      timer.clearTimeout(told);
      resolve();
      return new Promise(() => {}); // held until this tab closes, or another one takes it
    };
    const take = () => locks.request(LOCK, { steal: true }, hold).catch(lost);
    const told = timer.setTimeout(() => wait(take), PATIENCE_MS);
    locks.request(LOCK, {}, hold).catch(lost);
  });
}
