"""Tills that go on without their server: each test has a server of its own behind a line that can be cut."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth.guard import COOKIE
from app.auth.services import TokenKind
from tests.app.people.factories import token_of
from tests.browser.conftest import CHROMIUM, Visits
from tests.browser.offline.crowd import make_crowd
from tests.browser.offline.device import Device, RunningClock
from tests.browser.offline.line import Line, open_line
from tests.browser.tills import REFUSALS
from tests.conftest import NOON
from tests.meals.factories import TILL_RULES, make_policy
from tests.meals.lunch import Lunch, make_lunch
from tests.meals.tills.counter import code_in, offer, trade

KEPT_AS = "chongyang.till"
# What a browser writes into its console when a line breaks.
SILENCES = ("net::ERR_", "500 (INTERNAL SERVER ERROR)", "503 (SERVICE UNAVAILABLE)")
YEAR_SECONDS = 365 * 24 * 3600

OpenDevice = Callable[..., Device]


@pytest.fixture
def line(app: Flask) -> Iterator[Line]:
    """Serve the application behind a line."""
    with open_line(app) as opened:
        yield opened


@pytest.fixture
def address(line: Line) -> str:
    """Name the server of this test."""
    return line.address


@pytest.fixture
def clock() -> Iterator[RunningClock]:
    """Let it be Friday 11:48, and go on from there."""
    running = RunningClock(NOON)
    before = clock_module.set_source(running.now)
    yield running
    clock_module.set_source(before)


@pytest.fixture
def lunch(app: Flask, committed_db: Session, clock: RunningClock) -> Lunch:
    """Return a canteen at lunch time."""
    return make_lunch(committed_db, app.test_client())


@pytest.fixture
def open_device(lunch: Lunch, line: Line, visits: Visits, page_as: Callable[..., Page]) -> OpenDevice:
    """Return a function that opens an enrolled till whose roster names so many guests; policy as told."""
    for fault in (*REFUSALS, *SILENCES):
        visits.expect(fault)
    visits.looks_at_the_end = False  # the tests of the page look where there is something new to see

    def open_till(guests: int = 1, *, opening: Callable[..., Page] = page_as, **rules: int) -> Device:
        make_policy(lunch.session, kind="till_rules", body={**TILL_RULES, **rules})
        cards = make_crowd(lunch, guests)
        kept = {KEPT_AS: json.dumps(trade(lunch, code_in(offer(lunch))).get_json())}
        lunch.session.commit()
        device = Device(opening(None, account=lunch.cashier_account, kept=kept), lunch, line, cards)
        device.open()
        return device

    return open_till


class Computer:
    """A computer with a disk of its own, and a plug that can be pulled."""

    def __init__(self, browser: Browser, visits: Visits, session: Session, disk: Path) -> None:
        self.browser = browser
        self.visits = visits
        self.session = session
        self.disk = disk

    def switch_on(self, *, is_offline: bool = False) -> Page:
        """Start the browser with what is on the disk."""
        context = self._start()
        context.set_offline(is_offline)
        return self.visits.watch(context)

    def pull_the_plug(self) -> None:
        """End the browser at this very moment: nothing more is written."""
        running = [each for each in psutil.Process().children(recursive=True) if self._is_browser(each)]
        assert running, "it is not switched on"
        for process in running:
            process.kill()
        psutil.wait_procs(running, timeout=20)
        self.visits.forget(self.visits.contexts[-1])

    def open(self, _role: None, *, account: object, kept: dict[str, str]) -> Page:
        """Set the computer up as a till somebody uses every day: enrolled and logged in since yesterday."""
        context = self._start()
        secret = token_of(self.session, account, TokenKind.SESSION)  # type: ignore[arg-type]
        self.session.commit()
        url, ends = self.visits.address, clock_module.now().timestamp() + YEAR_SECONDS
        context.add_cookies([{"name": COOKIE, "value": secret, "url": url, "expires": ends}])
        page = context.new_page()
        page.goto("/healthz")
        for name, value in kept.items():
            page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])
        page.goto("/till")
        page.wait_for_selector("html[data-ready][data-shell]:not([data-shell=''])")
        context.close()  # written as a browser does that is closed in the evening
        return self.switch_on()

    def _is_browser(self, process: psutil.Process) -> bool:
        """Tell whether this is the process all others of the browser hang on, or the script that started it."""
        try:
            command = process.cmdline()
        except psutil.NoSuchProcess:  # or a zombie
            return False
        return f"--user-data-dir={self.disk}" in command and not any(part.startswith("--type=") for part in command)

    def _start(self) -> BrowserContext:
        return self.browser.browser_type.launch_persistent_context(
            self.disk,
            executable_path=CHROMIUM,
            args=["--no-sandbox"],
            base_url=self.visits.address,
            viewport={"width": 1280, "height": 800},
            locale="zh-CN",
        )


@pytest.fixture
def computer(browser: Browser, visits: Visits, committed_db: Session, tmp_path: Path) -> Computer:
    """Return a computer that is switched off."""
    return Computer(browser, visits, committed_db, tmp_path / "disk")
