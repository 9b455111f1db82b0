"""The canteens nearby: open or not, and what it would cost this very person."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.people.relatives.rules import Topic
from tests.conftest import FrozenClock
from tests.meals.factories import make_canteen, make_dish
from tests.portal.conftest import Home, noon, open_home
from tests.portal.test_home import text_of


def test_the_price_is_the_tills_own_price_for_this_person(home: Home) -> None:
    told = text_of(home.page("/canteens"))
    assert "现在开着 1 家" in told
    assert "文晖一食堂 开着，到 13:30" in told
    assert "A 套餐 米饭、红烧肉、青菜、汤 8.00 原价 16.00" in told
    assert "全部用分" in told


def test_a_second_lunch_costs_the_full_price_and_says_why(home: Home) -> None:
    home.eat(at=noon(20, 11, 30))
    told = text_of(home.page("/canteens"))
    assert "16.00 今天午餐已用过。11:30" in told


def test_between_meals_it_prices_the_next_one(home: Home) -> None:
    home.eat(at=noon(20, 11, 30))
    home.clock.set(noon(20, 14, 30))
    home.be(home.account)
    told = text_of(home.page("/canteens"))
    assert "晚餐 16:00 开" in told
    assert "8.00 原价 16.00" in told


def test_at_night_it_shows_tomorrow(home: Home) -> None:
    home.clock.set(noon(20, 20, 0))
    home.be(home.account)
    told = text_of(home.page("/canteens"))
    assert "今天都收摊了" in told
    assert "明天 11月21日 星期六的菜单" in told
    assert "8.00 原价 16.00" in told


def test_a_closed_canteen_and_one_of_another_district_are_told_apart(home: Home) -> None:
    make_canteen(home.session, area_code="330105012", name="朝晖食堂", weekdays=(1, 2))
    make_canteen(home.session, area_code="330106003", name="北山食堂")
    make_canteen(home.session, name="老食堂", closed_from=date(2026, 11, 1))
    told = text_of(home.page("/canteens"))
    assert "朝晖食堂 这天不开" in told
    assert "北山食堂" not in told
    assert "老食堂" not in told


def test_points_do_not_show_through_prices_without_the_consent(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    home = open_home(session, client, clock, topics=(Topic.MEALS,))
    told = text_of(home.page("/canteens"))
    assert "8.00 原价 16.00" in told
    assert "用分" not in told
    no_meals = open_home(session, client, clock, topics=(Topic.BALANCE,), lunch=home.lunch)
    assert no_meals.status("/canteens") == 403


def test_it_asks_the_same_however_many_canteens_and_dishes_there_are(
    home: Home, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    home.page("/canteens")
    with count_statements() as few:
        home.page("/canteens")
    for number in range(6):
        canteen = make_canteen(home.session, name=f"食堂{number}")
        for _dish in range(4):
            make_dish(home.session, canteen=canteen)
    with count_statements() as many:
        page = home.page("/canteens")
    assert page.count('class="card place"') == 7
    assert len(many) == len(few)
