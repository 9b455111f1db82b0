"""Figures, targets on both sides of their bounds, months against the one before, and documents of targets."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.policies.kinds import find_body_faults, get_kind
from portal.city.access import months_around, own_place, read_month
from portal.city.rules import FIGURES, Figure, Target, Value, change_permille, period_of, work_out
from portal.city.targets import EXAMPLE
from portal.city.words import CODE_NAMES, DEFINITIONS, FIGURE_NAMES
from tests.app.people.factories import make_actor

SEATS = next(figure for figure in FIGURES if figure.code == "seats")


@pytest.mark.parametrize(
    ("at_least", "at_most", "amount", "whole", "is_met"),
    [
        (950, None, 95, 100, True),
        (950, None, 949, 1000, False),
        (950, None, 0, 0, None),
        (None, 50, 5, 100, True),
        (None, 50, 51, 1000, False),
        (400, 2500, 39, 100, False),
        (400, 2500, 40, 100, True),
        (400, 2500, 250, 100, True),
        (400, 2500, 251, 100, False),
        (975, None, 974_999, 1_000_000, False),
        (975, None, 975_000, 1_000_000, True),
        (950, None, 5, None, None),
    ],
)
def test_a_target_is_met_on_its_bounds_and_not_beyond(
    at_least: int | None, at_most: int | None, amount: int, whole: int | None, is_met: bool | None
) -> None:
    assert Target(figure="cards", at_least=at_least, at_most=at_most).is_met(Value(amount, whole)) is is_met


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (Value(110), Value(100), 100),
        (Value(90), Value(100), -100),
        (Value(5), Value(0), None),
        (Value(9, 10), Value(8, 10), 100),
        (Value(9, 10), Value(0, 0), None),
    ],
)
def test_a_count_changes_by_its_part_and_a_share_by_points(now: Value, before: Value, change: int | None) -> None:
    assert change_permille(now, before) == change


def test_shares_are_rounded_down_and_nothing_is_made_of_nothing() -> None:
    assert work_out(SEATS, {"meals": 1999, "seats": 2000}).permille == 999
    assert work_out(SEATS, {}).permille is None


@pytest.mark.parametrize(
    ("month", "today", "days"),
    [
        (date(2026, 11, 1), date(2026, 11, 20), ("2026-11-01", "2026-11-20", "2026-10-01", "2026-10-20")),
        (date(2026, 3, 1), date(2026, 3, 31), ("2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28")),
        (date(2026, 10, 1), date(2026, 11, 20), ("2026-10-01", "2026-10-31", "2026-09-01", "2026-09-30")),
        (date(2026, 1, 1), date(2026, 1, 1), ("2026-01-01", "2026-01-01", "2025-12-01", "2025-12-01")),
    ],
)
def test_a_month_is_held_against_the_same_days_before(month: date, today: date, days: tuple[str, ...]) -> None:
    found = period_of(month, today)
    assert tuple(map(str, (found.from_on, found.until_on, found.before_from, found.before_until))) == days


def test_months_of_an_address() -> None:
    today = date(2026, 12, 5)
    assert read_month("2026-11", today) == date(2026, 11, 1)
    for told in ("2027-01", "1999-01", "x", "", "2026-13"):
        assert read_month(told, today) == date(2026, 12, 1)
    assert months_around(date(2026, 12, 1), today) == (date(2026, 11, 1), None)
    assert months_around(date(2026, 1, 1), today) == (date(2025, 12, 1), date(2026, 2, 1))


def test_the_widest_place_comes_first() -> None:
    assert own_place(make_actor(area_code="330105011")) == "330105011"
    assert own_place(make_actor(roles=())) is None


def test_every_figure_has_a_name_and_says_how_it_is_counted(app: Flask) -> None:
    figures: tuple[Figure, ...] = FIGURES
    assert len({figure.code for figure in figures}) == len(figures)
    for figure in figures:
        assert FIGURE_NAMES[figure.code]
        assert DEFINITIONS[figure.code]
        assert all(code in CODE_NAMES for code in (*figure.parts, *figure.wholes))


@pytest.mark.parametrize(
    ("targets", "where"),
    [
        ([{"figure": "cards"}], "body.targets.0"),
        ([{"figure": "cards", "at_least_percent": 60, "at_most_percent": 50}], "body.targets.0.at_most_percent"),
        ([{"figure": "cards", "at_least_percent": 5}] * 2, "body.targets.1.figure"),
        ([{"figure": "meals", "at_least_percent": 5}], "body.targets.0.figure"),
        ([{"figure": "cards", "at_least_percent": 1001}], "body.targets.0.at_least_percent"),
        ([], "body.targets"),
    ],
)
def test_what_is_wrong_in_a_document_of_targets_is_named(app: Flask, targets: list[Any], where: str) -> None:
    kind = get_kind("city_targets")
    assert [fault.where for fault in find_body_faults(kind, {"targets": targets}, "330100")][:1] == [where]
    assert find_body_faults(kind, EXAMPLE, "330100") == []
