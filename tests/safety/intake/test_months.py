"""Events lie by months: partitions are made ahead, dropped after their time, and nothing is without one."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DataError, ProgrammingError
from sqlalchemy.orm import Session

from safety.intake.models import SafetyEvent
from safety.intake.queries import keep_months, list_events


def say(session: Session, at: datetime, *, received_at: datetime | None = None, number: int = 1) -> None:
    session.add(
        SafetyEvent(
            gateway_id=1,
            event_id=f"e{number}",
            device_at=at,
            occurred_at=at,
            received_at=received_at or at,
            home_id=7,
            device_id=3,
            kind="motion",
            place="hall",
            state="on",
            clock_suspect=False,
        )
    )
    session.flush()


def months(session: Session) -> list[str]:
    asked = "SELECT relname FROM pg_class WHERE relname ~ '^safety_event_[0-9]{6}$' ORDER BY 1"
    return [name.removeprefix("safety_event_") for name in session.scalars(text(asked))]


def where(session: Session, number: int) -> str:
    asked = text("SELECT tableoid::regclass::text FROM safety_event WHERE event_id = :id")
    return str(session.scalar(asked, {"id": f"e{number}"}))


def test_months_ahead_are_made_and_old_ones_dropped(session: Session) -> None:
    keep_months(session, today=date(2031, 11, 30), ahead_months=2, kept_months=1)
    assert months(session) == ["203111", "203112", "203201"]
    assert keep_months(session, today=date(2031, 11, 30), ahead_months=2, kept_months=1) == 0
    say(session, datetime(2031, 11, 30, 23, 59, 59, tzinfo=UTC))
    keep_months(session, today=date(2031, 12, 31), ahead_months=0, kept_months=1)
    assert "203111" in months(session)
    keep_months(session, today=date(2032, 1, 1), ahead_months=0, kept_months=1)
    assert months(session) == ["203112", "203201"]
    assert session.scalars(select(SafetyEvent)).all() == []


def test_an_event_of_a_wrong_clock_moves_to_its_month_when_that_comes(session: Session) -> None:
    say(session, datetime(2041, 3, 5, tzinfo=UTC), received_at=datetime(2041, 1, 1, tzinfo=UTC))
    say(session, datetime(2041, 4, 1, tzinfo=UTC), received_at=datetime(2041, 1, 1, tzinfo=UTC), number=2)
    assert where(session, 1) == "safety_event_other"
    keep_months(session, today=date(2041, 3, 1), ahead_months=0, kept_months=6)
    assert where(session, 1) == "safety_event_204103"
    assert where(session, 2) == "safety_event_other"
    keep_months(session, today=date(2041, 8, 1), ahead_months=0, kept_months=6)
    assert session.scalars(select(SafetyEvent.event_id)).all() == ["e1"]


def test_events_can_neither_be_changed_nor_taken_away(session: Session) -> None:
    say(session, datetime(2026, 11, 5, tzinfo=UTC))
    for order in ("UPDATE safety_event SET kind = 'sos'", "DELETE FROM safety_event", "DROP TABLE safety_event_other"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(order))


def test_a_month_of_keeping_is_the_least(session: Session) -> None:
    with pytest.raises(DataError), session.begin_nested():
        keep_months(session, today=date(2031, 11, 30), ahead_months=2, kept_months=0)


def test_the_events_of_a_home_come_oldest_first(session: Session) -> None:
    for number, hour in enumerate((9, 7, 8)):
        say(session, datetime(2026, 11, 5, hour, tzinfo=UTC), number=number)
    day = {"since": datetime(2026, 11, 5, tzinfo=UTC), "until": datetime(2026, 11, 5, 9, tzinfo=UTC)}
    assert [each.device_at.hour for each in list_events(session, home_id=7, **day)] == [7, 8]
    assert [each.device_at.hour for each in list_events(session, home_id=7, **day, limit=1)] == [8]
    assert list_events(session, home_id=8, **day) == []
