// What a phone wrote into a picture (when and where it was taken), kept over the picture's being made smaller.
// The server reads it once and keeps it beside the picture, never in it.

const SOI = 0xffd8, APP1 = 0xffe1, SOS = 0xffda;
const ORIENTATION = 0x0112;
const ENTRY_BYTES = 12;
const TIFF_AT = 10; // marker, length, "Exif\0\0"
const SHORT = 3;

const isExif = (view, at) => view.getUint32(at + 4) === 0x45786966 && view.getUint16(at + 8) === 0;

/** The segment of a JPEG that says when and where it was taken, whole; nothing where there is none. */
export function exifOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== SOI) return null;
  for (let at = 2; at + TIFF_AT < bytes.length; ) {
    const marker = view.getUint16(at);
    if (marker === SOS || marker >> 8 !== 0xff) return null;
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === APP1 && isExif(view, at)) return end <= bytes.length ? bytes.slice(at, end) : null;
    at = end;
  }
  return null;
}

/** The same segment for a picture that stands upright already: nobody shall turn it a second time. */
export function upright(segment) {
  const copy = segment.slice();
  const view = new DataView(copy.buffer);
  try {
    const little = view.getUint16(TIFF_AT) === 0x4949;
    const first = TIFF_AT + view.getUint32(TIFF_AT + 4, little);
    const count = view.getUint16(first, little);
    for (let place = 0; place < count; place += 1) {
      const entry = first + 2 + place * ENTRY_BYTES;
      const isShort = view.getUint16(entry + 2, little) === SHORT;
      if (view.getUint16(entry, little) === ORIENTATION && isShort) view.setUint16(entry + 8, 1, little);
    }
  } catch (error) {
    if (error instanceof RangeError) return null; // cut off: better none than one that turns the picture
    throw error;
  }
  return copy;
}

/** A JPEG with such a segment right behind its beginning. */
export function withExif(jpeg, segment) {
  if (!segment) return jpeg;
  const whole = new Uint8Array(jpeg.length + segment.length);
  whole.set(jpeg.subarray(0, 2));
  whole.set(segment, 2);
  whole.set(jpeg.subarray(2), 2 + segment.length);
  return whole;
}
