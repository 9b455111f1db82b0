"""Judging many homes in the database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as hooks
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.policies import queries as policies
from app.policies.models import PolicyDocument
from safety.judging import services
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


@pytest.mark.parametrize(
    "kept", [{"presence": {"of_another_edition": 1}}, {"clock": 9, "devices": {"8": []}}, {"falls": {"8": None}}]
)
def test_a_home_of_which_nothing_can_be_read_still_calls_and_keeps_nobody_else_from_calling(
    session: Session, clock: FrozenClock, kept: dict[str, Any]
) -> None:
    broken, well = make_home(session), make_home(session)
    now = clock.now()
    session.add(SafetyHomeState(home_id=broken.id, state=kept, due_at=now))
    session.flush()
    for kind in ("sos", "smoke", "fall"):
        event = Event(now, "8", kind, "living", "on")
        signals = judge(session, events_by_home={home.id: [event] for home in (broken, well)}, now=now)
        later = judge_due(session, now=now + timedelta(minutes=1)) if kind == "fall" else signals
        for home in (broken, well):
            assert kind in [each.rule for each in (*signals.get(home.id, ()), *later.get(home.id, ()))]


def test_a_home_that_cannot_be_judged_keeps_no_other_from_being_looked_at(
    session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = make_home(session), make_home(session)
    now = clock.now()
    seen = {home.id: [Event(now, "7", "motion", "living", "on")] for home in (broken, well)}
    judge(session, events_by_home=seen, now=now)
    real = services.pass_time

    def fail(state: Any, *args: Any) -> Any:
        if state.presence.spot == "broken":
            raise ValueError
        return real(state, *args)

    row = session.get_one(SafetyHomeState, broken.id, populate_existing=True)
    row.state = {**row.state, "presence": {**row.state["presence"], "spot": "broken"}}
    session.flush()
    monkeypatch.setattr(services, "pass_time", fail)
    looked = judge_due(session, now=now + timedelta(hours=16))
    assert (looked[broken.id], [each.rule for each in looked[well.id]]) == ([], ["quiet"])


def test_a_document_of_another_edition_costs_no_alarm(
    session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(session)
    old = PolicyDocument(id=1, area_code=home.area_code, body={"written": "otherwise"})
    monkeypatch.setattr(policies, "list_in_force", lambda *_args, **_more: [old])
    pressed = [Event(clock.now(), "8", "sos", "living", "on")]
    assert judge(session, events_by_home={home.id: pressed}, now=clock.now())[home.id]
