"""Rules of meals brought home: steps, hours, and what is paid for the way, for every document and guest."""

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meals.deliveries.policy import DELIVERY_RULES, read_rules
from meals.deliveries.rules import (
    MOVES,
    DeliveryRules,
    Fee,
    FeeWhy,
    State,
    TooLate,
    decide_fee,
    find_order_fault,
    is_overdue,
    may_move,
)
from meals.deliveries.wording import fee_words
from meals.pricing.facts import Diner, Reason, Share, Taken, Used, Why
from meals.pricing.terms import Payer, Per, Window
from tests.meals.factories import DELIVERY_RULES as BODY

LUNCH = Window("lunch", 600, 810)
DAY = date(2026, 11, 20)


def rules(**parts: Any) -> DeliveryRules:
    return read_rules({**BODY, **parts}, document_id=1, area_code="330100")


def fee(*, taken: Taken | None = None, age: int = 82, ability: int | None = None, **parts: Any) -> Fee:
    asked: dict[str, Any] = {"rules": rules(), "is_meal_subsidised": True, **parts}
    return decide_fee(diner=Diner(age=age, ability=ability), taken=taken or Taken(), window="lunch", **asked)


def test_a_meal_goes_one_way_and_a_step_is_never_taken_twice() -> None:
    assert may_move(State.ORDERED, State.OUT)
    for end in (State.RETURNED, State.UNDONE, State.CANCELLED):
        assert not MOVES.get(end)
    assert not any(may_move(state, state) for state in State)
    assert not may_move(State.ORDERED, State.HANDED)
    assert not may_move(State.HANDED, State.RETURNED)


@pytest.mark.parametrize(
    ("day", "clock", "window", "fault"),
    [
        (date(2026, 11, 19), time(9), "lunch", TooLate.DAY_OVER),
        (DAY, time(12, 29), "lunch", None),
        (DAY, time(12, 30), "lunch", TooLate.CLOSED),
        (DAY, time(23, 59), "lunch", TooLate.CLOSED),
        (DAY, time(9), "dinner", TooLate.NO_SUCH_MEAL),
        (date(2026, 11, 21), time(23, 59), "lunch", None),
        (date(2026, 11, 27), time(9), "lunch", None),
        (date(2026, 11, 28), time(9), "lunch", TooLate.TOO_FAR),
    ],
)
def test_orders_open_days_ahead_and_close_before_the_meal_ends(
    day: date, clock: time, window: str, fault: TooLate | None
) -> None:
    at = datetime.combine(DAY, clock)
    assert find_order_fault(rules=rules(), windows=[LUNCH], window=window, meal_on=day, at=at) is fault


def test_a_meal_is_overdue_after_the_minutes_of_the_document() -> None:
    out_at = datetime(2026, 11, 20, 11)
    assert not is_overdue(rules=rules(), out_at=out_at, at=datetime(2026, 11, 20, 12, 30))
    assert is_overdue(rules=rules(), out_at=out_at, at=datetime(2026, 11, 20, 12, 31))
    assert not is_overdue(rules=None, out_at=out_at, at=datetime(2026, 11, 21))


@pytest.mark.parametrize(
    ("parts", "fen", "why"),
    [
        ({}, 200, FeeWhy.BAND),
        ({"age": 79}, 0, FeeWhy.NO_BAND),
        ({"age": 79, "ability": 2}, 301, FeeWhy.BAND),
        ({"ability": 1}, 200, FeeWhy.BAND),
        ({"rules": None}, 0, FeeWhy.NO_RULES),
        ({"is_meal_subsidised": False}, 0, FeeWhy.NOT_SUBSIDISED),
        ({"delivery_fen": 1}, 0, FeeWhy.GUEST_PAYS),
        ({"barred": Reason(Why.LICENCE_LAPSED, {})}, 0, FeeWhy.BARRED),
        ({"taken": Taken(day=Used(1, 200))}, 200, FeeWhy.BAND),
        ({"taken": Taken(day=Used(2, 400))}, 0, FeeWhy.COUNT_USED),
        ({"taken": Taken(month=Used(14, 2900))}, 100, FeeWhy.CAP_CUT),
        ({"taken": Taken(month=Used(15, 3000))}, 0, FeeWhy.CAP_USED),
    ],
)
def test_the_way_is_paid_by_band_and_limits_and_never_without_its_meal(
    parts: dict[str, Any], fen: int, why: FeeWhy
) -> None:
    found = fee(**parts)
    assert (found.public_fen, found.why) == (fen, why)
    told = fee_words(found.why_document(), found.public_fen)
    assert told.zh
    assert told.en
    assert "%" not in told.zh + told.en


def test_a_remainder_goes_to_the_named_payer() -> None:
    assert fee(ability=3).shares == (Share(Payer.DISTRICT, 150), Share(Payer.STREET, 151))


def test_shares_that_do_not_add_up_are_no_fee() -> None:
    with pytest.raises(ValueError, match="do not make"):
        Fee(public_fen=5, shares=(Share(Payer.CITY, 4),), why=FeeWhy.BAND)


NAMES = ("city", "district", "street", "charity", "community")
percents = st.lists(st.integers(1, 97), min_size=1, max_size=4).filter(lambda parts: sum(parts) < 100)
counters = st.builds(Used, subsidised=st.integers(0, 70), public_fen=st.integers(0, 9000))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    parts = draw(percents)
    payers = [
        {"payer": name, "percent": part}
        for name, part in zip(
            ("city", "district", "street", "charity", "community"), [*parts, 100 - sum(parts)], strict=False
        )
    ]
    payers[draw(st.integers(0, len(payers) - 1))]["remainder"] = True
    limits: list[dict[str, Any]] = []
    for per in draw(st.sets(st.sampled_from([str(per) for per in Per]))):
        counted = draw(st.sampled_from(["subsidised", "public_fen"]))
        limit: dict[str, Any] = {"per": per, counted: draw(st.integers(1, 100 if counted == "subsidised" else 8000))}
        if counted == "public_fen":
            limit["partial"] = draw(st.sampled_from(["rest", "none"]))
        limits.append(limit)
    ages = draw(st.lists(st.integers(60, 100), min_size=1, max_size=3, unique=True))
    bands = [
        {"when": {"age": {"from": age}}, "public_fen": draw(st.integers(1, 2000))} for age in sorted(ages, reverse=True)
    ]
    return {**BODY, "bands": bands, "payers": payers, "limits": limits}


@settings(max_examples=120, deadline=None)
@given(body=documents(), age=st.integers(55, 110), used=st.tuples(counters, counters, counters))
def test_what_is_paid_adds_up_to_the_fen_and_stays_within_every_limit(
    body: dict[str, Any], age: int, used: tuple[Used, Used, Used]
) -> None:
    assert not list(DELIVERY_RULES.checks(DELIVERY_RULES.schema().load(body), "330100"))
    read = read_rules(body, document_id=1, area_code="330100")
    taken = Taken(*used)
    found = decide_fee(rules=read, diner=Diner(age=age), taken=taken, window="lunch", is_meal_subsidised=True)
    most = next((band["public_fen"] for band in body["bands"] if age >= band["when"]["age"]["from"]), 0)
    assert 0 <= found.public_fen <= most
    assert sum(share.amount_fen for share in found.shares) == found.public_fen
    assert all(share.amount_fen > 0 for share in found.shares)
    for limit in read.limits if found.public_fen else ():
        before = taken.per(limit.per)
        assert limit.subsidised is None or before.subsidised < limit.subsidised
        assert limit.public_fen is None or before.public_fen + found.public_fen <= limit.public_fen
    assert fee_words(found.why_document(), found.public_fen).zh
