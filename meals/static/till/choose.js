// Which till is this? A browser that was enrolled at one of them knows, and is not asked; who wants another one
// reads what it cannot do there.

import { findDevice } from "./device.js";

const own = findDevice(localStorage)?.till.id;
const choice = own === undefined ? null : document.querySelector(`button[name=till][value="${own}"]`);
if (choice && !choice.closest("form").dataset.wanted) choice.form.requestSubmit(choice);
for (const note of document.querySelectorAll("[data-enrolled-at]")) note.hidden = Number(note.dataset.enrolledAt) !== own;
document.getElementById("elsewhere").hidden = !choice;
