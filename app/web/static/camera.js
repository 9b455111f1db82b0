// Reads codes with a camera: the browser's own detector where it works, else zxing in a worker.

const EVERY_MS = 100;
const LOCK_MS = 3000; // the same code is still in front of the lens
const CROP = { width: 640, height: 480 };
const FORMATS = ["qr_code", "code_128"];
const KEPT = "till-camera";

/** The browser's own detector, or null: it is absent on Windows and Linux, and can exist and still not work. */
async function nativeDetector() {
  try {
    const known = await globalThis.BarcodeDetector?.getSupportedFormats();
    return known?.includes("qr_code") ? new BarcodeDetector({ formats: FORMATS.filter((each) => known.includes(each)) }) : null;
  } catch {
    return null;
  }
}

/** zxing in a worker, with the same one method. Its files come from our own server. */
class WorkerDetector {
  constructor(files) {
    this.worker = new Worker(new URL("./camera_worker.js", import.meta.url), { type: "module" });
    this.worker.postMessage({ files });
    this.turn = 0;
  }

  detect(image) {
    this.turn += 1;
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.found));
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.worker.postMessage({ image, harder: this.turn % 5 === 0 }, [image]);
    });
  }

  close() {
    this.worker.terminate();
  }
}

export class Camera {
  /** onRead gets the text of each code; onEnd a reason when the camera stops by itself. */
  constructor({ video, files, onRead, onEnd }) {
    Object.assign(this, { video, files, onRead, onEnd });
    this.stream = null;
    this.seen = { text: null, at: 0 };
  }

  get isOn() {
    return this.stream !== null;
  }

  /** Start reading. Rejects with a reason: insecure, refused, missing or busy. */
  async start(deviceId = localStorage.getItem(KEPT)) {
    if (!navigator.mediaDevices) throw new Error("insecure");
    const choice = deviceId ? { deviceId: { ideal: deviceId } } : { facingMode: "environment" };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...choice, width: { ideal: 1280 } }, audio: false });
    } catch (error) {
      throw new Error({ NotAllowedError: "refused", NotFoundError: "missing" }[error.name] || "busy");
    }
    const [track] = this.stream.getVideoTracks();
    localStorage.setItem(KEPT, track.getSettings().deviceId || "");
    track.addEventListener("ended", () => this.stop("busy"));
    this.video.srcObject = this.stream;
    await this.video.play();
    this.detector = (await nativeDetector()) || new WorkerDetector(this.files);
    this.loop();
  }

  /** Take the next of several cameras. */
  async turn() {
    const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
    const at = devices.findIndex(({ deviceId }) => deviceId === localStorage.getItem(KEPT));
    this.stop();
    await this.start(devices[(at + 1) % devices.length]?.deviceId);
  }

  /** Whether the camera has a lamp, and switching it. */
  hasLamp() {
    return Boolean(this.stream?.getVideoTracks()[0].getCapabilities?.().torch);
  }

  async lamp(on) {
    await this.stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  }

  stop(reason = null) {
    if (!this.stream) return;
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.detector?.close?.();
    if (reason) this.onEnd(reason);
  }

  async loop() {
    const { stream } = this;
    while (this.stream === stream && stream) {
      const began = performance.now();
      await this.look();
      const rest = EVERY_MS - (performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, Math.max(rest, 10)));
    }
  }

  async look() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width) return;
    const crop = { width: Math.min(CROP.width, width), height: Math.min(CROP.height, height) };
    try {
      const image = await createImageBitmap(this.video, (width - crop.width) / 2, (height - crop.height) / 2, crop.width, crop.height);
      const found = await this.detector.detect(image);
      for (const { rawValue } of found) this.read(rawValue);
    } catch {
      this.fallBack();
    }
  }

  /** The browser's detector failed while running: zxing takes over. When zxing fails, the camera is no use. */
  fallBack() {
    if (!this.stream) return;
    if (this.detector instanceof WorkerDetector) this.stop("unreadable");
    else this.detector = new WorkerDetector(this.files);
  }

  read(text) {
    const at = performance.now();
    const isHeld = text === this.seen.text && at - this.seen.at < LOCK_MS;
    this.seen = { text, at }; // a card held still stays locked; it counts again when it was away
    if (!isHeld) this.onRead(text);
  }
}
