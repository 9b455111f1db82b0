"""Families are told of what points paid: only those who may know, and at no cost where nobody follows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, text

from app.auth.models import Account
from app.messages.kinds import get_kind
from app.messages.models import Delivery, Notice
from app.people.models import Card, Senior
from app.people.relatives.family_rules import FAMILY_RULES
from app.people.relatives.rules import Topic
from meals.rules import is_unusual
from tests.app.conftest import count_statements
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.meals.factories import STREET, make_policy
from tests.meals.lunch import Lunch
from tests.shops.factories import give_points

__all__ = ["count_statements"]


@pytest.fixture
def guest(lunch: Lunch) -> Card:
    make_policy(lunch.session, kind="family_rules", area_code=STREET, body=FAMILY_RULES.example)
    return lunch.guest(points_fen=10_000, name="王玉兰", residence_area=STREET)


def follow(lunch: Lunch, guest: Card, *topics: Topic) -> Account:
    account = make_relative(lunch.session)
    make_link(lunch.session, lunch.session.get_one(Senior, guest.senior_id), account, topics=topics)
    return account


def told(lunch: Lunch, account: Account) -> list[tuple[str, dict[str, Any]]]:
    rows = lunch.session.scalars(select(Notice).where(Notice.account_id == account.id).order_by(Notice.id))
    return [(row.kind, row.params) for row in rows]


def words(kind: str, params: dict[str, Any], language: str = "en") -> str:
    with force_locale(language):
        return get_kind(kind).text(params)


def test_a_debit_is_told_to_those_who_may_know_the_balance_and_to_nobody_else(lunch: Lunch, guest: Card) -> None:
    daughter, neighbour = follow(lunch, guest, Topic.BALANCE), follow(lunch, guest, Topic.MEALS)
    # Points for goods buy no lunch: they are not counted among what is left for meals.
    give_points(lunch.session, guest.senior_id, 12_000, purpose="goods")
    receipt = lunch.sell(guest).get_json()
    assert (receipt["balance_fen"], receipt["meal_points_fen"]) == (21_200, 9_200)
    ((kind, params),) = told(lunch, daughter)
    assert words(kind, params) == (
        "王玉兰, meal on 20 Nov 11:48: 8.00 yuan paid with points, 0.00 in cash. 92.00 yuan are left for meals."
    )
    assert told(lunch, neighbour) == []


def test_a_retry_of_a_sale_tells_it_once(lunch: Lunch, guest: Card) -> None:
    daughter = follow(lunch, guest, Topic.BALANCE)
    for _ in range(2):
        lunch.sell(guest, key="same")
    assert len(told(lunch, daughter)) == 1


def test_a_meal_paid_in_cash_alone_is_no_debit(lunch: Lunch, guest: Card) -> None:
    daughter = follow(lunch, guest, Topic.BALANCE)
    poor = lunch.guest(points_fen=0, residence_area=STREET)
    make_link(lunch.session, lunch.session.get_one(Senior, poor.senior_id), daughter, topics=[Topic.BALANCE])
    assert lunch.sell(poor).status_code == 201
    assert told(lunch, daughter) == []


def test_a_large_spend_and_one_sale_too_many_are_told_as_unusual(lunch: Lunch, guest: Card) -> None:
    daughter = follow(lunch, guest, Topic.BALANCE)
    lunch.sell(guest, amount_fen=7000)
    for _ in range(3):
        lunch.sell(guest, amount_fen=1000)
    kinds = [kind for kind, _params in told(lunch, daughter)]
    assert kinds == ["meals.unusual", "meals.debit", "meals.debit", "meals.unusual"]
    last = words(*told(lunch, daughter)[-1])
    assert last.startswith("More than usual: 王玉兰")
    assert last.endswith("It is sale number 4 of that day.")


@pytest.mark.parametrize(
    ("paid_fen", "sales", "expected"), [(4999, 3, False), (5000, 1, True), (100, 4, True), (0, 1, False)]
)
def test_what_is_unusual(paid_fen: int, sales: int, expected: bool) -> None:
    assert is_unusual(paid_fen=paid_fen, sales=sales, large_fen=5000, too_many=4) is expected


def test_an_undone_sale_is_told(lunch: Lunch, guest: Card) -> None:
    daughter = follow(lunch, guest, Topic.BALANCE)
    receipt = lunch.sell(guest).get_json()
    lunch.undo(receipt["id"])
    kind, params = told(lunch, daughter)[-1]
    assert words(kind, params) == (
        "王玉兰, meal on 20 Nov 11:48: the sale was undone, 8.00 yuan are back in the points."
    )


def test_a_refused_card_tells_nobody_of_a_debit(lunch: Lunch) -> None:
    lost = lunch.guest(card_state="lost", residence_area=STREET)
    daughter = follow(lunch, lost, Topic.BALANCE)
    assert lunch.sell(lost).status_code == 409
    assert told(lunch, daughter) == []


def test_a_sale_costs_nothing_more_where_nobody_follows(
    lunch: Lunch, guest: Card, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    lunch.sell(guest)
    with count_statements() as seen:
        lunch.sell(guest)
    assert [each for each in seen if "relative_link" in each or "notice" in each or "policy_document" in each] == []


def test_no_message_tells_of_tier_or_income(lunch: Lunch) -> None:
    make_policy(lunch.session, kind="family_rules", area_code=STREET, body=FAMILY_RULES.example)
    guest = lunch.guest(income_class="low_income", name="王玉兰", residence_area=STREET)
    daughter = follow(lunch, guest, Topic.BALANCE)
    lunch.sell(guest)
    ((kind, params),) = told(lunch, daughter)
    assert set(params) == {"name", "at", "points_fen", "cash_fen", "left_fen", "sales"}
    for language in ("zh_Hans_CN", "en"):
        told_so = words(kind, params, language)
        assert [word for word in ("低保", "补", "80", "low income", "subsid", "tier") if word in told_so] == []


def test_a_gateway_that_is_down_does_not_keep_a_sale(app: Flask, lunch: Lunch, guest: Card, clock: FrozenClock) -> None:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, sms_url="http://127.0.0.1:9/sms")
    try:
        follow(lunch, guest, Topic.BALANCE)
        assert lunch.sell(guest).status_code == 201
    finally:
        app.config["SETTINGS"] = before
    assert lunch.session.scalars(select(Delivery.state)).all() in ([], ["waiting"])


def test_what_opens_a_sale_is_the_function_it_was_but_for_one_word(lunch: Lunch) -> None:
    body = lunch.session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'open_checkout'"))
    assert body is not None
    assert body.count("'followed'") == 1
    assert "strpos('.' || l.purpose || '.', '.meals.')" in body
