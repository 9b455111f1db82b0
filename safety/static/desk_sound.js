/* The sound of the desk: a melody for each priority, made here, louder from time to time until somebody answers.
   A browser plays nothing before the first press on a page: whoever starts the shift presses, and hears the test. */
const SOUND = "chongyang-desk-sound";
const VOICES = {
  1: { notes: [[660, 0.16], [880, 0.16], [1175, 0.3]], everySeconds: 3, from: 0.3, to: 0.9 },
  2: { notes: [[740, 0.16], [740, 0.16]], everySeconds: 8, from: 0.2, to: 0.5 },
  dead: { notes: [[294, 0.35], [220, 0.5]], everySeconds: 6, from: 0.4, to: 0.9 },
};
const GAP = 0.06, LOUDER = 0.1;

export class Sound {
  constructor() {
    this.context = null;
    this.release = null;
    this.isElsewhere = false;
    this.kind = "";
    this.seconds = 0;
    this.gain = 0;
  }

  get isOn() { return this.context?.state === "running"; }

  /* Somebody hears alarms: here, or in another tab of this browser. */
  get isHeard() { return this.isOn || this.isElsewhere; }

  /* Only from a press. Says whether this tab can be heard now. */
  async start() {
    this.context ??= new AudioContext();
    await this.context.resume().catch(() => {});
    if (this.isOn) this.hold();
    return this.isOn;
  }

  /* One tab rings for all: the one that holds the lock, as long as it can be heard. */
  hold() {
    if (!navigator.locks) { this.release ??= () => {}; return; }
    if (this.isWaiting) return;
    this.isWaiting = true;
    navigator.locks.request(SOUND, () => new Promise(done => { this.release = done; })).then(() => { this.isWaiting = false; });
  }

  async test() {
    for (const kind of [1, 2]) {
      this.play(VOICES[kind], 0.6);
      await new Promise(done => setTimeout(done, 1200));
    }
  }

  /* Every second: which sound is due. kind: 1, 2, dead, or nothing. */
  tick(kind) {
    this.look();
    if (kind !== this.kind) { this.kind = kind; this.seconds = 0; this.gain = VOICES[kind]?.from ?? 0; }
    const voice = VOICES[kind];
    if (!voice) return;
    if (this.seconds % voice.everySeconds === 0 && this.release && this.isOn) {
      this.play(voice, this.gain);
      this.gain = Math.min(voice.to, this.gain + LOUDER);
    }
    this.seconds += 1;
  }

  async look() {
    if (this.context && !this.isOn && this.release) { this.release(); this.release = null; }
    const held = await navigator.locks?.query();
    this.isElsewhere = Boolean(held?.held.some(lock => lock.name === SOUND)) && !this.release;
  }

  play({ notes }, loud) {
    let at = this.context.currentTime + 0.02;
    for (const [pitch, seconds] of notes) {
      const tone = this.context.createOscillator(), volume = this.context.createGain();
      tone.type = "triangle";
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(loud, at + 0.02);
      volume.gain.setValueAtTime(loud, at + seconds - 0.04);
      volume.gain.linearRampToValueAtTime(0, at + seconds);
      tone.connect(volume).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds + GAP;
    }
  }
}
