"""The keeper does what is due beside what hangs or fails, and the tasks of the schedule do the same once more."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import clock
from safety.alerts.models import Incident
from safety.intake import keeping, tasks
from safety.intake.arrivals import Source
from safety.intake.keeping import Duty, Keeper, do, is_answering, sweep_all
from safety.intake.models import SafetyStranger
from safety.intake.services import accept
from safety.judging.models import SafetyHomeState
from tests.safety.factories import make_device, make_gateway, make_home


def test_a_duty_that_hangs_or_fails_keeps_no_other_from_being_done(app: Flask) -> None:
    hanging, done, failed = threading.Event(), threading.Event(), threading.Event()
    counts: list[int] = []

    def fail() -> None:
        failed.set()
        raise ValueError

    def count() -> None:
        counts.append(1)
        if len(counts) == 3:
            done.set()

    duties = [Duty("hangs", 1, lambda: hanging.wait(10)), Duty("fails", 0.01, fail), Duty("counts", 0.01, count)]
    keeper = Keeper(app, duties)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    assert done.wait(5)
    assert failed.wait(5)
    keeper.stop()
    hanging.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_database_that_is_away_is_no_end(session: Session) -> None:
    def away() -> None:
        raise OperationalError("", None, Exception())

    do(Duty("away", 1, away))
    assert is_answering()


@pytest.fixture
def quiet(session: Session) -> int:
    """Return a home where nobody was seen since yesterday morning."""
    gateway, home = make_gateway(session), make_home(session)
    make_device(session, home=home, gateway=gateway, kind="motion", ref="pir", place="bedroom")
    now = clock.now()
    source = Source(id=gateway.id, code=gateway.code, area_code=gateway.area_code, home_id=None)
    at = (now - timedelta(hours=30)).isoformat()
    told = [{"device": "pir", "kind": "motion", "state": "on", "at": at}]
    assert accept(session, gateway=source, events=told, sent_at=None, now=now - timedelta(hours=30)).accepted == 1
    session.execute(text("UPDATE safety_home_state SET due_at = :at"), {"at": now - timedelta(minutes=1)})
    session.commit()
    return home.id


@pytest.mark.parametrize("by", ["keeper", "schedule"])
def test_a_home_gone_quiet_is_found_once(session: Session, quiet: int, by: str) -> None:
    for _twice in range(2):
        keeping.sweep_all() if by == "keeper" else tasks.sweep_homes()
    (incident,) = session.scalars(select(Incident)).all()
    assert (incident.home_id, incident.rule, incident.priority) == (quiet, "quiet", 2)
    state = session.get_one(SafetyHomeState, quiet)
    assert state.due_at is None or state.due_at > clock.now()
    assert sweep_all() == 0


def test_the_schedule_makes_months_ahead_and_forgets_who_no_longer_calls(session: Session) -> None:
    for ref, day in (("old", 1), ("new", 2)):
        at = datetime(2033, 5, day, 16, 29, tzinfo=UTC)
        session.add(SafetyStranger(gateway_id=1, ref=ref, kind="motion", first_at=at, last_at=at))
    session.commit()
    before = clock.set_source(lambda: datetime(2033, 5, 31, 16, 30, tzinfo=UTC))
    try:
        tasks.keep_events()
        tasks.keep_events()
    finally:
        clock.set_source(before)
    assert session.scalars(select(SafetyStranger.ref)).all() == ["new"]
    made = session.scalars(text("SELECT relname FROM pg_class WHERE relname ~ '^safety_event_2033' ORDER BY 1")).all()
    assert [name[-2:] for name in made if name[-2:].isdigit()] == ["05", "06", "07"]
