"""A month settled in real browsers: clerk, manager, clerk, approver, and the payment noted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Role
from meals.models import Canteen
from subsidies.settlement.models import Statement
from subsidies.settlement.rules import State
from tests.conftest import FrozenClock
from tests.meals.factories import make_canteen
from tests.subsidies.factories import STREET
from tests.subsidies.settlement.world import World, at, make_world

Open = Callable[..., Page]
Inspect = Callable[..., None]


@dataclass
class Month:
    """October of a canteen: sold, one lunch undone, sealed."""

    world: World
    canteen: Canteen

    @property
    def statement(self) -> Statement:
        self.world.session.rollback()
        return self.world.session.scalars(select(Statement)).one()


@pytest.fixture
def month(committed_db: Session, clock: FrozenClock) -> Month:
    canteen = make_canteen(committed_db, area_code=STREET, code="W-02", name="文晖二食堂", name_en="Wenhui Second")
    world = make_world(committed_db)
    for day in range(8, 20):
        world.sell(at(10, day), merchant=canteen.merchant_account)
    world.undo(world.sell(at(10, 20), merchant=canteen.merchant_account), at(10, 20, 12))
    world.seal()
    committed_db.commit()
    return Month(world, canteen)


def write_payee(clerk: Page) -> None:
    """Write down whom the bank pays."""
    clerk.get_by_text("Write it down", exact=True).click()
    clerk.get_by_label("Account holder").fill("文晖二食堂")
    clerk.get_by_label("Bank", exact=True).fill("杭州银行")
    clerk.get_by_label("Account number").fill("6222021202001234567")
    clerk.get_by_role("button", name="Hand it in").click()


def dispute_a_line_and_confirm(manager: Page, clerk: Page, inspect: Inspect) -> None:
    """Let the canteen doubt a line, the street answer, and the canteen confirm what was sent again."""
    manager.get_by_text("对某一行有异议", exact=True).click()
    manager.get_by_label("行号").fill("3")
    manager.locator("#reason").fill("这顿我们没有卖过")
    manager.get_by_role("button", name="提出异议").click()
    expect(manager.get_by_text("这顿我们没有卖过")).to_be_visible()

    clerk.goto("/settlements/disputes")
    inspect(clerk, "disputes-en")
    clerk.get_by_label("Answer").fill("查过了，收银台有记录")
    clerk.get_by_role("button", name="The line stays").click()
    clerk.get_by_role("button", name="Send to the merchant").click()
    manager.reload()
    manager.get_by_text("确认", exact=True).first.click()
    inspect(manager, "manager-confirm-360-zh")
    manager.get_by_role("button", name="确认", exact=True).last.click()
    expect(manager.locator("main .chip").first).to_contain_text("商户已确认")


def test_a_month_goes_from_draft_to_payment(
    page_as: Open, inspect: Inspect, visits: Any, month: Month, clock: FrozenClock
) -> None:
    clerk = page_as(Role.STREET_CLERK, area_code=STREET, lang="en")
    clerk.goto("/settlements")
    inspect(clerk, "empty-en")
    clerk.get_by_text("Make statements", exact=True).click()
    inspect(clerk, "make-en")
    clerk.get_by_role("button", name="Make them").click()
    clerk.locator("main a.row-link").first.click()
    expect(clerk.locator("main .answer")).to_contain_text("136.80")
    write_payee(clerk)
    clerk.get_by_role("button", name="Send to the merchant").click()
    expect(clerk.locator("main .chip").first).to_contain_text("Waits for the merchant")
    inspect(clerk, "sent-en")

    manager = page_as(Role.CANTEEN_MANAGER, width=360, area_code=STREET, canteen_id=month.canteen.id)
    manager.goto("/meals/settlements")
    inspect(manager, "manager-list-360-zh")
    manager.locator("main a.row-link").click()
    inspect(manager, "manager-statement-360-zh")
    dispute_a_line_and_confirm(manager, clerk, inspect)

    clerk.reload()
    clerk.get_by_role("button", name="Confirm for the street").click()
    expect(clerk.locator("main .chip").first).to_contain_text("Confirmed by the street")
    approver = page_as(Role.DISTRICT_APPROVER, width=360)
    approver.goto(f"/settlements/{month.statement.id}")
    inspect(approver, "approver-360-zh")
    approver.get_by_role("button", name="认可", exact=True).click()
    expect(approver.get_by_text("**** 4567")).to_be_visible()
    approver.get_by_text("批准", exact=True).first.click()
    approver.get_by_role("button", name="批准", exact=True).last.click()
    expect(approver.locator("main .chip").first).to_contain_text("已批准")
    with approver.expect_download() as download:
        approver.goto("/settlements")
        approver.get_by_role("button", name="给银行的文件").click()
    assert download.value.suggested_filename == "bank-2026-10.csv"
    inspect(approver, "list-360-zh")
    clerk.reload()
    clerk.get_by_text("Mark as paid", exact=True).first.click()
    clerk.get_by_label("Bank reference").fill("2026112000077")
    clerk.get_by_role("button", name="Mark as paid").last.click()
    expect(clerk.locator("main .chip").first).to_contain_text("Paid")
    inspect(clerk, "paid-en")
    auditor = page_as(Role.AUDITOR)
    auditor.goto(f"/settlements/{month.statement.id}/print")
    expect(auditor.locator(".root")).to_be_visible()
    inspect(auditor, "sheet-zh")
    assert month.statement.state == State.PAID
