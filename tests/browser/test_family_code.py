"""The meal code in a real browser: it renews itself, nothing moves, and a till takes it."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.people.models import Card
from app.people.relatives.rules import Relation
from tests.app.areas.factories import make_place
from tests.app.people.relatives.factories import make_link, make_relative
from tests.browser.conftest import Visits
from tests.browser.test_family import Open
from tests.conftest import FrozenClock
from tests.meals.factories import STREET
from tests.meals.lunch import make_lunch
from tests.portal.conftest import MOTHER, Home, publish_family_rules, senior_of

BOXES = """() => [...document.querySelectorAll(".qr, figcaption, .code-time, .code-left")]
  .map(each => each.getBoundingClientRect())
  .map(({x, y, width, height}) => [x, y, width, height].map(Math.round))"""


@pytest.fixture
def home(app: Flask, committed_db: Session, clock: FrozenClock) -> Home:
    """Let a relative follow a senior with points."""
    make_place(committed_db, STREET, "文晖街道")
    lunch = make_lunch(committed_db, app.test_client())
    publish_family_rules(committed_db)
    card: Card = lunch.guest(**MOTHER, points_fen=12_650)
    account = make_relative(committed_db, name="陈静")
    make_link(committed_db, senior_of(committed_db, card), account, relation=Relation.CHILD)
    committed_db.commit()
    return Home(committed_db, app.test_client(), clock, lunch, card, account)


def number_of(page: Page) -> str:
    return str(page.locator("figcaption").inner_text())


def test_the_code_renews_itself_where_it_stands_and_stops_when_nobody_is_there(
    page_as: Open, home: Home, visits: Visits
) -> None:
    page = page_as(None, account=home.account, width=360)
    visits.expect("ERR_INTERNET_DISCONNECTED")
    page.clock.install()
    page.goto(f"/family/{home.senior_id}/code")
    expect(page.locator("[data-left]")).to_contain_text("秒后自动换新码")
    visits.inspect(page, "code-360-zh-normal")
    first, boxes = number_of(page), page.evaluate(BOXES)
    page.clock.run_for(61_000)
    expect(page.locator("figcaption")).not_to_have_text(first)
    assert page.evaluate(BOXES) == boxes
    assert home.lunch.sell(number_of(page).replace(" ", "")).status_code == 201

    page.context.set_offline(True)
    second = number_of(page)
    page.clock.run_for(70_000)
    expect(page.locator("[data-part=code]")).not_to_have_class("is-over")
    page.clock.run_for(30_000)
    expect(page.locator("[data-stale]")).to_be_visible()
    assert page.evaluate(BOXES)[:2] == boxes[:2]
    page.context.set_offline(False)
    page.clock.run_for(4_000)
    expect(page.locator("figcaption")).not_to_have_text(second)
    expect(page.locator("[data-stale]")).to_be_hidden()
    stop_renewing(page)
    visits.inspect(page, "code-resume-360-zh-normal")


def stop_renewing(page: Page) -> None:
    """Leave the page alone until it waits for somebody."""
    for _minute in range(10):
        if page.locator("[data-resume]").is_visible():
            break
        before = number_of(page)
        page.clock.run_for(61_000)
        expect(page.locator("figcaption")).not_to_have_text(before)
    expect(page.locator("[data-resume]")).to_be_visible()
