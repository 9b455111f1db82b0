// One call for many: work that is asked for again and again within a moment is done once.

/** A function that does the work once, so many milliseconds after it was first asked for. */
export function soon(ms, work) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, ms);
  };
}
