"""What is wrong with a page that is open: accessibility, scrolling, targets, language."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

NPM_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGET, ELDER_TARGET = 44, 60
# Names of programs and file kinds are the same in both languages.
SAME_IN_CHINESE = [
    "Linux",
    "Chrome",
    "Windows",
    "English",
    "JSON",
    "Idempotency",
    "OpenAPI",
    "Chongyang",
    "Excel",
    "xlsx",
]


class Known:
    """What is right already, kept in a file for all who look in this run."""

    def __init__(self) -> None:
        self.lines: set[str] = set()
        self.file: Path | None = None
        self.read_bytes = 0

    def __contains__(self, line: str) -> bool:
        """Tell whether something was found right."""
        return line in self.lines

    def read(self) -> None:
        """Learn what others have found right since the last time."""
        if self.file and self.file.exists():
            with self.file.open("rb") as file:
                file.seek(self.read_bytes)
                new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            self.read_bytes += len(whole)
            self.lines.update(whole.decode().splitlines())

    def add(self, lines: Sequence[str]) -> None:
        """Remember what was found right, and tell it."""
        self.lines.update(lines)
        if self.file:
            # One write to the end of a file is never mixed with another's.
            with self.file.open("ab", buffering=0) as file:
                file.write("".join(f"{line}\n" for line in lines).encode())


SMALL_TARGETS = """least => [
    ...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")
  ]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && !e.matches(".skip, [inert] *"))
  .map(e => {
    const box = (e.matches(".row-link") ? e.closest("tr") : e.closest("label.check") ?? e).getBoundingClientRect();
    return [box, e.outerHTML.slice(0, 90)];
  })
  .filter(([box]) => box.width > 1 && (box.width < least - .5 || box.height < least - .5))
  .map(([box, html]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""

ENGLISH_WORDS = """same => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!parent.checkVisibility() || parent.closest("[lang=en], code, .code, kbd, script, style, option")) continue;
    for (const word of node.data.match(/[A-Za-z]{4,}/g) ?? []) if (!same.includes(word)) found.push(word);
  }
  return found;
}"""

CLIPPED = """() => [...document.querySelectorAll("button, .btn, .chip, h1:not(.sr), h2:not(.sr)")]
  .filter(e => e.checkVisibility() && getComputedStyle(e).overflow !== "visible" && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 90))"""

# What axe judges by: the size of the letters, the theme, and each element's classes, attributes and text or none,
# within its parent's. The first element of each look is what axe is shown of it.
LOOKS = """() => {
  const {size = "", theme = "", density = ""} = document.documentElement.dataset;
  const told = ["class", "role", "type", "aria-current", "scope"];
  const look = e => [e.tagName, ...[...e.attributes].map(a => told.includes(a.name) ? `${a.name}=${a.value}` : a.name),
    [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) ? "text" : ""].join(" ");
  const found = new Map();
  for (const e of document.querySelectorAll("body *")) {
    if (!e.checkVisibility()) continue;
    const line = `${size} ${theme} ${density} ${look(e.parentElement)} > ${look(e)}`.replace(/\\s+/g, " ");
    if (!found.has(line)) found.set(line, e);
  }
  window.lookedAt = [...found.values()];
  return [...found.keys()];
}"""
# To write down as well everything that is right takes longer than to look for what is wrong; the size of targets is
# measured below, more strictly. Contrast takes longest: a page that is seen whole is judged by it where it looks new.
AXE = """async ([tags, fresh, isWhole]) => {
  const include = fresh.map(at => window.lookedAt[at]).filter(e => e.isConnected), found = [];
  const off = {"target-size": {enabled: false}};
  const run = async (where, what) => {
    const {violations} = await axe.run(where, {resultTypes: ["violations"], ...what});
    found.push(...violations.map(rule => [rule.id, rule.nodes[0].html.slice(0, 140)]));
  };
  if (isWhole) await run(document, {runOnly: tags, rules: {...off, "color-contrast": {enabled: false}}});
  if (include.length) await run({include}, isWhole ? {runOnly: ["color-contrast"]} : {runOnly: tags, rules: off});
  return found;
}"""
# Axe takes most of a browser test's time. What it found right on one page it does not look at on the next; each
# address it sees whole at least once. Tests that run side by side tell each other.
KNOWN = Known()

# Nothing moves any more, and what scripts put off until there is time is done.
AT_REST = """async () => {
  const ends = e => e.playState === "running" && e.effect.getComputedTiming().endTime < 5000;
  await Promise.all(document.getAnimations().filter(ends).map(e => e.finished.catch(() => {})));
  const drawn = new Promise(done => requestAnimationFrame(() => requestIdleCallback(done)));
  await Promise.race([drawn, new Promise(done => setTimeout(done, 300))]);
}"""


def find_faults(page: Page) -> list[str]:
    """Return everything that is wrong with the page, one sentence each."""
    is_elder = page.evaluate("document.documentElement.dataset.size") in ("elder", "max")
    least = ELDER_TARGET if is_elder else TARGET
    faults = [f"axe {rule}: {html}" for rule, html in _axe(page)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"scrolls sideways: {_widest(page)}")
    faults += [f"target under {least} px: {target}" for target in page.evaluate(SMALL_TARGETS, least)]
    faults += [f"text is cut off: {html}" for html in page.evaluate(CLIPPED)]
    if page.evaluate("document.documentElement.lang").startswith("zh"):
        faults += [f"English on a Chinese page: {word}" for word in page.evaluate(ENGLISH_WORDS, SAME_IN_CHINESE)]
    return faults


def _axe(page: Page) -> list[tuple[str, str]]:
    address = "seen " + re.sub(r"[0-9a-f]*\d[0-9a-f-]*", "#", urlsplit(page.url).path)
    KNOWN.read()
    looks = page.evaluate(LOOKS)
    fresh = [at for at, look in enumerate(looks) if look not in KNOWN]
    if address in KNOWN and not fresh:
        return []
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_axe_source())
    found: list[tuple[str, str]] = page.evaluate(AXE, [RULES, fresh, address not in KNOWN])
    if not found:
        KNOWN.add([address, *(looks[at] for at in fresh)])
    return found


def _widest(page: Page) -> str:
    """Name the first element that reaches over the right edge."""
    found: str = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
          .find(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-box, .tabs, .scroll"))
          ?.outerHTML.slice(0, 120) ?? "nothing in particular" """
    )
    return found


@lru_cache(maxsize=1)
def _axe_source() -> str:
    """Return axe: the locked one from npm, else the one that comes with the Python package."""
    path = NPM_AXE if NPM_AXE.is_file() else Path(AXE_FILE_PATH)
    return path.read_text(encoding="utf-8")
