// The till's tones: what happened, heard without looking. Nothing to load, so nothing to wait for.

// [hertz, start in seconds, length in seconds, hertz at the end]
const TONES = {
  ok: [[1320, 0, 0.12]],
  warn: [[620, 0, 0.13], [620, 0.2, 0.13]],
  danger: [[220, 0, 0.45]],
  undone: [[740, 0, 0.22, 440]],
  waiting: [[520, 0, 0.07]],
  link: [[480, 0, 0.09], [480, 0.16, 0.09]],
};
const LOUD = 0.22;

let context = null;

/** Browsers give sound only after a key or a touch; the first scan is one. */
export function unlock() {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  if (context?.state === "suspended") context.resume();
}

export function play(name) {
  if (!context || context.state !== "running") return;
  for (const [hertz, start, length, last = hertz] of TONES[name]) {
    const from = context.currentTime + start;
    const wave = context.createOscillator();
    const gain = context.createGain();
    wave.type = name === "danger" ? "square" : "sine";
    wave.frequency.setValueAtTime(hertz, from);
    wave.frequency.linearRampToValueAtTime(last, from + length);
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(LOUD, from + 0.01);
    gain.gain.setTargetAtTime(0, from + length - 0.03, 0.01);
    wave.connect(gain).connect(context.destination);
    wave.start(from);
    wave.stop(from + length + 0.05);
  }
}
