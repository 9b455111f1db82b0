// Payment codes checked without the server, by the public keys that came with the roster; and the seal of an exported queue.
// By the browser's own cryptography where it has it; else by @noble/ed25519 and @noble/hashes, which are served beside us.

const VERSION = "CY1";
const TEXT = /^CY1[A-Z2-7]{130}$/;
const NUMBER = /^88\d{16}$/;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BODY_BYTES = 17;
const ALL_BYTES = 81;
const ED25519 = { name: "Ed25519" };

// RFC 8032, 7.1, test 2: a browser that gets this right can be trusted with the rest.
const KNOWN = {
  key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  message: "72",
  signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
};

const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);
const whole = (bytes) => bytes.reduce((number, byte) => number * 256 + byte, 0);

function fromBase32(text) {
  const bytes = [];
  let [bits, held] = [0, 0];
  for (const sign of text) {
    held = (held << 5) | BASE32.indexOf(sign);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
}

/** What a code says, before anybody has checked who signed it; nothing where it was not read whole. */
export function readCode(text) {
  if (!TEXT.test(text)) return null;
  const raw = fromBase32(text.slice(VERSION.length));
  const issuedAt = whole(raw.slice(7, 11)) * 1000;
  return {
    key_id: toHex(raw.slice(0, 2)), senior_id: whole(raw.slice(2, 7)), issued_at: issuedAt, expires_at: issuedAt + raw[11] * 1000,
    nonce: toHex(raw.slice(12, BODY_BYTES)), body: raw.slice(0, BODY_BYTES), signature: raw.slice(BODY_BYTES, ALL_BYTES),
  };
}

/** Whom a text was made for, where it is a payment code; nothing else is said about it. */
export const seniorOf = (text) => (TEXT.test(text) ? readCode(text).senior_id : null);

/** Whether a text is meant as a payment code rather than as a card. */
export const isCode = (text) => text.startsWith("CY") || NUMBER.test(text);

/** What is served beside us for browsers without cryptography of their own, and on plain addresses, where it is off. */
export async function loadNoble(base = "../../vendor/noble/") {
  const [ed25519, sha2, hmac] = await Promise.all(["ed25519.js", "sha2.js", "hmac.js"].map((name) => import(`${base}${name}`)));
  ed25519.hashes.sha512 = sha2.sha512;
  return { ed25519, ...sha2, ...hmac };
}

function byBrowser(subtle) {
  const imported = new Map();
  const importKey = async (id, raw) => {
    if (!imported.has(id)) imported.set(id, await subtle.importKey("raw", raw, ED25519, false, ["verify"]));
    return imported.get(id);
  };
  return async (key, message, signature) => subtle.verify(ED25519, await importKey(toHex(key), key), signature, message);
}

function byNoble({ ed25519 }) {
  return async (key, message, signature) => {
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false; // a signature that is no point of the curve
    }
  };
}

/** How signatures are checked here: the browser's own way if it passes a known test, else the one that came along. */
export async function findVerify({ subtle = globalThis.crypto?.subtle, load = loadNoble } = {}) {
  try {
    const verify = byBrowser(subtle);
    if (await verify(fromHex(KNOWN.key), fromHex(KNOWN.message), fromHex(KNOWN.signature))) return verify;
  } catch {
    // No such thing, or not on a plain address.
  }
  return byNoble(await load());
}

export class Signatures {
  constructor(verify, keys = []) {
    this.verify = verify;
    this.learn(keys);
  }

  /** Find out what this browser can, and take the keys of the roster. */
  static async open({ keys = [], ...where } = {}) {
    return new Signatures(await findVerify(where), keys);
  }

  /** Take the keys of a newer roster; two hold at once while one takes the place of another. */
  learn(keys) {
    const ours = keys.filter(({ algorithm }) => algorithm === ED25519.name);
    this.keys = new Map(ours.map((each) => [each.key_id, fromBase64(each.public_key)]));
  }

  /** Say what a code is: whose, from when until when; or its fault, as the server names it. */
  async check(text) {
    if (NUMBER.test(text)) return { fault: "number" }; // the digits below a code are known to the server alone
    const read = readCode(text);
    if (!read) return { fault: "unreadable" };
    const { body, signature, ...said } = read;
    const key = this.keys.get(said.key_id);
    if (!key) return { fault: "foreign" };
    const message = new Uint8Array([...utf8(VERSION), ...body]);
    const isGenuine = await this.verify(key, message, signature).catch(() => false);
    return isGenuine ? said : { fault: "forged" };
  }
}

/** Seal a text with a device's token: HMAC-SHA256 under the token's SHA-256, which the server keeps. In hex. */
export async function seal(token, text, { subtle = globalThis.crypto?.subtle, load = loadNoble } = {}) {
  if (!subtle) {
    const { hmac, sha256 } = await load();
    return toHex(hmac(sha256, sha256(utf8(token)), utf8(text)));
  }
  const secret = await subtle.digest("SHA-256", utf8(token));
  const key = await subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return toHex(new Uint8Array(await subtle.sign("HMAC", key, utf8(text))));
}
