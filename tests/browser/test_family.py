"""The family's pages in a real browser: how they look in both sizes and languages, and that they need no script."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.people.models import Card
from app.people.relatives.rules import Relation
from tests.app.people.relatives.factories import make_link, make_relative
from tests.browser.conftest import Visits
from tests.conftest import FrozenClock
from tests.meals.factories import STREET, make_place
from tests.meals.lunch import make_lunch
from tests.portal.conftest import MOTHER, Home, noon, publish_family_rules, senior_of

Open = Callable[..., Page]
FACES = [(360, "zh", "normal"), (360, "zh", "elder"), (1280, "en", "normal")]
PAGES = ("", "/statement", "/canteens", "/card", "/more")


@pytest.fixture
def home(app: Flask, committed_db: Session, clock: FrozenClock) -> Home:
    """Let a senior eat for some weeks, and a relative follow."""
    clock.set(noon(1, 9, 0))
    make_place(committed_db, STREET, "文晖街道")
    lunch = make_lunch(committed_db, app.test_client())
    publish_family_rules(committed_db)
    committed_db.commit()
    card: Card = lunch.guest(**MOTHER, points_fen=20_000)
    account = make_relative(committed_db, Role.FAMILY, Role.ELDER, name="陈静")
    make_link(committed_db, senior_of(committed_db, card), account, is_guardian=True)
    father = lunch.guest(**{**MOTHER, "name": "陈建国"}, points_fen=3_000)
    make_link(committed_db, senior_of(committed_db, father), account, relation=Relation.CHILD)
    committed_db.commit()
    clock.set(noon(20))
    home = Home(committed_db, app.test_client(), clock, lunch, card, account)
    for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 18, 19):
        home.eat(at=noon(day, 11, 30 + day))
        committed_db.commit()
    home.eat(at=noon(18, 17, 12))
    committed_db.commit()
    sale = home.eat(at=noon(19, 17, 12))
    committed_db.commit()
    lunch.undo(sale)
    home.eat(at=noon(20, 11, 31))
    committed_db.commit()
    return home


@pytest.mark.parametrize("face", FACES)
def test_every_page_is_fit_to_read_and_to_press(
    page_as: Open, home: Home, visits: Visits, face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    page = page_as(None, account=home.account, width=width, lang=lang, size=size)
    page.goto("/family")
    visits.inspect(page, f"choose-{width}-{lang}-{size}")
    for path in PAGES:
        page.goto(f"/family/{home.senior_id}{path}")
        if path == "/statement":
            page.locator("details.move").nth(1).locator("summary").click()
        if path == "/canteens" and page.locator(".menu-rest").count():
            page.locator(".menu-rest summary").first.click()
        visits.inspect(page, f"{path.strip('/') or 'home'}-{width}-{lang}-{size}")
    page.goto("/family/settings")
    visits.inspect(page, f"settings-{width}-{lang}-{size}")
