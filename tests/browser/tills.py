"""An open till for the tests of its page, and the way to each of its screens."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.counter import Counter

HAN = re.compile(r"[\u4e00-\u9fff]")
# A refusal is an answer; the browser writes each into its console all the same.
REFUSALS = ("409 (CONFLICT)", "422 (UNPROCESSABLE ENTITY)", "404 (NOT FOUND)", "401 (UNAUTHORIZED)", "net::ERR_FAILED")
SCREENS = ("idle", "sold", "asking", "refused", "wrong", "reasons", "undone", "finding", "today", "reading")


Open = Callable[..., Counter]

# What of the stage does not fit on it.
BELOW_THE_STAGE = """() => {
    const stage = document.getElementById("stage"), floor = stage.getBoundingClientRect().bottom + 1;
    const parts = [...stage.children].filter((each) => !each.matches(".flower"));
    return parts.filter((each) => each.getBoundingClientRect().bottom > floor).map((each) => each.className);
}"""


def go_to(till: Counter, screen: str) -> None:
    """Bring up a screen, as a cashier would."""
    page, guest = till.page, till.guest()
    if screen in ("sold", "asking", "reasons", "undone"):
        till.scan(guest)
        till.shows("sold")
    if screen == "asking":
        till.pause_between_scans()
        till.scan(guest)
    elif screen == "refused":
        till.scan(till.guest(card_state="lost", name="赵桂英"))
    elif screen == "wrong":
        till.scan("2812345678901234567")
    elif screen == "finding":
        page.keyboard.press("F6")
        till.shows("finding")
        page.fill("#typed", "秀英")
        page.keyboard.press("Enter")
        expect(page.locator(".person").first).to_be_focused()
    else:
        for key in {
            "idle": ["Escape"],
            "reasons": ["Escape", "F4"],
            "undone": ["F4"],
            "today": ["F10"],
            "reading": ["F9"],
        }.get(screen, []):
            page.keyboard.press(key)
    till.shows(screen)
