// Writes the file of a queue as a till does: reads {device, entries} and answers with the file's text.

import { Queue } from "../../../meals/static/till/queue.js";
import { MemoryStore } from "./memory_store.mjs";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { device, entries } = JSON.parse(Buffer.concat(chunks).toString());

const api = { call: async () => ({ lost: true }) };
const queue = new Queue({ api, store: new MemoryStore(), device, clock: { now: () => Date.UTC(2026, 10, 20, 4) }, on: () => {}, isUp: () => false });
for (const entry of entries) await queue.submit(entry);
process.stdout.write((await queue.exportFile()).text);
process.exit();
