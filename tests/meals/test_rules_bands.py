"""Which tier a guest is in: tables of cases on both sides of every boundary."""

from datetime import date
from typing import Any

import pytest

from app.people.rules import age_on
from meals.rules import Diner, Why, price_meal
from tests.meals.documents import DINGLAN, GONGSHU, QINGBO, body, policy_of, terms


def guest_pays(price_fen: int, diner: Diner, area_code: str) -> int:
    return price_meal(price_fen=price_fen, diner=diner, policy=policy_of(area_code), window="lunch").guest_fen


@pytest.mark.parametrize(
    ("age", "pays_fen"),
    [(59, 1000), (60, 850), (69, 850), (70, 800), (79, 800), (80, 700), (89, 700), (90, 500), (105, 500)],
)
def test_dinglan_2020(age: int, pays_fen: int) -> None:
    assert guest_pays(1000, Diner(age=age), DINGLAN) == pays_fen


@pytest.mark.parametrize(
    ("age", "pays_fen"), [(59, 1000), (60, 900), (69, 900), (70, 700), (79, 700), (80, 500), (99, 500)]
)
def test_qingbo_2025(age: int, pays_fen: int) -> None:
    assert guest_pays(1000, Diner(age=age), QINGBO) == pays_fen


@pytest.mark.parametrize(
    ("on", "pays_fen"),
    [(date(2026, 11, 19), 800), (date(2026, 11, 20), 700), (date(2026, 11, 21), 700)],
    ids=["the day before", "the birthday", "the day after"],
)
def test_a_tier_begins_on_the_birthday(on: date, pays_fen: int) -> None:
    born = date(1946, 11, 20)
    assert guest_pays(1000, Diner(age=age_on(born, on)), DINGLAN) == pays_fen


@pytest.mark.parametrize(
    ("diner", "percent"),
    [
        (Diner(age=60, income="low_income", hukou_area="330105016"), 30),
        (Diner(age=60, income="low_income", hukou_area="330102017"), 85),
        (Diner(age=60, income="low_income"), 85),
        (Diner(age=59, income="low_income", hukou_area="330105016"), 100),
        (Diner(age=60, income="low_margin", hukou_area="330105016"), 85),
        (Diner(age=60, ability=2), 85),
        (Diner(age=60, ability=3), 40),
        (Diner(age=60, ability=4), 40),
        (Diner(age=60, ability=None), 85),
        (Diner(age=70, living="alone"), 60),
        (Diner(age=70, living="empty_nest"), 70),
        (Diner(age=69, living="alone"), 85),
        (Diner(age=80, living="alone"), 50),
    ],
)
def test_classes_and_places(diner: Diner, percent: int) -> None:
    assert guest_pays(1000, diner, GONGSHU) == percent * 10


@pytest.mark.parametrize(
    ("condition", "code", "fits"),
    [
        ({"residence": True}, "330102017", True),
        ({"residence": True}, "330102017906", True),
        ({"residence": True}, "330102018", False),
        ({"residence": True}, "330102", False),
        ({"residence": True}, None, False),
        ({"residence": "330100"}, "330109001", True),
        ({"residence": "330100"}, "330100", True),
        ({"residence": "330100"}, "330200", False),
        ({"residence": "330110"}, "330110", True),
        ({"residence": "330110"}, "330111", False),
        ({"residence": "330000"}, "330782001001", True),
        ({"residence": "330000"}, "310101", False),
    ],
)
def test_an_area_holds_all_within_it(condition: dict[str, Any], code: str | None, fits: bool) -> None:
    policy = terms(body(bands=[{"when": condition, "guest_pays_percent": 50}]), DINGLAN)
    quote = price_meal(price_fen=1000, diner=Diner(age=70, residence_area=code), policy=policy, window="lunch")
    assert quote.subsidised is fits


def test_hukou_and_residence_are_not_taken_for_each_other() -> None:
    policy = terms(body(bands=[{"when": {"hukou": True}, "guest_pays_percent": 50}]))
    away = Diner(age=70, hukou_area=DINGLAN, residence_area="310101")
    here = Diner(age=70, hukou_area="310101", residence_area=DINGLAN)
    assert price_meal(price_fen=1000, diner=away, policy=policy, window="lunch").subsidised
    assert not price_meal(price_fen=1000, diner=here, policy=policy, window="lunch").subsidised


def test_the_first_band_that_fits_counts() -> None:
    bands = [
        {"when": {"age": {"from": 60}}, "guest_pays_percent": 80},
        {"when": {"age": {"from": 90}}, "guest_pays_percent": 10},
    ]
    quote = price_meal(price_fen=1000, diner=Diner(age=95), policy=terms(body(bands=bands)), window="lunch")
    assert (quote.band, quote.guest_fen) == (0, 800)


def test_a_guest_in_no_band_pays_the_price_and_is_told_why() -> None:
    quote = price_meal(price_fen=1000, diner=Diner(age=59), policy=policy_of(DINGLAN), window="lunch")
    assert (quote.cash_fen, quote.subsidised, quote.band) == (1000, False, None)
    assert quote.reason(Why.NO_BAND) is not None


def test_an_empty_last_band_is_everyone_else_at_full_price() -> None:
    policy = terms(body(bands=[{"when": {"age": {"from": 60}}, "guest_pays_percent": 50}, {}]))
    quote = price_meal(price_fen=1000, diner=Diner(age=30), policy=policy, window="lunch")
    assert quote.reason(Why.NO_BAND) is not None


def test_the_same_meal_costs_differently_in_two_streets() -> None:
    assert guest_pays(1600, Diner(age=82), DINGLAN) == 1120
    assert guest_pays(1600, Diner(age=82), QINGBO) == 800
