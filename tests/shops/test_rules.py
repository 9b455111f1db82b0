"""What a purse pays: tables of cases, and what holds for every basket."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shops.policy import PURSE_RULES, purse_terms
from shops.rules import (
    Amount,
    Bought,
    Item,
    Limit,
    Lot,
    Per,
    Purse,
    Why,
    choose_lots,
    judge_basket,
    needs_second_signature,
    period_start,
    points_of_pieces,
    spread_back,
)
from tests.shops.factories import PURSE

RICE = Item(code="rice", category="grain", price_fen=3000, count=1)
SOAP = Item(code="soap", category="hygiene", price_fen=550, count=3)


def purse(**changes: Any) -> Purse:
    body = PURSE_RULES.schema().load({**PURSE, **changes})
    return purse_terms(body, document_id=1, area_code="330100")


def bought(code: str, category: str, *, count: int = 0, fen: int = 0) -> Bought:
    return Bought(code=code, category=category, by_period=dict.fromkeys(Per, Amount(count, fen)))


@pytest.mark.parametrize(
    ("changes", "points", "paid"),
    [
        ({}, 4650, (4650, 0)),
        ({}, 4649, (4649, 1)),
        ({"points_percent": 50, "cash_rest": True}, 9999, (2325, 2325)),
        ({"points_percent": 33, "cash_rest": True}, 9999, (990 + 544, 2010 + 1106)),
        ({"cash_rest": True}, 3100, (3100, 1550)),
        ({"cash_rest": True}, 0, (0, 4650)),
    ],
)
def test_points_pay_their_share_and_cash_the_rest(changes: dict[str, Any], points: int, paid: tuple[int, int]) -> None:
    basket = judge_basket([RICE, SOAP], purse=purse(**changes), bought=[], points_available_fen=points)
    assert (basket.points_fen, basket.cash_fen) == paid


@pytest.mark.parametrize(
    ("changes", "points", "refused"),
    [
        ({}, 4650, []),
        ({}, 4649, [Why.POINTS_SHORT]),
        ({"cash_rest": True}, 1, []),
        ({"cash_rest": True}, 0, [Why.POINTS_SHORT]),
        ({"categories": ["grain"]}, 4650, [Why.FORBIDDEN]),
        ({"categories": ["grain", "hygiene"], "forbidden": ["hygiene"]}, 4650, [Why.FORBIDDEN]),
        ({"limits": [{"per": "day", "count": 4}]}, 4650, []),
        ({"limits": [{"per": "day", "count": 3}]}, 4650, [Why.LIMIT_COUNT]),
        ({"limits": [{"per": "ever", "category": "hygiene", "count": 2}]}, 4650, [Why.LIMIT_COUNT]),
        ({"limits": [{"per": "month", "fen": 4650}]}, 4650, []),
        ({"limits": [{"per": "month", "fen": 4649}]}, 4650, [Why.LIMIT_FEN]),
    ],
)
def test_what_stands_against_a_basket(changes: dict[str, Any], points: int, refused: list[Why]) -> None:
    terms = purse(**{"limits": [], **changes}) if "forbidden" not in changes else _without_check(changes)
    basket = judge_basket([RICE, SOAP], purse=terms, bought=[], points_available_fen=points)
    assert [each.why for each in basket.objections] == refused


def _without_check(changes: dict[str, Any]) -> Purse:
    return purse(**{"limits": [], **changes})


def test_what_was_bought_before_counts_and_what_came_back_does_not() -> None:
    limited = Item(code="rice", category="grain", price_fen=100, count=1, limit=Limit(per=Per.WEEK, count=2))
    once = judge_basket(
        [limited], purse=purse(limits=[]), bought=[bought("rice", "grain", count=1)], points_available_fen=100
    )
    twice = judge_basket(
        [limited], purse=purse(limits=[]), bought=[bought("rice", "grain", count=2)], points_available_fen=100
    )
    assert (once.left[0].left, once.objections) == (0, ())
    assert [(each.why, each.place, each.left) for each in twice.objections] == [(Why.LIMIT_COUNT, 0, -1)]


def test_tobacco_and_alcohol_are_never_paid_whatever_the_document_leaves_out() -> None:
    terms = purse(categories=["tobacco", "alcohol", "grain"], forbidden=[])
    assert [terms.pays_for(each) for each in ("tobacco", "alcohol", "grain")] == [False, False, True]


@pytest.mark.parametrize(
    ("per", "first"),
    [(Per.DAY, date(2026, 11, 20)), (Per.WEEK, date(2026, 11, 16)), (Per.MONTH, date(2026, 11, 1)), (Per.EVER, None)],
)
def test_periods_begin(per: Per, first: date | None) -> None:
    assert period_start(per, date(2026, 11, 20)) == first


TODAY, SOON, LATER, LAST = date(2026, 11, 20), date(2026, 11, 30), date(2026, 12, 31), date(2027, 6, 30)


@pytest.mark.parametrize(
    ("lots", "open_points", "wanted", "chosen"),
    [
        ([("goods", SOON, 500)], False, 500, (TODAY, 500)),
        ([("meals", SOON, 500)], False, 1, (TODAY, 0)),
        ([("any", SOON, 500)], False, 1, (TODAY, 0)),
        ([("any", SOON, 500)], True, 1, (TODAY, 500)),
        ([("any", SOON, 500), ("goods", LATER, 300)], False, 300, (date(2026, 12, 1), 300)),
        ([("goods", SOON, 100), ("any", LATER, 500), ("goods", LAST, 300)], False, 100, (TODAY, 100)),
        ([("goods", SOON, 100), ("any", LATER, 500), ("goods", LAST, 300)], False, 200, (date(2027, 1, 1), 300)),
        ([("goods", SOON, 100), ("any", LATER, 500), ("goods", LAST, 300)], True, 900, (TODAY, 900)),
        ([("bathing.goods", SOON, 100), ("meals", SOON, 9), ("goods", LATER, 50)], False, 150, (TODAY, 150)),
    ],
)
def test_points_of_any_purpose_are_passed_over(
    lots: list[tuple[str, date, int]], open_points: bool, wanted: int, chosen: tuple[date, int]
) -> None:
    held = [Lot(purpose=purpose, expires_on=day, fen=fen) for purpose, day, fen in lots]
    found = choose_lots(held, purpose="goods", open_points=open_points, on=TODAY, wanted_fen=wanted)
    assert found == chosen


@pytest.mark.parametrize(
    ("old", "new", "rise", "signed"),
    [
        (None, 900, 0, False),
        (900, 900, 0, False),
        (900, 901, 0, True),
        (1000, 1100, 10, False),
        (1000, 1101, 10, True),
        (1000, 9000, None, False),
        (1000, 900, 0, False),
    ],
)
def test_rises_are_signed_by_two(old: int | None, new: int, rise: int | None, signed: bool) -> None:
    assert needs_second_signature(old_fen=old, new_fen=new, rise_percent=rise) is signed


def test_points_go_back_to_the_posting_taken_last() -> None:
    assert spread_back(350, paid=[(1, 300), (2, 200)], given={2: 50}) == [(2, 150), (1, 200)]
    with pytest.raises(ValueError, match="more points"):
        spread_back(451, paid=[(1, 300), (2, 200)], given={2: 50})


items = st.lists(
    st.builds(
        Item,
        code=st.sampled_from(["a", "b", "c"]),
        category=st.sampled_from(["grain", "oil", "hygiene"]),
        price_fen=st.integers(1, 5000),
        count=st.integers(1, 5),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda item: item.code,
)
limits = st.lists(
    st.builds(
        dict,
        per=st.sampled_from([str(per) for per in Per]),
        category=st.sampled_from(["grain", "oil", "hygiene"]),
        count=st.integers(1, 8),
    ),
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(
    baskets=st.lists(items, min_size=1, max_size=5),
    limits=limits,
    percent=st.integers(1, 100),
    purse_fen=st.integers(0, 60_000),
)
def test_no_row_of_baskets_passes_a_limit_or_the_points(
    baskets: list[list[Item]], limits: list[dict[str, Any]], percent: int, purse_fen: int
) -> None:
    terms = purse(limits=limits, points_percent=percent, cash_rest=True)
    had: Counter[tuple[str, str]] = Counter()
    for basket in baskets:
        before = [bought(code, category, count=n) for (code, category), n in had.items()]
        judged = judge_basket(basket, purse=terms, bought=before, points_available_fen=purse_fen)
        assert judged.points_fen + judged.cash_fen == judged.price_fen
        assert sum(judged.line_points) == judged.points_fen <= purse_fen
        for item, points in zip(basket, judged.line_points, strict=True):
            assert 0 <= points <= item.price_fen * item.count * percent // 100
        if judged.objections:
            continue
        purse_fen -= judged.points_fen
        had.update({(item.code, item.category): item.count for item in basket})
        for limit in limits:
            assert sum(n for (_code, category), n in had.items() if category == limit["category"]) <= limit["count"]


@settings(max_examples=30, deadline=None)
@given(points=st.integers(0, 9999), parts=st.lists(st.integers(1, 6), min_size=1, max_size=6))
def test_pieces_that_come_back_one_after_the_other_give_back_all_points(points: int, parts: list[int]) -> None:
    count, returned, given_back = sum(parts), 0, 0
    for more in parts:
        given_back += points_of_pieces(points_fen=points, count=count, returned=returned, more=more)
        returned += more
    assert given_back == points
    with pytest.raises(ValueError, match="more pieces"):
        points_of_pieces(points_fen=points, count=count, returned=returned, more=1)
