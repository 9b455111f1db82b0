// Small pieces of the page: elements, icons, times.

let icons = "";

/** Tell where the icons lie, once. */
export const useIcons = (address) => { icons = address; };

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

export function el(name, more = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(more)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** A state: colour, icon and word together. */
export const chip = (state, name, word) => el("span", { class: `chip${state ? ` is-${state}` : ""}` }, icon(name), word);

export const note = (state, name, ...children) => el("div", { class: `note is-${state}` }, icon(name), el("div", {}, ...children));

/** The time of day at home, whatever the phone is set to. */
export const clockTime = (ms) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }).format(ms);
