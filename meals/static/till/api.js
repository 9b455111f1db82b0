// Talks to the server. Every call ends in one of three ways: an answer, a problem, or nothing at all.

const READ_MS = 4000;

export class Api {
  /** `onAnswer` is called for every answer of the API to somebody who is logged in. */
  constructor({ csrf, language, onAnswer = () => {}, fetch = globalThis.fetch.bind(globalThis) }) {
    Object.assign(this, { csrf, language, onAnswer, fetch });
  }

  /** {body, replayed} for an answer, {problem, status, retryAfter} for a refusal, {lost: true} for silence. */
  async call(method, path, { body, key, token, within = READ_MS } = {}) {
    const headers = { Accept: "application/json", "Accept-Language": this.language };
    if (body) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Till ${token}`; // as a device: no session is asked for, and none is kept awake
    else if (method !== "GET") headers["X-CSRFToken"] = this.csrf;
    if (key) headers["Idempotency-Key"] = key;
    try {
      const response = await this.fetch(path, {
        method, headers, body: body && JSON.stringify(body), cache: "no-store",
        credentials: token ? "omit" : "same-origin", redirect: "error", signal: AbortSignal.timeout(within),
      });
      if (!token && response.status !== 401 && path.startsWith("/api/")) this.onAnswer();
      return await read(response);
    } catch {
      return { lost: true };
    }
  }

  get(path) {
    return this.call("GET", path);
  }
}

async function read(response) {
  const isJson = /json/.test(response.headers.get("Content-Type") || "");
  // A page where our server always sends a document: some box on the way answered in its place, and nothing was sold.
  if (!isJson && response.status < 500) return { lost: true };
  const content = isJson ? await response.json() : {};
  if (response.ok) return { body: content, status: response.status, replayed: response.headers.get("Idempotency-Replayed") === "true" };
  const seconds = Number(response.headers.get("Retry-After"));
  return {
    problem: { code: `http_${response.status}`, ...content }, status: response.status,
    retryAfter: Number.isFinite(seconds) ? seconds * 1000 : 0,
  };
}
