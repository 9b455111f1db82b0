"""The statement: every yuan of a month, with its reason."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.people.relatives.rules import Topic
from tests.conftest import FrozenClock
from tests.portal.conftest import MOTHER, Home, noon, open_home
from tests.portal.test_home import text_of


def test_each_meal_is_told_with_who_paid_and_why(home: Home) -> None:
    home.eat(at=noon(19))
    told = text_of(home.page("/statement"))
    assert "十一月用掉 8 .00 元" in told
    assert "11月19日 星期四" in told
    assert "午餐 A 套餐" in told
    assert "11:48 文晖一食堂" in told
    assert "−8.00" in told
    assert "市 3.20 区 3.20 街道 1.60 重阳分 8.00" in told
    assert "原价 16.00 元，补一半，用分 8.00" in told
    assert "之后还剩 92.00 元" in told


def test_grants_and_what_was_given_back_stand_there_too(home: Home) -> None:
    sale = home.eat(at=noon(20, 11, 30))
    home.lunch.undo(sale, reason="按错了")
    told = text_of(home.page("/statement"))
    assert "十一月用掉 0 .00 元" in told
    assert "退回 午餐 A 套餐" in told
    assert "+8.00" in told
    assert "原因：按错了" in told
    assert "后来退回" in told
    assert "发分" in told
    assert "+100.00" in told
    assert "发放 100.00 元" in told


def test_a_meal_paid_in_cash_alone_is_not_forgotten(session: Session, client: FlaskClient, clock: FrozenClock) -> None:
    home = open_home(session, client, clock)
    card = home.lunch.guest(**MOTHER, points_fen=0)
    home.follow(card)
    home.eat(at=noon(20, 11, 20), card=card)
    home.eat(at=noon(20, 11, 40), card=card)
    told = text_of(client.get(f"/family/{card.senior_id}/statement").get_data(as_text=True))
    assert "原价 16.00 元，付的现金，没有用分。" in told
    assert "另付现金 24.00 元" in told


def test_without_the_consent_for_meals_it_says_what_was_paid_and_not_what_was_eaten(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    home = open_home(session, client, clock, topics=(Topic.BALANCE,))
    sale = home.eat(at=noon(19))
    undone = home.eat(at=noon(20, 11, 30))
    home.lunch.undo(undone, reason="按错了")
    home.eat(at=noon(20, 11, 40))
    for rest in ("/statement", f"/disputes/{sale}"):
        told = text_of(home.page(rest))
        assert "8.00" in told
        for closed in ("A 套餐", "文晖一食堂", "午餐"):
            assert closed not in told
    assert "原价 16.00 元，补一半，用分 8.00" in text_of(home.page("/statement"))


def test_it_can_be_narrowed_and_turned_back_month_by_month(home: Home) -> None:
    home.eat(at=noon(19))
    home.eat(at=noon(30, month=10))
    only = home.page("/statement?sort=grant")
    assert "A 套餐" not in only
    assert "发分" in only
    october = home.page("/statement?month=2026-10")
    assert "十月用掉" in october
    assert "10月30日" in october
    assert "11月19日" not in october
    assert "month=2026-11" in october
    empty = home.page("/statement?month=2026-01")
    assert "这个月没有用分，也没有发分。" in empty
    assert home.status("/statement?month=nonsense&sort=nonsense") == 200


def test_the_month_has_a_picture(home: Home) -> None:
    home.eat(at=noon(19))
    page = home.page("/statement")
    assert re.search(r'<path class="line" d="M0 [\d.]+H[\d.]+V', page)


def test_it_is_closed_without_the_consent_and_says_what_to_do(
    session: Session, client: FlaskClient, clock: FrozenClock
) -> None:
    home = open_home(session, client, clock, topics=(Topic.MEALS,))
    answer = client.get(f"/family/{home.senior_id}/statement")
    assert answer.status_code == 403


def test_it_asks_the_same_however_long_the_month_is(
    home: Home, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    home.eat(at=noon(19))
    home.page("/statement")
    with count_statements() as few:
        home.page("/statement")
    for day in range(2, 12):
        home.eat(at=noon(day))
    with count_statements() as many:
        home.page("/statement")
    assert len(many) == len(few)
    assert date(2026, 11, 19).isoformat() in home.page("/statement")
