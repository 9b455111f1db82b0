"""What stands on the till's page while it goes on without its server, and how somebody leaves it."""

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import clock
from meals.printing.models import TillPrinting
from tests.browser.counter import Counter
from tests.browser.offline.conftest import OpenDevice
from tests.browser.offline.device import RunningClock
from tests.browser.tills import BELOW_THE_STAGE, HAN
from tests.meals.factories import make_till
from tests.meals.lunch import Lunch

POINTS_A_MM = 72 / 25.4


def fits(till: Counter, width: int) -> None:
    """Expect nothing of the stage to lie below its edge."""
    if width > 1000:
        assert till.page.evaluate(BELOW_THE_STAGE) == []


@pytest.mark.parametrize("face", [(1280, "zh", "elder"), (360, "en", "normal")])
def test_a_till_without_its_server_from_the_first_sale_to_the_log_out(
    open_device: OpenDevice,
    page_as: Callable[..., Page],
    inspect: Callable[..., None],
    face: tuple[int, str, str],
) -> None:
    width, lang, size = face
    till = open_device(guests=3, opening=partial(page_as, width=width, lang=lang, size=size))
    page, strips, looks = till.page, till.page.locator("#strips"), partial(inspect, till.page)
    expect(strips).to_be_empty()
    till.go_offline()
    expect(strips).to_contain_text("离线照常卖饭" if lang == "zh" else "Offline, selling as usual")
    till.sell_to(till.cards[:2])
    till.waits(2)
    till.reads("已记下" if lang == "zh" else "Written down")
    till.reads("1-1-2")
    looks("kept")
    fits(till, width)
    page.keyboard.press("F10")
    till.shows("today")
    looks("today")
    page.locator("[data-do=sale]").first.click()
    page.locator("[data-reason=slip]").click()
    till.shows("undone")
    till.waits(3)
    page.keyboard.press("F10")
    page.locator("[data-do=leave][data-where=log_out]").click()
    till.shows("queue")
    expect(page.locator("#stage tbody tr")).to_have_count(3)
    looks("leaving")
    fits(till, width)
    with page.expect_download() as saved:
        page.locator("[data-do=save]").click()
    content = json.loads(json.loads(Path(saved.value.path()).read_text())["content"])
    assert [entry["kind"] for entry in content["entries"]] == ["sale", "sale", "undo"]
    if lang == "en":
        assert (
            HAN.findall(re.sub(r"[王]\*英|A 套餐", "", page.locator("#stage").inner_text() + strips.inner_text())) == []
        )
    till.come_back()
    till.waits(0)
    expect(strips).to_be_empty()
    looks("sent")
    assert [bool(sale.reversed_at) for sale in till.sales()] == [False, True]
    page.locator("[data-do=leave][data-where=log_out]").click()
    page.wait_for_url("**/login**")


def test_a_waiting_sale_prints_here_on_its_own_paper(open_device: OpenDevice) -> None:
    till = open_device(guests=1)
    row = {"till_id": till.lunch.till.id, "paper_mm": 58, "way": "page", "changed_at": clock.now()}
    till.lunch.session.add(TillPrinting(**row, changed_by=till.lunch.manager_account.id))
    till.lunch.session.commit()
    till.open()
    till.go_offline()
    till.sell_to(till.cards)
    till.page.evaluate("window.print = () => {}")
    for mark in ("离线待确认", "补打"):
        till.page.keyboard.press("F1")
        expect(till.page.locator("#paper")).to_contain_text(mark)
    pdf = till.page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == 1
    width, height = (float(side) / POINTS_A_MM for side in boxes[0])
    assert abs(width - 58) < 1
    assert abs(height - float(till.page.locator("#paper").get_attribute("data-height") or 0)) < 1
    assert 60 < height < 160
    till.page.evaluate("dispatchEvent(new Event('afterprint'))")
    till.come_back()
    till.waits(0)


def test_a_log_in_that_ends_stops_no_enrolled_till(open_device: OpenDevice) -> None:
    till = open_device(guests=2)
    till.page.context.clear_cookies()
    till.sell_to(till.cards[:1])
    till.reads("登录到期了", "#strips")
    till.waits(0)
    till.sell_to(till.cards[1:])
    till.waits(0)
    assert [sale.public_fen for sale in till.sales()] == [800, 800]


def test_what_was_booked_otherwise_than_shown_is_told(open_device: OpenDevice) -> None:
    till = open_device(guests=1)
    card, by = till.guest(points_fen=800), till.lunch.cashier
    till.lunch.session.commit()
    with till.page.expect_response("**/tills/roster*"):
        till.open()
    till.go_offline()
    till.sell_to([card])
    assert till.lunch.sell(card, by=by).status_code == 201
    till.come_back()
    till.waits(0)
    till.reads("入账和当时显示的不同：重阳分 -8.00，未付 +8.00", "#strips")
    till.page.keyboard.press("Escape")
    till.page.keyboard.press("Escape")
    expect(till.page.locator("#strips")).to_be_empty()


def test_a_shift_over_an_outage_adds_up_when_everything_is_sent(
    open_device: OpenDevice, inspect: Callable[..., None], clock: RunningClock
) -> None:
    till = open_device(guests=3)
    page, window = till.page, till.page.locator("#shift")
    page.keyboard.press("F8")
    page.fill("#float", "100")
    page.keyboard.press("Enter")
    expect(window).to_contain_text("1-0001")
    page.keyboard.press("Escape")
    clock.advance(seconds=1)
    till.sell_to(till.cards[:1])
    till.go_offline()
    till.sell_to(till.cards[1:])
    page.keyboard.press("F8")
    expect(window).to_contain_text("有 2 笔等着上传")
    page.keyboard.press("Escape")
    till.come_back()
    till.waits(0)
    page.keyboard.press("F8")
    page.fill("#counted", "100")
    inspect(page, "closing")
    page.keyboard.press("Enter")
    expect(window).to_contain_text("钱箱相符")


def test_an_enrolled_browser_is_not_asked_which_till_it_is(
    open_device: OpenDevice, inspect: Callable[..., None], lunch: Lunch
) -> None:
    make_till(lunch.session, canteen=lunch.canteen, number=2)
    till = open_device(guests=1)
    till.reads("1 号台", ".where")
    till.page.locator("[data-do=leave][data-where=choose]").click()
    expect(till.page.locator("#elsewhere")).to_be_visible()
    expect(till.page.get_by_role("button", name="1 号台")).to_contain_text("登记在这里")
    inspect(till.page, "choice")
    till.page.get_by_role("button", name="2 号台").click()
    till.page.wait_for_selector("html[data-ready]")
    till.reads("没有登记", "#stage")
    inspect(till.page, "not-enrolled")
