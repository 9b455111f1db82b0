// What a read or typed text is: one of our cards or payment codes, somebody else's code, or half of one.

export const CARD_DIGITS = 19;
export const CODE_SIGNS = 133; // app/people/payment_codes/rules.py: CY1 and 130 signs of base32
const NUMBER_DIGITS = 18; // the number below such a code
/** What a torn scan may be put together to, the shortest first. */
export const LENGTHS = [NUMBER_DIGITS, CARD_DIGITS, CODE_SIGNS];
const PREFIX = "6021"; // app/people/card_numbers.py: neither of the payment codes below starts so

/** Tell whether the last digit is the check digit of the others (ISO/IEC 7812-1, Annex B). */
export function isLuhn(digits) {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Tell whether these are 18 characters of a citizen's ID number (GB 11643-1999). */
export function isIdNumber(text) {
  if (!/^\d{6}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/i.test(text)) return false;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(text[place]), 0);
  return "10X98765432"[sum % 11] === text[17].toUpperCase();
}

// WeChat's payment codes have 18 digits and start 10 to 15, Alipay's 16 to 24 and start 25 to 30 (both vendors' documents).
const KINDS = [
  ["code", (text) => /^CY1[A-Z2-7]{130}$/.test(text)],
  ["code", (text) => /^88\d{16}$/.test(text) && isLuhn(text)],
  ["code_misread", (text) => /^88\d{16}$/.test(text) || /^CY1/.test(text)],
  ["id_number", isIdNumber],
  ["wechat", (text) => /^1[0-5]\d{16}$/.test(text)],
  ["alipay", (text) => /^(2[5-9]|30)\d{14,22}$/.test(text)],
  ["card", (text) => text.length === CARD_DIGITS && text.startsWith(PREFIX) && /^\d+$/.test(text) && isLuhn(text)],
  ["other", (text) => /^\d{19}$/.test(text) && isLuhn(text)], // a bank's card, for one
  ["misread", (text) => /^\d{19,}$/.test(text)],
  ["goods", (text) => /^69\d{11}$/.test(text) && isGoodsCode(text)],
  ["short", (text) => /^\d+$/.test(text)],
];

/** EAN-13 weighs its digits 1, 3, 1, 3 ... and the sum ends in 0. */
function isGoodsCode(text) {
  const sum = [...text].reduce((total, digit, place) => total + Number(digit) * (place % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** Bring full-width digits to plain ones and drop the spaces and dashes that people write. */
export function plainDigits(text) {
  return text.normalize("NFKC").replace(/[\s-]/g, "");
}

/** Tell whether this is the beginning of a payment code, whose rest may come. */
export const isPartOfCode = (raw) => /^CY1[A-Z2-7]*$/.test(plain(raw));

/** A scanner with Caps Lock on sends a payment code in small letters; other texts stay as they came. */
function plain(raw) {
  const text = plainDigits(raw);
  return /^cy1/i.test(text) ? text.toUpperCase() : text;
}

/** Say what kind of code a text is; `card` is set for what pays: a card of ours, or a payment code in its stead. */
export function classify(raw) {
  const text = plain(raw);
  const found = KINDS.find(([, matches]) => matches(text));
  const kind = found ? found[0] : "other";
  return { kind, text, card: kind === "card" || kind === "code" ? text : null };
}
