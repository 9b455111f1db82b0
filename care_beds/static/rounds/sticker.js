// What was scanned at a bed: whether it can be one of our stickers, and of which bed. Whether it is true, the server says.

const TEXT = /^CYB1[A-Z2-7]{122}$/;
const NUMBER = /^86\d{10}$/;
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BED_AT = 2, BED_BYTES = 5;

/** Bring what a camera read or somebody typed to the signs that count. */
export const plain = (text) => text.normalize("NFKC").toUpperCase().replace(/[^A-Z0-9]/g, "");

function firstBytes(letters, count) {
  const bytes = [];
  let bits = 0, held = 0;
  for (const sign of letters) {
    bits = ((bits << 5) | SIGNS.indexOf(sign)) & 0xfff;
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 0xff);
      if (bytes.length === count) return bytes;
    }
  }
  return bytes;
}

/** The bed that a scanned sticker names. */
export const bedOf = (text) => firstBytes(text.slice(4), BED_AT + BED_BYTES).slice(BED_AT).reduce((sum, byte) => sum * 256 + byte, 0);

/** Tell whether the last digit is the check digit of the others (ISO/IEC 7812-1, Annex B). */
function isLuhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = place % 2 ? digit * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** {kind: "sticker" | "number" | "other", text, bed}: what a text is; `bed` only where a sticker itself was scanned. */
export function classify(raw) {
  const text = plain(raw);
  if (TEXT.test(text)) return { kind: "sticker", text, bed: bedOf(text) };
  if (NUMBER.test(text) && isLuhn(text)) return { kind: "number", text, bed: null };
  return { kind: "other", text, bed: null };
}
