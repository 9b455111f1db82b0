// Signs a text with what a device and its server share: HMAC-SHA256 under the digest of the device's token.

const bytes = (text) => new TextEncoder().encode(text);

/** The signature in hexadecimal. The server keeps the digest of the token and nothing else of it. */
export async function seal(token, text, { subtle = crypto.subtle } = {}) {
  const key = await subtle.importKey("raw", await subtle.digest("SHA-256", bytes(token)), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signed = new Uint8Array(await subtle.sign("HMAC", key, bytes(text)));
  return Array.from(signed, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
