"""The family's pages in a real browser: how they look in both sizes and languages, and that they need no script."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.guard import COOKIE
from app.auth.services import TokenKind
from app.people.models import Card
from app.people.relatives.rules import Relation
from tests.app.areas.factories import make_place
from tests.app.auth.factories import make_token
from tests.app.people.relatives.factories import make_link, make_relative
from tests.browser.conftest import Visits
from tests.conftest import FrozenClock
from tests.meals.factories import STREET
from tests.meals.lunch import make_lunch
from tests.portal.conftest import MOTHER, Home, noon, publish_family_rules, senior_of

Open = Callable[..., Page]
FACES = [(360, "zh", "elder"), (1280, "en", "normal")]
# A third-generation network as measured in the field: 1.6 Mbit/s down, 300 ms there and back.
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 96_000}
PAGES = ("", "/statement", "/canteens", "/card", "/code", "/more", "/looks")


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
    sale = home.eat(at=noon(20, 11, 29))
    committed_db.commit()
    assert lunch.undo(sale).status_code == 201
    home.eat(at=noon(20, 11, 31))
    committed_db.commit()
    return home


@pytest.fixture
def bare(browser: Browser, visits: Visits, home: Home) -> Iterator[Page]:
    """Open the narrowest phone, without scripts and on a slow network, logged in as the relative."""
    secret = make_token(home.session, home.account, TokenKind.SESSION).secret
    home.session.commit()
    context = browser.new_context(
        base_url=visits.address, viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    context.add_cookies([{"name": COOKIE, "value": secret, "url": visits.address}])
    page = context.new_page()
    yield page
    context.close()


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


def test_without_scripts_every_page_is_reached_and_a_card_is_reported_lost(bare: Page, home: Home) -> None:
    session = bare.context.new_cdp_session(bare)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    bare.goto(f"/family/{home.senior_id}")
    times = bare.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert 0 < times < 3000
    session.send("Network.emulateNetworkConditions", {**SLOW, "latency": 0, "downloadThroughput": -1})
    for door in ("每笔花在哪里", "附近的食堂", "消息", "设置和登录", "卡丢了"):
        bare.goto(f"/family/{home.senior_id}")
        bare.get_by_role("link", name=door).last.click()
        expect(bare.locator("h1")).to_contain_text(door)
        assert not bare.evaluate("document.documentElement.scrollWidth > innerWidth"), door
        expect(bare.get_by_role("link", name="电话求助")).to_be_visible()
        expect(bare.locator("[data-read-aloud]")).to_be_hidden()
    bare.get_by_text("挂失这张卡").click()
    bare.get_by_role("button", name="确定挂失").click()
    expect(bare.get_by_role("status").first).to_contain_text("哪个食堂都刷不了了")


def test_by_keyboard_alone_one_comes_to_the_reason_of_a_meal(page_as: Open, home: Home) -> None:
    page = page_as(None, account=home.account, width=640, height=400, size="max")
    page.goto(f"/family/{home.senior_id}")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    press_until(page, "每笔花在哪里")
    page.keyboard.press("Enter")
    page.wait_for_url("**/statement")
    press_until(page, "11:31")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] .why")).to_contain_text("原价 16.00 元")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def press_until(page: Page, text: str) -> None:
    """Press the tab key until what bears a text has the focus."""
    for _press in range(40):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.innerText ?? ''"):
            return
    raise AssertionError(f"the keyboard does not come to {text}")
