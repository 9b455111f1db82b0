// Finds codes in the camera's pictures, away from the page's own thread.

let reader = null;
let canvas = null;

async function load({ module, wasm }) {
  const zxing = await import(module);
  // Without this the library would fetch its wasm from another origin.
  zxing.prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return zxing;
}

async function find(image, harder) {
  const { readBarcodes } = await reader;
  canvas ??= new OffscreenCanvas(image.width, image.height);
  Object.assign(canvas, { width: image.width, height: image.height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  image.close();
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
  const found = await readBarcodes(pixels, { formats: ["QRCode", "Code128"], tryHarder: harder, maxNumberOfSymbols: 1 });
  return found.filter(({ isValid }) => isValid).map(({ text }) => ({ rawValue: text }));
}

self.onmessage = async ({ data }) => {
  if (data.files) {
    reader = load(data.files);
    reader.catch(() => {}); // told with the first picture
    return;
  }
  try {
    self.postMessage({ found: await find(data.image, data.harder) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
