"""Judging many homes in the database."""

from datetime import timedelta

from sqlalchemy import event as hooks
from sqlalchemy import select
from sqlalchemy.orm import Session

from safety.judging.events import Event
from safety.judging.models import SafetyHomeState
from safety.judging.services import judge, judge_due
from tests.conftest import FrozenClock
from tests.safety.factories import make_home


def test_a_press_is_judged_with_the_events_it_came_with(session: Session, clock: FrozenClock) -> None:
    home = make_home(session)
    now = clock.now()
    events = [Event(now, "7", "motion", "living", "on"), Event(now, "8", "sos", "living", "on")]
    signals = judge(session, events_by_home={home.id: events}, now=now)
    assert [each.rule for each in signals[home.id]] == ["sos"]
    row = session.get_one(SafetyHomeState, home.id, populate_existing=True)
    assert row.revision == 1
    assert row.due_at is not None


def test_what_falls_due_is_told_once(session: Session, clock: FrozenClock) -> None:
    home = make_home(session)
    now = clock.now()
    judge(session, events_by_home={home.id: [Event(now, "7", "motion", "living", "on")]}, now=now)
    later = now + timedelta(hours=16)
    assert [each.rule for each in judge_due(session, now=later)[home.id]] == ["quiet"]
    assert judge_due(session, now=later) == {}


def test_a_home_that_ended_tells_nothing(session: Session, clock: FrozenClock) -> None:
    home = make_home(session, state="ended")
    now = clock.now()
    assert judge(session, events_by_home={home.id: [Event(now, "8", "sos", "living", "on")]}, now=now) == {}


def test_many_homes_take_no_more_statements_than_one(session: Session, clock: FrozenClock) -> None:
    homes = [make_home(session) for _ in range(6)]
    now = clock.now()

    def count(ids: list[int]) -> int:
        sent: list[str] = []
        hooks.listen(session.get_bind(), "before_cursor_execute", lambda *told: sent.append(told[2]), named=False)
        judge(session, events_by_home={each: [Event(now, "7", "motion", "living", "on")] for each in ids}, now=now)
        return len(sent)

    assert count([homes[0].id]) == count([home.id for home in homes[1:]])
    assert len(session.scalars(select(SafetyHomeState)).all()) == 6
