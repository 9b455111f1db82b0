"""A shift at the till in a real browser: opened, read, counted, closed; and what a manager sees of it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.counter import CHECKOUTS, Counter
from tests.browser.tills import Open
from tests.conftest import FrozenClock


def test_a_shift_from_float_to_closing(
    open_till: Open, page_as: Callable[..., Page], inspect: Callable[..., None], clock: FrozenClock
) -> None:
    till: Counter = open_till()
    page, window = till.page, till.page.locator("#shift")
    expect(page.locator("[data-shift]")).to_contain_text("开班")
    page.keyboard.press("F8")
    page.fill("#float", "200")
    inspect(page, "opening")
    page.keyboard.press("Enter")
    expect(window).to_contain_text("1-0001")
    clock.advance(minutes=1)
    till.scan(till.guest(points_fen=0))
    till.shows("sold")
    expect(window).to_be_hidden()
    clock.advance(minutes=1)
    page.keyboard.press("F8")
    expect(window).to_contain_text("208.00")
    page.fill("#coin-10000", "2")
    page.fill("#coin-500", "1")
    expect(page.locator("#counted")).to_have_value("205.00")
    inspect(page, "counting")
    page.keyboard.press("Enter")
    expect(page.locator("#reason-error")).to_contain_text("3.00")
    expect(page.locator("#reason")).to_be_focused()
    page.fill("#reason", "找错三元")
    page.keyboard.press("Enter")
    expect(window).to_contain_text("少 3.00 元")
    inspect(page, "closed")
    page.keyboard.press("Escape")
    expect(page.locator("[data-shift]")).to_contain_text("开班")
    manager = page_as(None, account=till.lunch.manager_account, width=360)
    for address in ("/meals/shifts", f"/meals/shifts/days/{till.lunch.canteen.id}/2026-11-20"):
        manager.goto(address)
        inspect(manager, address.replace("/", "-"))
        manager.get_by_role("link", name="1-0001").click()
        expect(manager.locator("h1")).to_contain_text("205.00")


def test_a_shift_does_not_close_while_a_sale_waits(open_till: Open, clock: FrozenClock) -> None:
    till = open_till(lang="en")
    page, window = till.page, till.page.locator("#shift")
    page.keyboard.press("F8")
    page.fill("#float", "0")
    page.keyboard.press("Enter")
    expect(window).to_contain_text("1-0001")
    clock.advance(minutes=1)
    page.route(CHECKOUTS, lambda route: route.abort())
    till.scan(till.guest(points_fen=0))
    till.shows("selling")
    page.keyboard.press("F8")
    page.fill("#counted", "8")
    page.keyboard.press("Enter")
    expect(window).to_contain_text("Wait until every sale")
    page.keyboard.press("Escape")
    page.unroute(CHECKOUTS)
    till.shows("sold", within_ms=15_000)
    page.keyboard.press("F8")
    page.fill("#counted", "8")
    clock.advance(minutes=1)
    page.keyboard.press("Enter")
    expect(window).to_contain_text("adds up")
