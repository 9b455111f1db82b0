"""The rules of visits as tables of cases: the days of a line, its month, who is late; and the database agrees."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from care_beds.visits.rules import (
    Lateness,
    State,
    find_lateness,
    is_due,
    list_due_days,
    monday_of,
    month_visits,
)
from tests.care_beds.visits.town import MONDAY, Town

TEN = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "from_on", "weekdays", "every_weeks", "due"),
    [
        (MONDAY, MONDAY, 0b1, 1, True),
        (MONDAY, MONDAY, 0b10, 1, False),
        (MONDAY - timedelta(days=7), MONDAY, 0b1, 1, False),
        (MONDAY + timedelta(days=7), MONDAY, 0b1, 2, False),
        (MONDAY + timedelta(days=14), MONDAY, 0b1, 2, True),
        # Weeks count from the Monday on or before the first day, not from the first day.
        (MONDAY + timedelta(days=7), MONDAY + timedelta(days=6), 0b1, 2, False),
        (MONDAY + timedelta(days=6), MONDAY + timedelta(days=6), 0b1000000, 2, True),
    ],
)
def test_a_line_falls_on_its_days(on: date, from_on: date, weekdays: int, every_weeks: int, due: bool) -> None:
    assert is_due(on=on, from_on=from_on, weekdays=weekdays, every_weeks=every_weeks) is due


def test_days_end_before_the_end_of_the_plan() -> None:
    asked = {"since": MONDAY, "from_on": MONDAY, "weekdays": 127, "every_weeks": 1}
    days = list(list_due_days(until=MONDAY + timedelta(days=9), until_on=MONDAY + timedelta(days=2), **asked))  # type: ignore[arg-type]
    assert days == [MONDAY, MONDAY + timedelta(days=1)]
    assert list(list_due_days(until=MONDAY - timedelta(days=1), until_on=None, **asked)) == []  # type: ignore[arg-type]


def test_a_month_is_thirty_days_on_average() -> None:
    assert month_visits(weekdays=127, every_weeks=1) == 30
    assert month_visits(weekdays=0b1, every_weeks=2) == pytest.approx(15 / 7)


@pytest.mark.parametrize(
    ("state", "after_start", "lateness"),
    [
        (State.PLANNED, 15, Lateness.ON_TIME),
        (State.PLANNED, 16, Lateness.LATE),
        (State.STARTED, 70, Lateness.ON_TIME),
        (State.STARTED, 76, Lateness.STILL_THERE),
        (State.FINISHED, 500, Lateness.ON_TIME),
        (State.MISSED, 500, Lateness.ON_TIME),
    ],
)
def test_who_is_late_is_so_after_the_grace(state: State, after_start: int, lateness: Lateness) -> None:
    at = TEN + timedelta(minutes=after_start)
    ends_at = TEN + timedelta(hours=1)
    assert find_lateness(state=state, starts_at=TEN, ends_at=ends_at, grace_minutes=15, at=at) is lateness


def test_a_week_begins_on_monday() -> None:
    assert {monday_of(MONDAY + timedelta(days=n)) for n in range(7)} == {MONDAY}


def test_the_database_plans_the_days_that_the_rule_names(town: Town) -> None:
    lines = []
    for place, (weekdays, every_weeks, from_on) in enumerate(
        [(0b1010101, 1, MONDAY - timedelta(days=3)), (0b11, 2, MONDAY + timedelta(days=3)), (127, 3, MONDAY)]
    ):
        plan = town.plan(town.bed_of_another(), from_on=from_on, until_on=MONDAY + timedelta(days=20 + place))
        carer = [town.carer, town.other][place % 2].carer
        line = town.line(plan, weekdays=weekdays, every_weeks=every_weeks, start=time(9 + place), carer=carer)
        lines.append((line.id, weekdays, every_weeks, plan.from_on, plan.until_on))
    until = MONDAY + timedelta(days=28)
    town.generate(until_on=until)
    for line_id, weekdays, every_weeks, from_on, until_on in lines:
        named = list_due_days(
            since=MONDAY, until=until, from_on=from_on, until_on=until_on, weekdays=weekdays, every_weeks=every_weeks
        )
        assert [each.visit_on for each in town.visits() if each.plan_line_id == line_id] == list(named)


@settings(max_examples=40, deadline=None)
@given(weekdays=st.integers(1, 127), every_weeks=st.integers(1, 8), shift=st.integers(0, 60))
def test_every_line_comes_back_within_nine_weeks(weekdays: int, every_weeks: int, shift: int) -> None:
    from_on = MONDAY + timedelta(days=shift)
    until = from_on + timedelta(weeks=9)
    asked = {"from_on": from_on, "weekdays": weekdays, "every_weeks": every_weeks}
    days = list(list_due_days(since=from_on, until=until, until_on=None, **asked))  # type: ignore[arg-type]
    assert days
    assert all(is_due(on=on, **asked) for on in days)  # type: ignore[arg-type]
    assert days == sorted(set(days))
