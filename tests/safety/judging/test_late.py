"""Signs of life that come after somebody had looked at the home: what they disprove is over, the rest stands."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from safety.alerts.models import Incident
from safety.alerts.services import take_signals
from safety.judging.events import Event
from safety.judging.lunches import Lunch
from safety.judging.rules import run, step, tick
from safety.judging.services import judge, judge_due
from safety.judging.state import HomeState
from tests.conftest import FrozenClock
from tests.safety.factories import make_home
from tests.safety.judging.lives import RULES, UNKNOWN, at, event, told


def late(until: str, *events: Event, seen: str = "09:00") -> tuple[list[str], HomeState]:
    """Let it be quiet since some moment, look at the home, then let events come that happened before."""
    before = run(HomeState(), [event(seen, "motion living")], RULES, UNKNOWN).state
    looked = tick(before, at(until), RULES, UNKNOWN)
    after = run(looked.state, events, RULES, UNKNOWN)
    return told([*looked.signals, *after.signals]), after.state


@pytest.mark.parametrize(
    ("moved", "expected", "until"),
    [
        # Quiet from 09:00 would be too long at 16:00; seen at 09:29 it is at 16:29.
        ("09:29", ["raise quiet 16:00"], "16:30"),
        ("09:31", ["raise quiet 16:00", "clear quiet 16:30"], "16:30"),
        ("15:00", ["raise quiet 16:00", "clear quiet 16:30"], "16:30"),
        ("16:10", ["raise quiet 16:00", "clear quiet 16:30"], "16:30"),
        ("08:00", ["raise quiet 16:00"], "16:30"),
        ("09:30", [], "15:00"),
    ],
)
def test_motion_that_comes_late_ends_the_alarm_that_it_disproves(moved: str, expected: list[str], until: str) -> None:
    found, state = late(until, event(moved, "motion kitchen"))
    assert found == expected
    assert state.presence.seen == int(max(at(moved), at("09:00")).timestamp())
    assert bool(state.quiet.rule) == (len(expected) == 1)


def test_an_alarm_that_stands_is_still_disproved_by_what_comes_next() -> None:
    found, state = late("16:30", event("09:10", "motion kitchen"), event("14:30", "motion kitchen"))
    assert found == ["raise quiet 16:00", "clear quiet 16:30"]
    assert told(tick(state, at("22:00"), RULES, UNKNOWN).signals) == ["raise quiet 21:30"]


def test_who_came_home_while_the_line_was_cut_is_home() -> None:
    left = [
        event("09:00", "motion living"),
        event("09:10", "door entrance open"),
        event("09:10:20", "door entrance closed"),
    ]
    looked = tick(run(HomeState(), left, RULES, UNKNOWN).state, at("10:00", 1), RULES, UNKNOWN)
    back = run(
        looked.state, [event("08:00", "door entrance open", 1), event("08:05", "motion living", 1)], RULES, UNKNOWN
    )
    assert told([*looked.signals, *back.signals]) == ["raise not_home 09:10", "clear not_home 10:00"]
    assert (back.state.presence.away, back.state.presence.spot) == (False, "living")


def test_a_missed_lunch_is_disproved_too() -> None:
    state = run(HomeState(), [event("09:00", "motion living")], RULES, UNKNOWN).state
    state.lunch = Lunch(over=int(at("14:00").timestamp()), days=10, raised=True)
    state.clock = int(at("14:05").timestamp())
    stands = step(state, event("10:00", "motion living"), RULES, UNKNOWN)
    assert told(stands.signals) == []
    over = step(state, event("13:00", "motion living"), RULES, UNKNOWN)
    assert told(over.signals) == ["clear no_meal 14:05"]


def test_an_alert_that_late_motion_disproves_rests_until_somebody_looks(session: Session, clock: FrozenClock) -> None:
    home, now = make_home(session), clock.now()
    judge(session, events_by_home={home.id: [Event(now, "7", "motion", "living", "on")]}, now=now)
    later = now + timedelta(hours=16)
    take_signals(session, signals_by_home=judge_due(session, now=later), received_at=later, now=later)
    told_late = [Event(later - timedelta(minutes=1), "7", "motion", "living", "on")]
    found = judge(session, events_by_home={home.id: told_late}, now=later)
    take_signals(session, signals_by_home=found, received_at=later, now=later)
    (alert,) = session.scalars(select(Incident)).all()
    assert (alert.rule, alert.state) == ("quiet", "cleared_unseen")
