"""The browser harness: real pages of a real server, looked at by a machine that is hard to please.

``page_as(Role.AUDITOR, width=360, lang="en", size="elder")`` opens a browser that is logged in. When the test
ends, whatever page is open is inspected (``inspect`` does it in between): console errors, requests to another
origin, axe, horizontal scrolling, small targets, English on Chinese pages. ``CHONGYANG_SHOTS`` names a folder
for screenshots.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from app import clock as clock_module
from app import serving
from app.auth.actor import Role
from app.auth.guard import COOKIE
from app.auth.models import Account
from app.auth.services import TokenKind
from app.web.language import LANGUAGE_COOKIE, TEXT_SIZE_COOKIE
from tests.app.auth.factories import DISTRICT, make_account, make_token
from tests.app.people.factories import make_staff
from tests.browser.counter import Counter
from tests.browser.looking import AT_REST, KNOWN, find_faults
from tests.browser.tills import REFUSALS, Open
from tests.conftest import FrozenClock
from tests.meals.factories import STREET
from tests.meals.lunch import make_lunch

PATIENCE_SECONDS = 20
# The shell without windows does the same work in two thirds of the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what opens a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium; without it the tests are skipped, but never where CI runs."""
    if not CHROMIUM:
        assert not os.environ.get("CI"), "CI needs a browser: apt-get install chromium-headless-shell fonts-noto-cjk"
        pytest.skip("no chromium is installed: apt-get install chromium-headless-shell fonts-noto-cjk")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session", autouse=True)
def _share_what_is_right(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the processes of this run know what each other's pages were found right about."""
    own = tmp_path_factory.getbasetemp()
    KNOWN.file = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "looks"


class Quiet(WSGIRequestHandler):
    """The product writes its own line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Say the product's time in the Date header, which tills set their clocks by."""
        return super().date_time_string(timestamp or clock_module.now().timestamp())


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Serve the application on a free port and return its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    # Live lines of pages that were left end by themselves.
    before = serving.set_source(lambda: False)
    server.shutdown()
    thread.join()
    sleep(0.6)
    serving.set_source(before)
    server.server_close()


class Visits:
    """The browsers a test opened, and what went wrong in them."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        self.browser = browser
        self.address = address
        self.name = name
        self.pages: list[Page] = []
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        self.expected: list[str] = []
        self.running: dict[Page, set[Request]] = {}
        self.inspected: dict[Page, tuple[str, str]] = {}
        self.looks_at_the_end = True

    def open(
        self,
        *,
        secret: str,
        width: int,
        height: int,
        lang: str,
        size: str,
        kept: Mapping[str, str] | None = None,
        with_worker: bool = False,
    ) -> Page:
        """Open a browser of its own, logged in by a token where there is one, with what it kept from earlier.

        A service worker costs every till a second, and hides requests from ``page.route``: only who asks has one.
        """
        items = [{"name": name, "value": value} for name, value in (kept or {}).items()]
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": height},
            locale="zh-CN" if lang == "zh" else "en",
            # What moves is at rest at once: nothing is inspected half faded in.
            reduced_motion="reduce",
            storage_state={"origins": [{"origin": self.address, "localStorage": items}]} if items else None,
        )
        if not with_worker:
            context.add_init_script("delete Navigator.prototype.serviceWorker")
        cookies = {LANGUAGE_COOKIE: lang, TEXT_SIZE_COOKIE: size, **({COOKIE: secret} if secret else {})}
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies.items()])
        return self.watch(context)

    def watch(self, context: BrowserContext) -> Page:
        """Open a page in a browser, and note what goes wrong in it."""
        page = context.new_page()
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("request", self._watch)
        self._count_requests(page)
        if context not in self.contexts:
            self.contexts.append(context)
        self.pages.append(page)
        return page

    def forget(self, context: BrowserContext) -> None:
        """Leave a browser out that is gone."""
        self.contexts.remove(context)
        self.pages = [page for page in self.pages if page.context != context]

    def expect(self, part: str) -> None:
        """Let console errors with this part pass: the test means them to happen."""
        self.expected.append(part)

    def inspect(self, page: Page, shot: str = "") -> None:
        """Look at a page as it is now, and take a screenshot."""
        self.settle(page)
        self._shoot(page, shot or f"{self.pages.index(page)}")
        self.faults += [f"{page.url}: {fault}" for fault in find_faults(page)]
        self.inspected[page] = page.url, page.content()

    def settle(self, page: Page) -> None:
        """Wait until a page is loaded, has every answer it asked for, and is at rest."""
        if page not in self.running:  # a window the page opened by itself
            page.wait_for_load_state("networkidle")
            self._count_requests(page)
        page.wait_for_load_state()
        until = monotonic() + PATIENCE_SECONDS
        page.evaluate(AT_REST)
        while running := self.running[page]:
            if monotonic() > until:
                self._note(f"no answer: {sorted(request.url for request in running)}")
                return
            page.wait_for_timeout(10)
            page.evaluate(AT_REST)

    def finish(self) -> None:
        """Inspect what is still open and was not looked at as it is now, and fail with everything that was found."""
        try:
            for page in self.pages:
                if self.looks_at_the_end and not page.is_closed() and page.url.startswith(self.address):
                    self.settle(page)
                    if self.inspected.get(page) != (page.url, page.content()):
                        self.inspect(page)
        finally:
            # A page that stays open goes on asking the server, in the middle of the next tests.
            self.close()
        found = [fault for fault in self.faults if not any(part in fault for part in self.expected)]
        assert not found, "\n".join(dict.fromkeys(found))

    def close(self) -> None:
        """Close all browsers."""
        for context in self.contexts:
            context.close()

    def _note(self, fault: str) -> None:
        self.faults.append(f"console: {fault}")

    def _count_requests(self, page: Page) -> None:
        """Know which requests of a page wait for their answers; those of a page that was left have nobody to wait."""
        running = self.running.setdefault(page, set())

        def forget_all(frame: Frame) -> None:
            if frame == page.main_frame:
                running.clear()

        def begin(request: Request) -> None:
            # A live line has no end: nobody waits for its answer.
            if request.resource_type != "eventsource":
                running.add(request)

        # Playwright marks the functions it is given, which it cannot do with those of a set.
        page.on("request", begin)
        page.on("requestfinished", lambda request: running.discard(request))  # noqa: PLW0108
        page.on("requestfailed", lambda request: running.discard(request))  # noqa: PLW0108
        page.on("framenavigated", forget_all)

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"request to another origin: {request.url}")

    def _shoot(self, page: Page, shot: str) -> None:
        folder = os.environ.get("CHONGYANG_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{self.name}-{shot}.png", full_page=True)


@pytest.fixture
def visits(browser: Browser, address: str, committed_db: Session, request: pytest.FixtureRequest) -> Iterator[Visits]:
    """Return the browsers of this test; they are inspected when it has passed so far."""
    opened = Visits(browser, address, "".join(c if c.isalnum() else "-" for c in request.node.name))
    before = request.session.testsfailed
    yield opened
    if request.session.testsfailed == before:
        opened.finish()
    else:
        opened.close()


@pytest.fixture
def page_as(visits: Visits, committed_db: Session) -> Callable[..., Page]:
    """Return a function that opens a browser for someone with a role, or for nobody (``None``)."""

    def open_page(
        role: Role | None,
        *,
        width: int = 1280,
        height: int = 800,
        lang: str = "zh",
        size: str = "normal",
        area_code: str = DISTRICT,
        canteen_id: int | None = None,
        account: Account | None = None,
        **others: Any,
    ) -> Page:
        secret = ""
        if role or account:
            who = account or make_account(committed_db, role, area_code=area_code, canteen_id=canteen_id)  # type: ignore[arg-type]
            secret = make_token(committed_db, who, TokenKind.SESSION).secret
            committed_db.commit()
        return visits.open(secret=secret, width=width, height=height, lang=lang, size=size, **others)

    return open_page


@pytest.fixture
def inspect(visits: Visits) -> Callable[..., None]:
    """Return the function that looks at a page now, for tests that pass through several states."""
    return visits.inspect


@pytest.fixture
def open_till(visits: Visits, page_as: Callable[..., Page], committed_db: Session, clock: FrozenClock) -> Open:
    """Return a function that opens the till of a canteen at lunch time, Friday 11:48."""
    lunch = make_lunch(committed_db, None)  # type: ignore[arg-type]
    cashier = make_staff(committed_db, role=Role.CASHIER, area_code=STREET, canteen_id=lunch.canteen.id)
    committed_db.commit()
    for refusal in REFUSALS:
        visits.expect(refusal)

    def open_page(**face: object) -> Counter:
        counter = Counter(page_as(None, account=cashier, **face), lunch)
        counter.open()
        return counter

    return open_page


@pytest.fixture
def till(open_till: Open) -> Counter:
    """Open the till in Chinese on a screen of 1280 x 800."""
    return open_till()
