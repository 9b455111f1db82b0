"""A till in a real browser: a scanner that types like one, and what stands on the screen."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from meals.models import Checkout
from tests.meals.lunch import Lunch

KEY_SECONDS = 0.008  # how fast a scanner types
ALT = {"code": "AltLeft", "key": "Alt", "windowsVirtualKeyCode": 18}
CHECKOUTS = "**/api/v1/meals/checkouts"
ALL_API = "**/api/**"
HEALTH = "**/healthz"


@dataclass
class Counter:
    """The page of a till, and the canteen behind it."""

    page: Page
    lunch: Lunch

    def open(self) -> None:
        """Open the till and wait until it can sell."""
        self.page.goto("/till")
        self.wait_until_ready()

    def guest(self, **about: Any) -> str:
        """Let somebody join the queue, and return the number on the card."""
        number: str = self.lunch.guest(**about).number
        self.lunch.session.commit()
        return number

    def wait_until_ready(self) -> None:
        """Wait until the modules have started."""
        self.page.wait_for_selector("html[data-ready]")

    def scan(self, text: str, *, end: str = "Enter", process: bool = False) -> None:
        """Type as a scanner does, 8 ms a key by the keyboard's clock; ``process`` as an input method sends it."""
        keyboard = self.page.context.new_cdp_session(self.page)
        at = self.page.evaluate("Date.now() / 1000")
        for key in [*text, *([end] if end else [])]:
            shape = self._shape(key)
            down = {**shape, "type": "rawKeyDown" if process else "keyDown", "timestamp": at}
            if process:
                down.update(key="Process", windowsVirtualKeyCode=229)
            elif key != "Tab":
                down["text"] = "\r" if key == "Enter" else key
            keyboard.send("Input.dispatchKeyEvent", down)
            keyboard.send("Input.dispatchKeyEvent", {**shape, "type": "keyUp", "timestamp": at + KEY_SECONDS / 2})
            at += KEY_SECONDS
        keyboard.detach()

    def scan_by_alt_codes(self, text: str) -> None:
        """Type as a scanner does that spells each sign on the number pad with Alt held down, and ends with Enter."""
        keyboard = self.page.context.new_cdp_session(self.page)
        at = self.page.evaluate("Date.now() / 1000")

        def press(shape: dict[str, Any], *kinds: str) -> None:
            for kind in kinds:
                keyboard.send("Input.dispatchKeyEvent", {**shape, "type": kind, "timestamp": at})

        for sign in text:
            press({**ALT, "modifiers": 1}, "rawKeyDown")
            for digit in f"{ord(sign):04}":
                pad = {
                    "code": f"Numpad{digit}",
                    "key": digit,
                    "windowsVirtualKeyCode": 96 + int(digit),
                    "isKeypad": True,
                }
                press({**pad, "modifiers": 1}, "rawKeyDown", "keyUp")
            at += KEY_SECONDS
            press(ALT, "keyUp")
        press(self._shape("Enter"), "rawKeyDown", "keyUp")
        keyboard.detach()

    def shows(self, view: str, *, within_ms: int = 10_000) -> None:
        """Wait until the stage shows a screen."""
        self.page.wait_for_selector(f"html[data-view={view}]", timeout=within_ms)

    def reads(self, text: str, place: str = "#stage") -> None:
        """Expect a text on the stage, or at another place."""
        expect(self.page.locator(place)).to_contain_text(text)

    def pause_between_scans(self) -> None:
        """Let the second pass in which the same card counts as one scan."""
        self.page.wait_for_timeout(1100)

    def sales(self) -> list[Checkout]:
        """Return what is in the database, oldest first."""
        session: Session = self.lunch.session
        session.rollback()
        return list(session.scalars(select(Checkout).order_by(Checkout.booked_at, Checkout.id)))

    def cut_off(self) -> None:
        """Take the server away from the browser."""
        for pattern in (ALL_API, HEALTH):
            self.page.route(pattern, lambda route: route.abort())

    def reconnect(self) -> None:
        """Give the server back."""
        for pattern in (ALL_API, HEALTH):
            self.page.unroute(pattern)

    def lose_answers(self, times: int) -> list[str]:
        """Let the server sell, but lose its answer on the way, some times. Returns the keys as they come."""
        keys: list[str] = []

        def on_route(route: Route) -> None:
            keys.append(route.request.headers["idempotency-key"])
            if len(keys) > times:
                route.continue_()
                return
            route.fetch()
            route.abort()

        self.page.route(CHECKOUTS, on_route)
        return keys

    @staticmethod
    def _shape(key: str) -> dict[str, Any]:
        if key == "Enter":
            return {"code": "Enter", "key": "Enter", "windowsVirtualKeyCode": 13}
        if key == "Tab":
            return {"code": "Tab", "key": "Tab", "windowsVirtualKeyCode": 9}
        if key.isdigit():
            return {"code": f"Digit{key}", "key": key, "windowsVirtualKeyCode": 48 + int(key)}
        return {"code": f"Key{key.upper()}", "key": key, "windowsVirtualKeyCode": ord(key.upper())}
