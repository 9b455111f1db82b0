// Names the paper's size by the height of what stands on it, and prints: browsers take no "auto" for a height.

const MM_A_PIXEL = 25.4 / 96;

const root = document.documentElement;
const slip = document.getElementById("slip");
const height = Math.ceil(slip.getBoundingClientRect().height * MM_A_PIXEL) + 1;
document.styleSheets[0].insertRule(`@page { size: ${root.dataset.paper}mm ${height}mm; margin: 0; }`);
root.dataset.height = height;

const again = document.getElementById("again");
again.hidden = false;
again.addEventListener("click", () => print());
print();
