"""Beds in a real browser: list and map, a bed on its way, signed and fitted out, and its life in one picture."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.models import Account
from app.people.models import Senior
from app.people.relatives.rules import Relation, Topic
from care_beds.beds import services
from care_beds.beds.models import CareBed
from care_beds.beds.panels import MonthVisits, _months, register_months
from care_beds.beds.rules import Step
from tests.app.people.factories import make_senior
from tests.app.people.relatives.factories import make_link, make_relative
from tests.care_beds.assessment.office import make_level
from tests.care_beds.beds.home import YEAR_ON, Home, a_picture, make_home
from tests.care_beds.factories import STREET, make_bed, make_bed_in_service, take_step
from tests.conftest import FrozenClock

Open = Callable[..., Page]
DONE = {5: 8, 6: 8, 7: 9, 8: 3, 9: 8, 10: 8, 11: 6}


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
    home.do(services.install, bed, home.manager, kind="sos", serial="SN-1", installed_on=date(2026, 4, 21))
    home.session.commit()
    return bed.id


def months_of(_session: Session, *, bed_id: int, months: list[date]) -> dict[date, MonthVisits]:
    """Tell visits as the months of a bed would have them."""
    return {
        month: MonthVisits(planned=8, done=DONE[month.month], minutes=DONE[month.month] * 58, is_met=month.month != 11)
        for month in months
        if month.year == 2026 and month.month in DONE
    }


def account(home: Home, actor: Actor) -> Account:
    return home.session.get_one(Account, actor.account_id)


def test_a_bed_from_the_application_to_its_life(
    home: Home, page_as: Open, inspect: Callable[..., None], clock: FrozenClock
) -> None:
    clerk = page_as(None, account=account(home, home.clerk), width=1280)
    clerk.goto(f"/care/beds/new/{home.senior.id}")
    clerk.get_by_role("button", name="登记申请").click()
    expect(clerk.locator("h1")).to_contain_text("王玉兰的床位")
    make_level(home.session, home.senior, 3)
    home.session.commit()
    clerk.reload()
    clerk.get_by_role("button", name="采用评估结果").click()
    inspect(clerk, "survey")
    clerk.get_by_label("扶手", exact=True).check()
    clerk.get_by_role("button", name="存评估").click()
    clerk.locator("summary", has_text="选服务机构").click()
    clerk.get_by_role("radio").first.check()
    clerk.get_by_role("button", name="选择").click()
    bed = home.session.get_one(CareBed, int(clerk.url.partition("/beds/")[2].partition("?")[0]))
    services.adopt_plan(home.session, bed_id=bed.id, plan_id=1, by=home.clerk, now=clock.now())
    home.session.commit()
    clerk.goto(f"/care/beds/{bed.id}")
    clerk.locator("[name=until_on]").fill(YEAR_ON.isoformat())
    clerk.get_by_role("button", name="拟协议").click()
    clerk.get_by_role("button", name="街道签字").click()
    inspect(clerk, "signing")
    sign_as_family(home, page_as, inspect)
    fit_out(home, bed.id, page_as, inspect)


def sign_as_family(home: Home, page_as: Open, inspect: Callable[..., None]) -> None:
    """The daughter signs on her phone."""
    daughter = make_relative(home.session, name="陈敏")
    make_link(home.session, home.senior, daughter, relation=Relation.CHILD, topics=[Topic.VISITS])
    home.session.commit()
    phone = page_as(None, account=daughter, width=360)
    phone.goto(f"/family/{home.senior.id}/bed")
    inspect(phone, "family")
    phone.locator("#agrees").check()
    phone.get_by_role("button", name="签字").click()
    expect(phone.locator("main")).to_contain_text("已签字")


def fit_out(home: Home, bed_id: int, page_as: Open, inspect: Callable[..., None]) -> None:
    """The provider signs, and shows what it built."""
    manager = page_as(None, account=account(home, home.manager), width=360)
    manager.goto(f"/care/beds/{bed_id}")
    manager.get_by_role("button", name="机构签字").click()
    manager.goto(f"/care/beds/{bed_id}?tab=built")
    manager.locator("summary", has_text="改造前的照片").click()
    photo = {"name": "before.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    manager.locator("input[type=file]").set_input_files(files=[photo])  # type: ignore[list-item]
    manager.get_by_role("button", name="存照片").click()
    manager.locator("summary", has_text="已完工").click()
    manager.locator("summary", has_text="已安装").click()
    inspect(manager, "built")


def test_the_list_the_map_and_a_life(
    home: Home, page_as: Open, inspect: Callable[..., None], clock: FrozenClock
) -> None:
    before, old = list(_months), make_old_bed(home)
    register_months(months_of)
    clerk = page_as(None, account=account(home, home.clerk), width=1280)
    clerk.goto("/care/beds")
    inspect(clerk, "list")
    clerk.goto("/care/beds/map")
    inspect(clerk, "map")
    clerk.goto(f"/care/beds/{old}?tab=papers")
    inspect(clerk, "papers")
    clerk.goto(f"/care/beds/{old}")
    expect(clerk.locator("svg.chart")).to_be_visible()
    inspect(clerk, "life")
    clerk.get_by_role("button", name="EN").click()
    expect(clerk.locator("h1")).to_contain_text("days in service")
    inspect(clerk, "life-en")
    phone = page_as(None, account=account(home, home.clerk), width=360)
    phone.goto(f"/care/beds/{old}")
    inspect(phone, "life-phone")
    _months[:] = before
