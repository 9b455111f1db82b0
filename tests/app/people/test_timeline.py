"""Status periods: what a new one does to those that are there."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.faults import Misfit
from app.people.rules import Status
from app.people.timeline import Period, death_of, lay_over, status_on

BORN = date(1941, 3, 5)
TODAY = date(2026, 11, 21)
ACTIVE = Period(Status.ACTIVE, date(2026, 1, 1))


def day(number: int) -> date:
    """Return a day of the year 2026 by its number."""
    return date(2026, 1, 1) + timedelta(days=number)


def laid(timeline: list[Period], status: Status, from_on: date, until_on: date | None = None) -> list[Period]:
    """Lay one period over a timeline, as seen today."""
    return lay_over(timeline, Period(status, from_on, until_on), birth_on=BORN, today=TODAY)


def test_a_stay_in_hospital_ends_in_the_status_it_interrupted():
    assert laid([ACTIVE], Status.IN_HOSPITAL, day(10), day(20)) == [
        Period(Status.ACTIVE, day(0), day(10)),
        Period(Status.IN_HOSPITAL, day(10), day(20)),
        Period(Status.ACTIVE, day(20)),
    ]


def test_a_status_without_an_end_replaces_what_came_after():
    timeline = laid([ACTIVE], Status.IN_HOSPITAL, day(10), day(20))
    assert laid(timeline, Status.IN_INSTITUTION, day(15))[-1] == Period(Status.IN_INSTITUTION, day(15))


def test_the_same_status_beside_itself_is_one_period():
    timeline = laid([ACTIVE], Status.IN_HOSPITAL, day(10), day(20))
    assert laid(timeline, Status.ACTIVE, day(10), day(20)) == [ACTIVE]


def test_the_first_day_counts_and_the_end_does_not():
    timeline = laid([ACTIVE], Status.IN_HOSPITAL, day(10), day(20))
    assert [status_on(timeline, day(number)) for number in (9, 10, 19, 20)] == [
        Status.ACTIVE,
        Status.IN_HOSPITAL,
        Status.IN_HOSPITAL,
        Status.ACTIVE,
    ]
    assert status_on(timeline, day(-1)) is None


def test_nothing_follows_a_death():
    timeline = laid([ACTIVE], Status.DECEASED, day(30))
    assert death_of(timeline) == Period(Status.DECEASED, day(30))
    for until_on in (None, day(31)):
        with pytest.raises(Misfit, match="after_death"):
            laid(timeline, Status.ACTIVE, day(20), until_on)
    assert laid(timeline, Status.IN_HOSPITAL, day(20), day(30))[-1] == Period(Status.DECEASED, day(30))


@pytest.mark.parametrize(
    ("status", "from_on", "until_on", "code"),
    [
        (Status.IN_HOSPITAL, day(10), day(10), "period_empty"),
        (Status.IN_HOSPITAL, day(10), day(9), "period_empty"),
        (Status.ACTIVE, BORN - timedelta(days=1), None, "before_birth"),
        (Status.DECEASED, day(10), day(20), "death_has_no_end"),
        (Status.DECEASED, TODAY + timedelta(days=1), None, "death_in_future"),
        (Status.MOVED_AWAY, TODAY + timedelta(days=367), None, "too_far_ahead"),
    ],
)
def test_periods_that_cannot_be_are_refused(status, from_on, until_on, code):
    with pytest.raises(Misfit, match=code):
        laid([ACTIVE], status, from_on, until_on)


ALIVE = st.sampled_from([status for status in Status if status is not Status.DECEASED])
PERIODS = st.builds(
    lambda status, start, length: Period(status, day(start), length and day(start + length)),
    ALIVE,
    st.integers(0, 60),
    st.one_of(st.none(), st.integers(1, 40)),
)


@given(st.lists(PERIODS, max_size=8))
def test_periods_never_overlap_and_the_latest_record_holds(periods):
    timeline = [ACTIVE]
    for period in periods:
        timeline = laid(timeline, period.status, period.from_on, period.until_on)
        assert all(
            before.until_on is not None and before.until_on <= after.from_on for before, after in pairwise(timeline)
        )
        assert status_on(timeline, period.from_on) is period.status
        assert status_on(timeline, day(0)) is not None
