import assert from "node:assert/strict";
import test from "node:test";
import { Asking } from "../../../meals/static/till/asking.js";

const QUOTE = { subsidised: true };
const BILL = { bill: { card: "1" }, card: "1", items: [] };
const OWN = { quote: { subsidised: false }, roster_version: "1-2026-11-20" };

/** Ask with a server that gives this outcome; without `own` the till is not enrolled. */
async function ask(outcome, { own = OWN, canAsk = true } = {}) {
  const calls = [];
  const api = { call: async (...call) => (calls.push(call), outcome) };
  const asking = new Asking({ api, url: "/quotes", canAsk: () => canAsk, decide: own && (async () => own), patience: () => 800 });
  return { answer: await asking.ask(BILL), calls };
}

test("an answer of the server stands, also a refusal", async () => {
  assert.deepEqual((await ask({ body: QUOTE, status: 200 })).answer, { decision: { by: "server", quote: QUOTE, problem: null } });
  const problem = { code: "card_lost" };
  assert.deepEqual((await ask({ problem, status: 409 })).answer, { decision: { by: "server", quote: null, problem } });
});

test("without an answer in time an enrolled till decides by its roster", async () => {
  const none = [
    { lost: true }, { problem: { code: "internal_error" }, status: 500 }, { problem: { code: "too_many_requests" }, status: 429 },
    { problem: { code: "not_signed_in" }, status: 401 }, { problem: { code: "csrf" }, status: 400 },
  ];
  for (const outcome of none) {
    const { answer, calls } = await ask(outcome);
    assert.deepEqual(answer.decision, { by: "till", problem: null, ...OWN });
    assert.equal(calls[0][2].within, 800);
  }
});

test("with the link known to be down nobody is asked", async () => {
  const { answer, calls } = await ask({ body: QUOTE, status: 200 }, { canAsk: false });
  assert.equal(answer.decision.by, "till");
  assert.equal(calls.length, 0);
});

test("a till that is not enrolled decides nothing", async () => {
  assert.deepEqual((await ask({ lost: true }, { own: null })).answer, { unreached: "down" });
  assert.deepEqual((await ask({ problem: {}, status: 503 }, { own: null })).answer, { unreached: "busy" });
  assert.deepEqual((await ask({ problem: {}, status: 401 }, { own: null })).answer, { trouble: "signed_out" });
  assert.deepEqual((await ask({ problem: { code: "csrf" }, status: 400 }, { own: null })).answer, { trouble: "stale_page" });
  assert.equal((await ask({ lost: true }, { own: null, canAsk: false })).calls.length, 1);
});
