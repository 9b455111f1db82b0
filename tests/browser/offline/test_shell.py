"""The till's page without its server: it opens, loads again, goes with its cashier, takes a new version when it may."""

from functools import partial

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.web.assets import Assets
from meals.tills import shell_pages
from tests.browser.conftest import Visits
from tests.browser.offline.conftest import OpenDevice
from tests.browser.offline.device import Device
from tests.browser.offline.line import CHECKOUTS, QUOTES, UPLOADS, Line, broken

NEXT_BUILD = "feedbeef0000"
LOOK_FOR_UPDATE = "() => navigator.serviceWorker.getRegistration().then((found) => found.update())"
IS_KEPT = """build => caches.open(`page-till-${build}`).then((cache) => cache.match("/till")).then(Boolean)"""
SESSION = "session"


@pytest.fixture
def till(
    app: Flask, open_device: OpenDevice, page_as: object, monkeypatch: pytest.MonkeyPatch, visits: Visits
) -> Device:
    """Open an enrolled till in a browser that keeps it; a busy machine is no silent server."""
    monkeypatch.setattr(shell_pages, "PATIENCE_MS", 30_000)
    device = open_device(4, opening=partial(page_as, with_worker=True))  # type: ignore[operator]
    serves(device.page, app.extensions["assets"].build_id)
    return device


def serves(page: Page, build: str) -> None:
    """Wait until the worker of a build serves the page."""
    expect(page.locator("html")).to_have_attribute("data-shell", build, timeout=15_000)


def kept_at(page: Page) -> str | None:
    """Return when the page was kept, or nothing for one that has just come."""
    return page.locator("html").get_attribute("data-kept-at")


def test_the_till_opens_and_sells_without_its_server_until_its_cashier_logs_out(
    app: Flask, line: Line, till: Device, visits: Visits
) -> None:
    build = app.extensions["assets"].build_id
    assert till.page.evaluate(IS_KEPT, build)
    browser = till.page.context.new_cdp_session(till.page)
    assert browser.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    line.is_cut = True
    till.page.reload()
    till.wait_until_ready()
    till.reads("周敏", ".where")
    context = till.page.context
    till.page.close()  # the browser is closed, and opened again
    till.page = context.new_page()
    till.open()
    assert kept_at(till.page)
    till.sell_to(till.cards[:2])
    till.waits(2)
    till.page.keyboard.press("Shift+F9")
    expect(till.page.locator("dialog.health")).to_contain_text("2 笔待上传")
    visits.inspect(till.page, "this-device")
    till.page.keyboard.press("Escape")

    line.next(UPLOADS, *[broken] * 500)
    line.is_cut = False
    till.page.goto("/account")
    till.page.locator("form[action='/logout'] button").click()
    expect(till.page.locator("dialog[open]")).to_contain_text("还没全部传完")
    till.page.get_by_role("link", name="去收银台").click()
    till.wait_until_ready()
    line.is_cut = True

    context.clear_cookies(name=SESSION)  # gone with the power; the form token on the kept page is of no use now
    line.ways.clear()
    line.is_cut = False
    till.waits(0, within_ms=90_000)
    till.sell_to(till.cards[2:3])
    till.waits(0)
    assert [sale.public_fen for sale in till.sales()] == [800, 800, 800]
    till.page.goto("/account")  # wherever somebody logs out
    line.is_cut = True
    till.page.locator("form[action='/logout'] button").click()
    till.reads("没有网", "#live")
    assert till.page.evaluate(IS_KEPT, build)
    line.is_cut = False
    till.page.locator("form[action='/logout'] button").click()
    till.page.wait_for_url("**/login**")
    line.is_cut = True
    till.page.goto("/till")
    expect(till.page.locator("h1")).to_contain_text("连不上服务器")
    assert not till.page.evaluate(IS_KEPT, build)


def test_a_new_version_waits_until_everything_is_sent(
    app: Flask, monkeypatch: pytest.MonkeyPatch, line: Line, till: Device
) -> None:
    assets: Assets = app.extensions["assets"]
    page, build = till.page, assets.build_id
    for path in (QUOTES, CHECKOUTS, UPLOADS):
        line.next(path, *[broken] * 500)
    till.sell_to(till.cards[:1])
    till.waits(1)
    page.keyboard.press("Escape")
    till.shows("idle")

    monkeypatch.setattr(assets, "build_id", NEXT_BUILD)
    page.evaluate(LOOK_FOR_UPDATE)
    expect(page.locator("html")).to_have_attribute("data-update", "ready", timeout=15_000)
    till.reads("还有 1 笔", ".strips--shell")
    page.wait_for_timeout(4000)
    serves(page, build)
    page.reload()  # the server's page is of the new version, and is not opened
    till.wait_until_ready()
    assert kept_at(page)
    expect(page.locator(f"script[src*='{build}']").first).to_be_attached()
    till.waits(1)

    line.ways.clear()
    till.waits(0, within_ms=90_000)
    serves(page, NEXT_BUILD)
    page.wait_for_selector(f"script[src*='{NEXT_BUILD}']", state="attached")
    till.wait_until_ready()
    assert len(till.sales()) == 1
