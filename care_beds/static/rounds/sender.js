// Puts an entry of the queue on the line. Every call ends in one of three ways: an answer, a problem, or nothing at all.

const WITHIN_MS = 45_000; // a picture over a weak line; nobody waits for it

/** What an entry says, as its route takes it: a form with the picture beside the fields, or a plain document. */
export function bodyOf({ kind, fields, picture }) {
  if (kind === "confirmation") return { body: JSON.stringify(fields), type: "application/json" };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) for (const each of value) form.append(name, each);
    else if (value !== null && value !== undefined && value !== "") form.append(name, String(value));
  }
  if (picture) form.append("picture", picture, "picture.jpg");
  return { body: form, type: null };
}

export class Sender {
  /** `onTime` is called with the server's time (ms) of each answer. */
  constructor({ csrf, language, urls, onTime = () => {}, fetch = globalThis.fetch.bind(globalThis) }) {
    Object.assign(this, { csrf, language, urls, onTime, fetch });
  }

  async send(entry) {
    const { body, type } = bodyOf(entry);
    const headers = { Accept: "application/json", "Accept-Language": this.language, "X-CSRFToken": this.csrf, "Idempotency-Key": entry.id };
    if (type) headers["Content-Type"] = type;
    return this.call("POST", this.urls[entry.kind].replace("/0/", `/${entry.visit_id}/`), { headers, body });
  }

  /** Ask for a sign of life, and the time. */
  look() {
    return this.call("GET", this.urls.health, {});
  }

  /** Keep the log-in alive while its carer is at work at a bed. */
  stay() {
    return this.call("GET", this.urls.alive, {});
  }

  async call(method, path, options) {
    try {
      const answer = await this.fetch(path, { method, cache: "no-store", credentials: "same-origin", redirect: "error", signal: AbortSignal.timeout(WITHIN_MS), ...options });
      return await this.read(answer);
    } catch {
      return { lost: true };
    }
  }

  async read(answer) {
    const isJson = /json/.test(answer.headers.get("Content-Type") || "");
    if (answer.status === 204) return { body: null, status: 204 };
    // A page where our server always sends a document: some box on the way answered in its place. What was too large
    // for that box is too large at every try.
    if (!isJson && answer.status < 500 && answer.status !== 413) return { lost: true };
    const content = isJson ? await answer.json() : {};
    this.onTime(Date.parse(answer.headers.get("Date") ?? ""));
    if (answer.ok) return { body: content, status: answer.status };
    const seconds = Number(answer.headers.get("Retry-After"));
    return { problem: { code: `http_${answer.status}`, ...content }, status: answer.status, retryAfter: Number.isFinite(seconds) ? seconds * 1000 : 0 };
  }
}
