"""A till in Chromium for measurements: enrolled at a running server, at lunch time, with guests who have not eaten."""

import json
import re
import shutil
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page, StorageState, sync_playwright
from sqlalchemy import create_engine, text

from bench.scanner import GREENS, SELL, WATCH
from bench.world import Server, World, call, open_server

KEY_SECONDS = 0.008
PAUSE_MS = 150
PATIENCE_MS = 60_000

TILL = "SELECT min(id) FROM till WHERE canteen_id = :canteen_id"


@dataclass
class Till:
    """An enrolled till in a browser of its own, and guests who have not eaten yet."""

    page: Page
    keyboard: CDPSession
    cards: Iterator[str]

    def scan(self, card: str) -> None:
        """Type a card number as a scanner does, and wait for the green screen."""
        for key in [*card, "Enter"]:
            shape = {"key": key, "code": "Enter" if key == "Enter" else f"Digit{key}"}
            shape |= {"windowsVirtualKeyCode": 13 if key == "Enter" else 48 + int(key)}
            for kind in ("rawKeyDown", "keyUp"):
                self.keyboard.send("Input.dispatchKeyEvent", {**shape, "type": kind})
            time.sleep(KEY_SECONDS)
        self.page.wait_for_function("() => seen.greens.length", timeout=PATIENCE_MS)

    def time_scans(self, count: int) -> list[float]:
        """Serve guests at a cashier's pace; returns how long each waited for green, in ms, quickest first."""
        waits = []
        for _ in range(count):
            self.scan(next(self.cards))
            waits += self.page.evaluate(GREENS)
            self.page.wait_for_timeout(PAUSE_MS)
        return sorted(waits)

    def sell_to(self, count: int) -> None:
        """Serve guests as fast as the page takes them."""
        cards = [next(self.cards) for _ in range(count)]
        stopped = self.page.evaluate(SELL, {"cards": cards, "within": PATIENCE_MS})
        if stopped:
            raise RuntimeError(f"the till stopped at {stopped}")

    def wait_until(self, waiting: int) -> None:
        """Wait until so many sales wait for the server."""
        self.page.wait_for_selector(f"html[data-waiting='{waiting}']", timeout=PATIENCE_MS)


@contextmanager
def open_till(world: World) -> Iterator[Till]:
    """Open the till of a canteen in Chromium, enrolled, with its roster, at lunch time."""
    with open_server(world, "bench.at_noon:make_app()") as server, sync_playwright() as playwright:
        till_id = _find_till(world, server)
        enrolled = _enrol(server, till_id)
        origin = f"http://127.0.0.1:{server.port}"
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        items: list[Any] = [{"name": "chongyang.till", "value": json.dumps(enrolled)}]
        kept: StorageState = {"origins": [{"origin": origin, "localStorage": items}]}
        context = browser.new_context(
            base_url=origin,
            viewport={"width": 1280, "height": 800},
            storage_state=kept,
        )
        context.add_cookies([{"name": "till", "value": str(till_id), "url": origin}])
        page = context.new_page()
        page.goto("/login?next=/till")
        page.fill("#username", "cashier")
        page.fill("#password", "demo-2026")
        page.keyboard.press("Enter")
        page.wait_for_selector("html[data-ready][data-roster]:not([data-roster=''])", timeout=PATIENCE_MS)
        page.evaluate(WATCH)
        yield Till(page, context.new_cdp_session(page), iter(_guests(server, enrolled["token"])))
        browser.close()


def find_chromium() -> str | None:
    """Return the Chromium of this machine; without one, Playwright's own."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")


def _find_till(world: World, server: Server) -> int:
    """Return the first till of the canteen where the demonstration's cashier sells."""
    engine = create_engine(world.database.addresses().owner)
    with engine.connect() as connection:
        till_id: int = connection.execute(text(TILL), {"canteen_id": server.canteen_id}).scalar_one()
    engine.dispose()
    return till_id


def _enrol(server: Server, till_id: int) -> dict[str, Any]:
    """Make a code as an administrator, and trade it for a token."""
    token = call(server.port, "/api/v1/auth/tokens", body={"username": "admin", "password": "demo-2026"})["token"]
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/meals/tills/{till_id}/enrolments", b"")
    request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        found = re.search(r"#code=([\w-]+)", answer.read().decode())
    if found is None:
        raise RuntimeError("there is no code on the page")
    return call(server.port, "/api/v1/meals/tills/enrolments", body={"code": found[1], "version": "bench"})


def _guests(server: Server, token: str) -> list[str]:
    """Return the cards of the roster that would be sold a subsidised meal."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/api/v1/meals/tills/roster")
    request.add_header("Authorization", f"Till {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        roster = json.load(answer)
    people = [dict(zip(roster["columns"], row, strict=True)) for row in roster["people"]]
    return [
        each["card"]
        for each in people
        if each["card_state"] == "issued" and each["status"] == "active" and each["age"] >= 60 and not each["meals"]
    ]
