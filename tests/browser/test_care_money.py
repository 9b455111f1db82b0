"""A month of a care bed paid in real browsers: clerk, approver, and what the provider sees of it."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.clock import ZONE
from care_beds.money import months
from tests.care_beds.factories import CITY, DISTRICT, STREET
from tests.care_beds.money.test_construction import build_in
from tests.care_beds.money.world import OCTOBER, CareWorld, make_world
from tests.conftest import FrozenClock

Open = Callable[..., Page]
Inspect = Callable[..., None]
NOW = datetime(2026, 11, 20, 11, 48, tzinfo=ZONE)


@pytest.fixture
def world(committed_db: Session, clock: FrozenClock) -> CareWorld:
    """October: one bed that met what is asked, one that did not, one in hospital half of it; November has begun."""
    clock.set(NOW)
    world = make_world(committed_db)
    world.give_points(9_000)
    world.month_of_visits(5)
    build_in(world, devices=("sos",))
    short = make_world(committed_db)
    short.month_of_visits(3)
    short.visit(date(2026, 10, 25), state="missed")
    for day in (2, 9, 16):
        world.pay(world.visit(date(2026, 11, day)))
    world.visit(date(2026, 11, 17), exception="open")
    months.judge_months(committed_db, month=OCTOBER, area_codes=[CITY], now=NOW)
    committed_db.commit()
    return world


def test_a_month_is_handed_in_approved_and_seen_by_its_provider(
    page_as: Open, inspect: Inspect, world: CareWorld
) -> None:
    clerk = page_as(Role.STREET_CLERK, area_code=STREET, width=1280, lang="en")
    clerk.goto("/care/months?month=2026-10")
    inspect(clerk, "months-en")
    clerk.get_by_text("Hand in what was met", exact=True).click()
    inspect(clerk, "hand-in-en")
    clerk.get_by_role("button", name="Hand in", exact=True).click()
    expect(clerk.locator("main .answer")).to_contain_text("480.00")
    run = clerk.url

    approver = page_as(Role.DISTRICT_APPROVER, area_code=DISTRICT, width=360, lang="zh")
    approver.goto(run)
    inspect(approver, "run-360-zh")
    approver.get_by_text("批准", exact=True).first.click()
    approver.get_by_role("button", name="批准并付款").click()
    expect(approver.locator("main .chip").first).to_contain_text("已付")
    approver.goto("/care/months?month=2026-10")
    inspect(approver, "months-360-zh")
    approver.locator("main a.row-link").first.click()
    inspect(approver, "month-360-zh")
    approver.goto("/care/payments")
    inspect(approver, "payments-360-zh")
    approver.locator("main table a.row-link").first.click()
    inspect(approver, "payment-360-zh")
    approver.get_by_text("这次上门", exact=True).click()
    expect(approver.locator("#payment-h")).to_be_visible()
    inspect(approver, "visit-360-zh")

    clerk.goto(f"/care/beds/{world.bed.id}?tab=money")
    inspect(clerk, "bed-en")
    clerk.goto(f"/care/building/{world.bed.id}")
    clerk.get_by_text("Ask for it to be paid", exact=True).click()
    inspect(clerk, "building-en")
    clerk.get_by_role("button", name="Hand in", exact=True).click()
    approver.goto(f"/care/building/{world.bed.id}")
    inspect(approver, "building-360-zh")
    approver.goto("/care/building")
    inspect(approver, "buildings-360-zh")
    clerk.goto("/care/payments?from=2026-10-01")
    inspect(clerk, "payments-en")
