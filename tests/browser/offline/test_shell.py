"""The till's page without its server: it opens, loads again, goes with its cashier, takes a new version when it may."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.web.assets import Assets
from meals.tills import shell_pages
from tests.browser.conftest import Visits
from tests.browser.counter import Counter
from tests.browser.offline.line import Line
from tests.browser.tills import REFUSALS
from tests.meals.lunch import Lunch

NEXT_BUILD = "feedbeef0000"
LOOK_FOR_UPDATE = "() => navigator.serviceWorker.getRegistration().then((found) => found.update())"
IS_KEPT = """build => caches.open(`page-till-${build}`).then((cache) => cache.match("/till")).then(Boolean)"""

OpenShell = Callable[[], Counter]


@pytest.fixture
def open_shell(
    lunch: Lunch, visits: Visits, page_as: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> OpenShell:
    """Return a function that opens the till in a browser that may keep it; a busy machine is no silent server."""
    monkeypatch.setattr(shell_pages, "PATIENCE_MS", 30_000)
    for fault in (*REFUSALS, "net::ERR_", "503 (SERVICE UNAVAILABLE)"):
        visits.expect(fault)
    lunch.session.commit()

    def open_till() -> Counter:
        till = Counter(page_as(None, account=lunch.cashier_account, with_worker=True), lunch)
        till.open()
        return till

    return open_till


def serves(page: Page, build: str, *, within_ms: int = 15_000) -> None:
    """Wait until the worker of a build serves the page."""
    expect(page.locator("html")).to_have_attribute("data-shell", build, timeout=within_ms)


def test_the_till_opens_without_its_server_until_its_cashier_logs_out(
    app: Flask, line: Line, open_shell: OpenShell, visits: Visits
) -> None:
    till, assets = open_shell(), app.extensions["assets"]
    page = till.page
    serves(page, assets.build_id)
    assert page.evaluate(IS_KEPT, assets.build_id)

    line.is_cut = True
    page.reload()
    till.wait_until_ready()
    assert page.locator("html").get_attribute("data-kept-at")
    till.reads("周敏", ".where")
    page.keyboard.press("Shift+F9")
    expect(page.locator("dialog.health")).to_contain_text("断网打开")
    visits.inspect(page, "this-device")
    page.keyboard.press("Escape")

    context = page.context
    page.close()  # the browser is closed and opened again
    till.page = page = context.new_page()
    page.goto("/till")
    till.wait_until_ready()
    till.shows("idle")

    line.is_cut = False
    page.reload()
    till.wait_until_ready()
    assert page.locator("html").get_attribute("data-kept-at") is None
    page.keyboard.press("F10")
    page.locator("#stage [data-do=leave]").click()
    page.wait_for_url("**/login**")
    line.is_cut = True
    page.goto("/till")
    expect(page.locator("h1")).to_contain_text("连不上服务器")
    assert not page.evaluate(IS_KEPT, assets.build_id)


def test_a_new_version_waits_until_nothing_is_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch, open_shell: OpenShell
) -> None:
    till = open_shell()
    assets: Assets = app.extensions["assets"]
    page, build = till.page, assets.build_id
    serves(page, build)
    card = till.guest()
    till.scan(card)
    till.shows("sold")
    till.pause_between_scans()
    till.scan(card)
    till.shows("asking")

    monkeypatch.setattr(assets, "build_id", NEXT_BUILD)
    page.evaluate(LOOK_FOR_UPDATE)
    expect(page.locator("html")).to_have_attribute("data-update", "ready", timeout=15_000)
    till.reads("新版本已备好", ".strips--shell")
    page.wait_for_timeout(4000)
    till.shows("asking")
    serves(page, build)

    page.keyboard.press("Escape")
    serves(page, NEXT_BUILD)
    page.wait_for_selector(f"script[src*='{NEXT_BUILD}']", state="attached")
    till.wait_until_ready()
    assert len(till.sales()) == 1
