"""Learning from the events of the night before, and who is missed at lunch."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import ZONE
from safety.judging import services
from safety.judging.events import Event
from safety.judging.lunches import expects_lunch
from safety.judging.models import SafetyHomeState
from safety.judging.nights import learn_rhythms
from safety.judging.services import judge, judge_due
from safety.judging.terms import SafetyRules
from tests.conftest import FrozenClock
from tests.safety.factories import make_home

TUESDAY = date(2026, 5, 12)
INSERT = text(
    """
    INSERT INTO safety_event
        (gateway_id, event_id, device_at, occurred_at, received_at, home_id, device_id, kind, place, state,
         clock_suspect)
    VALUES (1, :id, :at, :at, :at, :home_id, 1, 'motion', :place, 'on', false)
    """
)


def lived(session: Session, home_id: int, clock: FrozenClock, days: int) -> None:
    """Write days of somebody who is up from seven to ten and never quiet for more than an hour."""
    today = datetime.combine(clock.now().astimezone(ZONE).date(), time(), ZONE)
    hours = [(day, hour) for day in range(days, 0, -1) for hour in range(7, 22)]
    session.execute(
        INSERT,
        [
            {
                "id": f"{day}-{hour}",
                "at": today - timedelta(days=day) + timedelta(hours=hour),
                "home_id": home_id,
                "place": "living",
            }
            for day, hour in hours
        ],
    )


def test_a_home_learns_from_the_events_that_came(session: Session, clock: FrozenClock) -> None:
    home = make_home(session)
    now = clock.now()
    judge(session, events_by_home={home.id: [Event(now, "7", "motion", "living", "on")]}, now=now)
    lived(session, home.id, clock, days=14)
    done = learn_rhythms(session, now=now)
    assert (done.count, done.last) == (1, home.id)
    row = session.get_one(SafetyHomeState, home.id, populate_existing=True)
    assert row.rhythm["days"] >= 13
    assert learn_rhythms(session, now=now, after=home.id).last is None
    assert learn_rhythms(session, now=now).count == 0
    due = judge_due(session, now=now + timedelta(hours=4))
    assert [each.why.code for each in due[home.id]] == ["quiet"]


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ((1, 2, 3, 4, 7, 8, 9, 14), 8),
        ((1, 2, 3, 4, 7, 8, 9, 10), 0),
        ((1, 2, 3, 4, 7, 8, 14), 0),
        ((2, 3, 4, 7, 8, 9, 14, 15), 0),
    ],
)
def test_who_is_expected_at_lunch(back: Sequence[int], expected: int) -> None:
    eaten = [TUESDAY - timedelta(days=each) for each in back]
    assert expects_lunch(eaten, TUESDAY, SafetyRules()) == expected


@pytest.mark.parametrize(("came", "rules"), [(False, ["no_meal"]), (True, [])])
def test_a_regular_guest_who_did_not_come_and_is_not_seen(
    session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, came: bool, rules: list[str]
) -> None:
    home = make_home(session)
    noon = datetime.combine(TUESDAY, time(12), ZONE)
    judge(session, events_by_home={home.id: [Event(noon, "7", "motion", "living", "on")]}, now=noon)
    row = session.get_one(SafetyHomeState, home.id, populate_existing=True)
    row.state = {**row.state, "lunch": {"over": int(noon.timestamp()) + 7200, "days": 9}}
    session.flush()
    eaten = {home.senior_id: {TUESDAY}} if came else {}
    monkeypatch.setattr(services, "list_days_eaten", lambda *_told, **_named: eaten)
    row.due_at = noon
    session.flush()
    due = judge_due(session, now=noon + timedelta(hours=3, minutes=1))
    assert [str(each.rule) for each in due[home.id]] == rules
