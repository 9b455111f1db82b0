"""A provider's week in a real browser: planned, agreed to, covered, filled; and what a supervisor looks at."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.models import Account
from care_beds.visits import services
from care_beds.visits.models import VisitGap
from tests.care_beds.factories import make_visit
from tests.care_beds.visits.town import MONDAY, Town, make_town
from tests.conftest import FrozenClock

Open = Callable[..., Page]


@pytest.fixture
def town(app: Flask, committed_db: Session, clock: FrozenClock) -> Town:
    """A provider on Monday at ten: visits of the week, one of them late, a gap, something that does not fit."""
    town = make_town(committed_db)
    names = ("陈阿芳", "李桂珍", "周福根", "吴月仙")
    beds = [town.bed, *(town.bed_of_another() for _ in names[1:])]
    for bed, name in zip(beds, names, strict=True):
        committed_db.execute(text("UPDATE senior SET name = :name WHERE id = :id"), {"name": name, "id": bed.senior_id})
    for place, bed in enumerate(beds):
        hours = time(9 + place), time(14 + place % 2)
        town.line(town.plan(bed), weekdays=0b10101, start=hours[0], carer=[town.carer, town.other][place % 2].carer)
    town.line(town.plan(town.bed_of_another()), weekdays=0b1000, start=time(9), carer=None)
    town.generate()
    done = make_visit(
        committed_db, bed=beds[1], carer=town.carer.carer, on=MONDAY - timedelta(days=3), state="finished"
    )
    told = {"far": {"distance_m": 640, "radius_m": 200}, "leaving_short": {"minutes": 31, "planned_minutes": 60}}
    services.raise_exceptions(committed_db, visit=done, found=told, now=clock.now())
    committed_db.commit()
    clock.advance(days=2, hours=22, minutes=40)
    return town


def account(town: Town, actor: object) -> Account:
    return town.session.get_one(Account, actor.account_id)  # type: ignore[attr-defined]


def test_a_week_of_a_provider(town: Town, page_as: Open, inspect: Callable[..., None], clock: FrozenClock) -> None:
    desk = page_as(None, account=account(town, town.manager), width=1280)
    desk.goto("/care/board")
    expect(desk.locator("h1")).to_contain_text("12 次上门")
    inspect(desk, "board")
    desk.locator(".slot", has_text="李桂珍").first.click()
    desk.get_by_text("换护理员").click()
    inspect(desk, "cover")
    desk.get_by_role("button", name="让这位来").click()
    expect(desk.locator("main")).to_contain_text("替李梅")
    desk.goto(f"/care/gaps/{town.session.query(VisitGap).first().id}")  # type: ignore[union-attr]
    inspect(desk, "gap")
    desk.get_by_role("button", name="补上").click()
    expect(desk.locator("h1")).to_contain_text("助浴")
    desk.goto("/care/visits/new")
    inspect(desk, "new")
    phone = page_as(None, account=account(town, town.manager), width=360, lang="en")
    phone.goto("/care/board")
    inspect(phone, "board-phone")
    phone.locator(".slot").first.click()
    inspect(phone, "one-phone")
    made = services.make_plan(town.session, bed_id=town.bed.id, from_on=MONDAY, by=town.manager, now=clock.now())
    town.session.commit()
    desk.goto(f"/care/plans/{made.id}")
    expect(desk.locator("main")).to_contain_text("做什么，什么时候")
    inspect(desk, "plan")
    desk.get_by_role("button", name="提交").click()
    clerk = page_as(None, account=account(town, town.clerk), width=360)
    clerk.goto(f"/care/plans/{made.id}")
    inspect(clerk, "plan-phone")
    clerk.get_by_role("button", name="同意").click()
    expect(clerk.locator("main")).to_contain_text("现行")
    look = page_as(None, account=account(town, town.supervisor), width=1280, lang="en")
    look.goto("/care/exceptions")
    inspect(look, "exceptions")
    look.locator(".row-link").first.click()
    inspect(look, "decide")
    look.locator(".decide [name=words]").first.fill("Called the family")
    look.get_by_role("button", name="Accept", exact=True).first.click()
    expect(look.locator("main")).to_contain_text("Called the family")
