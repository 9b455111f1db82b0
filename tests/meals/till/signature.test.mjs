import assert from "node:assert/strict";
import { createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import test from "node:test";
import { Signatures, findVerify, isCode, loadNoble, readCode, seal, seniorOf } from "../../../meals/static/till/signature.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ISSUED = Date.parse("2026-11-20T11:47:40+08:00") / 1000;
const PACKAGES = { "ed25519.js": "@noble/ed25519", "sha2.js": "@noble/hashes/sha2.js", "hmac.js": "@noble/hashes/hmac.js" };

/** The packages as they are installed, put together as the page puts them together from where they are served. */
async function noble() {
  const [ed25519, sha2, hmac] = await Promise.all(Object.values(PACKAGES).map((name) => import(name)));
  ed25519.hashes.sha512 = sha2.sha512;
  return { ed25519, ...sha2, ...hmac };
}

function makeKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const id = createHash("sha256").update(raw).digest().subarray(0, 2);
  return { privateKey, id, told: { key_id: id.toString("hex"), algorithm: "Ed25519", public_key: raw.toString("base64") } };
}

/** A code as app/people/payment_codes/rules.py writes it. */
function makeCode({ id, privateKey }, { senior = 4_294_967_303, seconds = 90 } = {}) {
  const body = Buffer.alloc(17);
  id.copy(body);
  body.writeUIntBE(senior, 2, 5);
  body.writeUInt32BE(ISSUED, 7);
  body[11] = seconds;
  Buffer.from("0102030405", "hex").copy(body, 12);
  const raw = Buffer.concat([body, sign(null, Buffer.concat([Buffer.from("CY1"), body]), privateKey)]);
  const bits = Array.from(raw, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return `CY1${bits.match(/.{1,5}/g).map((five) => ALPHABET[parseInt(five.padEnd(5, "0"), 2)]).join("")}`;
}

const [OURS, NEXT, THEIRS] = [makeKey(), makeKey(), makeKey()];
const ways = { "the browser's own way": {}, "the way that came along": { subtle: null, load: noble } };

for (const [name, where] of Object.entries(ways)) {
  test(`${name}: a genuine code says whose it is and how long`, async () => {
    const signatures = await Signatures.open({ keys: [OURS.told, NEXT.told], ...where });
    const said = { key_id: OURS.told.key_id, senior_id: 4_294_967_303, issued_at: ISSUED * 1000, expires_at: (ISSUED + 90) * 1000, nonce: "0102030405" };
    assert.deepEqual(await signatures.check(makeCode(OURS)), said);
    assert.equal((await signatures.check(makeCode(NEXT))).key_id, NEXT.told.key_id);
  });

  test(`${name}: a foreign, a forged and a torn code are told apart`, async () => {
    const signatures = await Signatures.open({ keys: [OURS.told], ...where });
    const genuine = makeCode(OURS);
    const swap = (place) => genuine.slice(0, place) + (genuine[place] === "A" ? "B" : "A") + genuine.slice(place + 1);
    assert.deepEqual(await signatures.check(makeCode(THEIRS)), { fault: "foreign" });
    for (const place of [12, 40, 70, 120]) assert.deepEqual(await signatures.check(swap(place)), { fault: "forged" }, `${place}`);
    assert.deepEqual(await signatures.check(genuine.slice(0, -1)), { fault: "unreadable" });
    assert.deepEqual(await signatures.check("880123456789012346"), { fault: "number" });
  });

  test(`${name}: a signature that is no point of the curve is a forged one`, async () => {
    const signatures = await Signatures.open({ keys: [OURS.told], ...where });
    const genuine = makeCode(OURS);
    assert.deepEqual(await signatures.check(`${genuine.slice(0, 31)}${"7".repeat(102)}`), { fault: "forged" });
  });

  test(`${name}: a seal is what any program makes of the same token`, async () => {
    const expected = createHmac("sha256", createHash("sha256").update("secret-词").digest()).update("{\"a\":\"王\"}").digest("hex");
    assert.equal(await seal("secret-词", "{\"a\":\"王\"}", where), expected);
  });
}

test("a browser that gets the known test wrong is not trusted with codes", async () => {
  const lying = { importKey: async () => ({}), verify: async () => false };
  const verify = await findVerify({ subtle: lying, load: noble });
  const signatures = new Signatures(verify, [OURS.told]);
  assert.equal((await signatures.check(makeCode(OURS))).senior_id, 4_294_967_303);
});

test("newer keys take the place of older ones", async () => {
  const signatures = await Signatures.open({ keys: [OURS.told] });
  signatures.learn([NEXT.told, { ...OURS.told, algorithm: "Other" }]);
  assert.deepEqual(await signatures.check(makeCode(OURS)), { fault: "foreign" });
  assert.equal((await signatures.check(makeCode(NEXT))).nonce, "0102030405");
});

test("whose a code is can be read without its keys, and what is none is nobody's", () => {
  assert.equal(seniorOf(makeCode(OURS)), 4_294_967_303);
  assert.equal(seniorOf("6021000000000000018"), null);
  assert.equal(readCode("CY1"), null);
  assert.deepEqual(["CY1AB", "880123456789012346", "6021000000000000018"].map(isCode), [true, true, false]);
});

test("what is served beside us is looked for there, and nowhere else", async () => {
  await assert.rejects(loadNoble("./nowhere/"));
});
