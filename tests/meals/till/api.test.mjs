import assert from "node:assert/strict";
import test from "node:test";
import { Api } from "../../../meals/static/till/api.js";

/** An API whose server answers with this; `asked` is what it was asked. */
function talking(status, body, type = "application/json", headers = {}) {
  const asked = [];
  const awake = [];
  const fetch = async (path, options) => {
    asked.push({ path, ...options });
    return new Response(body, { status, headers: { "Content-Type": type, ...headers } });
  };
  return { api: new Api({ csrf: "csrf", language: "zh-CN", onAnswer: () => awake.push(1), fetch }), asked, awake };
}

test("a call of somebody who is logged in carries the session, a call of a device its token alone", async () => {
  const { api, asked, awake } = talking(200, "{}");
  await api.call("POST", "/api/v1/x", { body: {}, key: "k" });
  await api.call("POST", "/api/v1/x", { body: {}, token: "secret" });
  const [session, device] = asked;
  assert.deepEqual([session.headers["X-CSRFToken"], session.headers["Idempotency-Key"], session.credentials], ["csrf", "k", "same-origin"]);
  assert.deepEqual([device.headers.Authorization, device.headers["X-CSRFToken"], device.credentials], ["Till secret", undefined, "omit"]);
  assert.equal(awake.length, 1);
});

test("a page that something on the way sends in the server's place is no answer", async () => {
  for (const status of [200, 201, 404, 407]) {
    assert.deepEqual(await talking(status, "<html>", "text/html").api.get("/api/v1/x"), { lost: true });
  }
  assert.equal((await talking(502, "<html>", "text/html").api.get("/api/v1/x")).status, 502);
});

test("a refusal keeps its code and what it asks to wait", async () => {
  const { api } = talking(429, '{"code": "too_many"}', "application/problem+json", { "Retry-After": "7" });
  assert.deepEqual(await api.get("/api/v1/x"), { problem: { code: "too_many" }, status: 429, retryAfter: 7000 });
});
