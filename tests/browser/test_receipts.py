"""A receipt in a real browser: the paper is as long as what stands on it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app import clock
from meals.printing.models import TillPrinting
from tests.browser.tills import Open

POINTS_A_MM = 72 / 25.4


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_the_receipt_prints_on_its_own_paper(
    open_till: Open, page_as: Callable[..., Page], committed_db: Session, inspect: Callable[..., None], paper_mm: int
) -> None:
    till = open_till()
    who = till.lunch.manager_account.id
    row = {"till_id": till.lunch.till.id, "paper_mm": paper_mm, "way": "page", "changed_at": clock.now()}
    committed_db.add(TillPrinting(**row, changed_by=who))
    committed_db.commit()
    till.page.reload()
    till.wait_until_ready()
    till.scan(till.guest(points_fen=300))
    till.shows("sold")
    with till.page.expect_popup() as opened:
        till.page.keyboard.press("F1")
    slip = opened.value
    slip.wait_for_selector("html[data-height]")
    expect(slip.locator("#slip")).to_contain_text("A 套餐")
    inspect(slip, f"slip-{paper_mm}")
    pdf = slip.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == 1
    width, height = (float(side) / POINTS_A_MM for side in boxes[0])
    assert abs(width - paper_mm) < 1
    assert abs(height - float(slip.locator("html").get_attribute("data-height") or 0)) < 1
    assert 60 < height < 160
    slip.close()
    lang, width = ("zh", 360) if paper_mm == 58 else ("en", 1280)
    manager = page_as(None, account=till.lunch.manager_account, width=width, lang=lang)
    for address in (f"/till/printing/tills/{till.lunch.till.id}", f"/meals/canteens/{till.lunch.canteen.id}"):
        manager.goto(address)
        inspect(manager, f"manager-{lang}{address.replace('/', '-')}")
