"""Beds in a real browser: the street's list and map, a bed on its way, fitted out, and its life in one picture."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.models import Account
from app.people.models import Senior
from care_beds.beds import services
from care_beds.beds.panels import MonthVisits, _months, register_months
from care_beds.beds.rules import Step
from tests.app.people.factories import make_senior
from tests.care_beds.assessment.office import make_level
from tests.care_beds.beds.home import Home, make_home
from tests.care_beds.factories import STREET, make_bed, make_bed_in_service, take_step
from tests.conftest import FrozenClock

Open = Callable[..., Page]


@pytest.fixture
def home(app: Flask, committed_db: Session, clock: FrozenClock) -> Home:
    """A street with beds in several states."""
    home = make_home(committed_db)
    for n, name in enumerate(("陈阿大", "李月娥", "沈金水")):
        senior = make_senior(committed_db, name=name, hukou_area=STREET, income_class="low_income")
        make_bed(committed_db, senior=senior, provider=home.provider, on=date(2026, 10, 1 + 9 * n))
    committed_db.commit()
    return home


def make_old_bed(home: Home) -> int:
    """A bed that has served since spring, and rested in summer."""
    senior = make_senior(home.session, name="王美娟", hukou_area=STREET, income_class="low_income")
    bed = make_bed_in_service(home.session, senior=senior, provider=home.provider, on=date(2026, 4, 21))
    take_step(home.session, bed, Step.SUSPEND, on=date(2026, 8, 4))
    take_step(home.session, bed, Step.RESUME, on=date(2026, 8, 23))
    make_level(home.session, home.session.get_one(Senior, senior.id), 2)
    for kind, serial in (("sos", "SN-1"),):
        home.do(services.install, bed, home.manager, kind=kind, serial=serial, installed_on=date(2026, 4, 21))
    home.session.commit()
    return bed.id


def months_of(_session: Session, *, bed_id: int, months: list[date]) -> dict[date, MonthVisits]:
    """Tell visits as the months of a bed would have them."""
    done = {5: 8, 6: 8, 7: 9, 8: 3, 9: 8, 10: 8, 11: 6}
    return {
        month: MonthVisits(planned=8, done=done[month.month], minutes=done[month.month] * 58, is_met=month.month != 11)
        for month in months
        if month.year == 2026 and month.month in done
    }


def test_a_bed_from_the_application_to_its_life(
    home: Home, page_as: Open, inspect: Callable[..., None], clock: FrozenClock
) -> None:
    before = list(_months)
    register_months(months_of)
    account = home.session.get_one(Account, home.clerk.account_id)
    old = make_old_bed(home)
    clerk = page_as(None, account=account, width=1280)
    clerk.goto(f"/care/beds/new/{home.senior.id}")
    inspect(clerk, "beds-new")
    clerk.get_by_role("button", name="登记申请").click()
    expect(clerk.locator("h1")).to_contain_text("王玉兰的床位")
    make_level(home.session, home.senior, 3)
    home.session.commit()
    clerk.reload()
    clerk.get_by_role("button", name="采用评估结果").click()
    inspect(clerk, "beds-survey")
    clerk.get_by_label("扶手", exact=True).check()
    clerk.get_by_role("button", name="存评估").click()
    clerk.get_by_text("选服务机构", exact=True).last.click()
    inspect(clerk, "beds-provider")
    clerk.get_by_role("radio").first.check()
    clerk.get_by_role("button", name="选择").click()
    clerk.goto("/care/beds")
    inspect(clerk, "beds-list")
    clerk.goto("/care/beds/map")
    inspect(clerk, "beds-map")
    clerk.goto(f"/care/beds/{old}")
    expect(clerk.locator("svg.chart")).to_be_visible()
    inspect(clerk, "beds-life")
    phone = page_as(None, account=account, width=360)
    phone.goto(f"/care/beds/{old}")
    inspect(phone, "beds-life-phone")
    clerk.get_by_role("button", name="EN").click()
    inspect(clerk, "beds-life-en")
    _months[:] = before
