// A picture from the phone's camera, made small enough for a weak line.

import { exifOf, upright, withExif } from "./exif.js";

const LONGEST = 1280; // px: a wet floor and a face are still to be told, and it is a twentieth of what a phone takes
const QUALITY = 0.8;
export const LARGEST_BYTES = 8_000_000;

/** Make a picture small. One that this browser cannot read goes as it is, if it is not too large. */
export async function shrink(file) {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const made = new Uint8Array(await (await draw(file)).arrayBuffer());
    const segment = exifOf(bytes);
    return new Blob([withExif(made, segment && upright(segment))], { type: "image/jpeg" });
  } catch {
    if (file.size <= LARGEST_BYTES) return file;
    throw new Error("too_large");
  }
}

async function draw(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("unreadable"))), "image/jpeg", QUALITY));
}
