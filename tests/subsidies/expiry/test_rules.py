"""When points end and where they go: tables of cases."""

from datetime import date
from typing import Any

import pytest

from subsidies.expiry.rules import (
    Rollover,
    add_months,
    by_programme,
    end_of,
    find_destination,
    month_of,
    next_month,
    read_rollover,
)

DOCUMENT = Rollover(
    document_id=7,
    programme="demo-care",
    into=("nursing", "home_help"),
    until_months=6,
    from_on=date(2026, 1, 1),
    until_on=date(2027, 1, 1),
)
KNOWN = by_programme([DOCUMENT])


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 2, 28), 12, date(2027, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 29)),
        (date(2026, 6, 30), 1, date(2026, 7, 31)),
        (date(2026, 6, 15), 7, date(2027, 1, 15)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
    ],
)
def test_months_later_the_last_day_stays_the_last(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@pytest.mark.parametrize(
    ("programme", "purpose", "expires_on", "goal"),
    [
        ("demo-care", "any", date(2026, 12, 31), ("home_help.nursing", date(2027, 6, 30))),
        ("demo-care", "any", date(2026, 1, 1), ("home_help.nursing", date(2026, 7, 1))),
        ("demo-care", "any", date(2025, 12, 31), None),
        ("demo-care", "any", date(2027, 1, 1), None),
        ("demo-care", "home_help.nursing", date(2026, 12, 31), None),
        ("another", "any", date(2026, 12, 31), None),
    ],
)
def test_points_move_once_by_the_document_of_their_last_good_day(
    programme: str, purpose: str, expires_on: date, goal: Any
) -> None:
    found = find_destination(KNOWN, programme=programme, purpose=purpose, expires_on=expires_on)
    assert (found and (found.purpose, found.expires_on)) == goal


@pytest.mark.parametrize(
    ("expiry", "months"),
    [
        ({"mode": "month_end"}, None),
        ({"mode": "months", "months": 12}, None),
        ({"mode": "year_end"}, None),
        ({}, None),
        ({"mode": "rollover", "then": {"pays_for": ["nursing"], "months": 3}}, 3),
    ],
)
def test_only_a_document_of_that_mode_moves_points(expiry: dict[str, Any], months: int | None) -> None:
    found = read_rollover(7, {"code": "demo-care", "expiry": expiry}, date(2026, 1, 1))
    assert (found.until_months if found else None) == months


def test_a_last_good_day_is_over_at_midnight_in_hangzhou() -> None:
    assert end_of(date(2026, 12, 31)).isoformat() == "2027-01-01T00:00:00+08:00"


def test_months_are_whole() -> None:
    assert month_of(date(2026, 2, 14)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert next_month(date(2026, 12, 14)) == date(2027, 1, 1)
