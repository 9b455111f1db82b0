/* The button that prints this page; without JavaScript it stays away, and the browser's own does. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
