"""Counters, windows, and everything for which a meal is sold without subsidy."""

from datetime import time
from typing import Any

import pytest

from meals.rules import (
    Diner,
    Earlier,
    Left,
    Per,
    Quote,
    Reason,
    Taken,
    Used,
    Why,
    minutes_left,
    price_meal,
    reason_from_json,
    window_at,
)
from tests.meals.documents import body, policy_of, terms

GUEST = Diner(age=82)
LIMITS = [
    {"per": "window", "subsidised": 1},
    {"per": "day", "subsidised": 2},
    {"per": "month", "public_fen": 3000},
]


def sell(taken: Taken, limits: list[dict[str, Any]] | None = None, price_fen: int = 1600, **parts: Any) -> Quote:
    policy = terms(body(limits=LIMITS if limits is None else limits, **parts))
    return price_meal(price_fen=price_fen, diner=GUEST, policy=policy, window="lunch", taken=taken)


def why_not(quote: Quote, code: Why) -> dict[str, Any]:
    assert not quote.subsidised
    assert (quote.guest_fen, quote.shares) == (quote.price_fen, ())
    found = quote.reason(code)
    assert found is not None
    return dict(found.params)


def test_the_first_meal_is_subsidised_and_says_what_is_left() -> None:
    quote = sell(Taken())
    assert quote.subsidised
    assert quote.left == (Left(Per.WINDOW, 0), Left(Per.DAY, 1), Left(Per.MONTH, None, 2200))


def test_this_meals_subsidy_used_before_says_when_and_where() -> None:
    last = Earlier(time(11, 24), "鹤鸣食堂", "1", here=True)
    quote = sell(Taken(window=Used(1, 800), day=Used(1, 800), last=last))
    facts = why_not(quote, Why.COUNT_USED)
    assert (facts["per"], facts["window"], facts["allowed"]) == ("window", "lunch", 1)
    assert (facts["at"], facts["canteen"], facts["till"], facts["here"]) == ("11:24", "鹤鸣食堂", "1", True)


@pytest.mark.parametrize(("meals", "subsidised"), [(0, True), (1, True), (2, False), (3, False)])
def test_the_days_limit(meals: int, subsidised: bool) -> None:
    assert sell(Taken(day=Used(meals, meals * 800))).subsidised is subsidised


@pytest.mark.parametrize(("meals", "subsidised"), [(29, True), (30, False)])
def test_a_months_count(meals: int, subsidised: bool) -> None:
    assert sell(Taken(month=Used(meals)), [{"per": "month", "subsidised": 30}]).subsidised is subsidised


def test_a_months_count_does_not_name_the_last_meal_of_the_day() -> None:
    taken = Taken(month=Used(30), last=Earlier(time(7, 0), "鹤鸣食堂", "1"))
    assert "at" not in why_not(sell(taken, [{"per": "month", "subsidised": 30}]), Why.COUNT_USED)


@pytest.mark.parametrize(("used_fen", "public_fen"), [(0, 800), (2199, 800), (2200, 800), (2201, 799), (2999, 1)])
def test_a_cap_partly_used_gives_the_rest(used_fen: int, public_fen: int) -> None:
    quote = sell(Taken(month=Used(3, used_fen)))
    assert (quote.public_fen, quote.cash_fen) == (public_fen, 1600 - public_fen)
    assert (quote.reason(Why.CAP_CUT) is not None) is (public_fen < 800)


@pytest.mark.parametrize("used_fen", [3000, 3001])
def test_a_cap_used_up_gives_nothing(used_fen: int) -> None:
    assert why_not(sell(Taken(month=Used(4, used_fen))), Why.CAP_USED)["left_fen"] == 0


@pytest.mark.parametrize(("used_fen", "subsidised"), [(2200, True), (2201, False)])
def test_all_or_nothing_where_the_document_says_so(used_fen: int, subsidised: bool) -> None:
    quote = sell(Taken(month=Used(3, used_fen)), [{"per": "month", "public_fen": 3000, "partial": "none"}])
    assert quote.subsidised is subsidised
    if not subsidised:
        assert why_not(quote, Why.CAP_USED)["left_fen"] == 799


def test_the_tightest_of_several_caps_holds() -> None:
    limits = [
        {"per": "month", "public_fen": 3000},
        {"per": "day", "public_fen": 1000},
        {"per": "window", "public_fen": 900},
    ]
    quote = sell(Taken(day=Used(1, 700), month=Used(1, 2500)), limits)
    assert quote.public_fen == 300
    cut = quote.reason(Why.CAP_CUT)
    assert cut is not None
    assert cut.params["per"] == "day"


def test_a_cap_on_public_money_leaves_the_concession_as_it_is() -> None:
    payers = [
        {"payer": "concession", "percent": 25},
        {"payer": "city", "percent": 50},
        {"payer": "district", "percent": 25, "remainder": True},
    ]
    quote = sell(Taken(month=Used(4, 2900)), payers=payers)
    assert {str(share.payer): share.amount_fen for share in quote.shares} == {
        "concession": 200,
        "city": 66,
        "district": 34,
    }
    assert quote.cash_fen == 1300


def test_without_limits_every_meal_is_subsidised() -> None:
    assert sell(Taken(window=Used(5), day=Used(9), month=Used(99, 10**6)), []).subsidised


def test_limits_are_checked_in_the_order_of_the_document() -> None:
    taken = Taken(window=Used(1), day=Used(2))
    assert why_not(sell(taken), Why.COUNT_USED)["per"] == "window"
    assert why_not(sell(taken, [LIMITS[1], LIMITS[0]]), Why.COUNT_USED)["per"] == "day"


@pytest.mark.parametrize(
    "reason",
    [Reason(Why.LICENCE_LAPSED), Reason(Why.AGREEMENT_LAPSED), Reason(Why.MOVED_AWAY), Reason(Why.IN_HOSPITAL)],
)
def test_what_bars_a_subsidy_comes_before_everything_else(reason: Reason) -> None:
    quote = price_meal(
        price_fen=1600,
        diner=GUEST,
        policy=terms(body()),
        window=None,
        taken=Taken(window=Used(1)),
        points_available_fen=600,
        barred=reason,
    )
    assert why_not(quote, reason.code) == {}
    assert (quote.points_fen, quote.cash_fen) == (600, 1000)


def test_without_a_policy_the_price_is_paid() -> None:
    quote = price_meal(price_fen=1600, diner=GUEST, policy=None, window=None, points_available_fen=2000)
    assert why_not(quote, Why.NO_POLICY) == {}
    assert (quote.points_fen, quote.left) == (1600, ())


def test_outside_the_windows_the_price_is_paid_and_the_hours_are_told() -> None:
    quote = price_meal(price_fen=1600, diner=GUEST, policy=policy_of("330102017"), window=None)
    assert why_not(quote, Why.OUTSIDE_WINDOWS)["windows"] == ("lunch 10:00-13:30", "dinner 16:00-19:00")


@pytest.mark.parametrize(
    ("at", "name", "left"),
    [
        (time(9, 59, 59), None, 0),
        (time(10, 0), "lunch", 210),
        (time(13, 29, 59), "lunch", 1),
        (time(13, 30), None, 0),
        (time(15, 59), None, 0),
        (time(16, 0), "dinner", 180),
        (time(18, 59), "dinner", 1),
        (time(19, 0), None, 0),
        (time(0, 0), None, 0),
    ],
)
def test_windows_of_a_day(at: time, name: str | None, left: int) -> None:
    window = window_at(policy_of("330102017"), at)
    assert (window.name if window else None) == name
    assert (minutes_left(window, at) if window else 0) == left


@pytest.mark.parametrize(
    ("at", "name"),
    [
        (time(0, 0), "breakfast"),
        (time(9, 59), "breakfast"),
        (time(10, 0), "lunch"),
        (time(15, 59), "lunch"),
        (time(16, 0), "dinner"),
        (time(23, 59, 59), "dinner"),
    ],
)
def test_the_demonstrations_canteen_serves_round_the_clock(at: time, name: str) -> None:
    window = window_at(policy_of("330102017906"), at)
    assert window is not None
    assert window.name == name


def test_a_decision_is_stored_and_read_back() -> None:
    quote = sell(Taken(month=Used(3, 2500)))
    stored = [reason.as_json() for reason in quote.reasons]
    assert [reason_from_json(each).as_json() for each in stored] == stored
