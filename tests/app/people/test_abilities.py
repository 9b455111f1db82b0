"""Levels that rest on something: from their first day on, never pushed aside by hand or by an older one."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.audit.models import AuditEntry
from app.errors import Invalid, NotFound
from app.people import abilities, services, tasks
from app.people.ability_rows import list_abilities
from app.people.models import Senior
from tests.app.people.factories import make_actor, make_senior
from tests.app.people.sheets import a_row, as_csv, places, take  # noqa: F401 - a fixture too
from tests.conftest import FrozenClock

TODAY = date(2026, 11, 20)


def put(session: Session, senior: Senior, level: int, *, number: int = 1, from_on: date = TODAY) -> None:
    by = make_actor(session)
    abilities.set_ability_level(
        session,
        senior_id=senior.id,
        level=level,
        from_on=from_on,
        source=f"assessment:{number}",
        by=by,
        now=app_clock.now(),
    )


def test_a_level_counts_from_today_and_is_written_down(session: Session, clock: FrozenClock) -> None:
    senior = make_senior(session, ability_level=1)
    put(session, senior, 3)
    put(session, senior, 4)  # the same source again
    assert senior.ability_level == 3
    assert [(row.level, row.from_on) for row in list_abilities(session, senior_id=senior.id)] == [(3, TODAY)]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.old, entry.new) == ("senior.changed", {"ability_level": 1}, {"ability_level": 3})


def test_a_level_of_a_day_to_come_waits_for_it(session: Session, clock: FrozenClock) -> None:
    senior = make_senior(session, ability_level=1)
    put(session, senior, 2, from_on=date(2026, 12, 1))
    tasks.take_up_levels()
    assert senior.ability_level == 1
    clock.advance(days=11)
    for _twice in range(2):
        tasks.take_up_levels()
    session.refresh(senior)
    assert senior.ability_level == 2


def test_what_is_recorded_late_pushes_nothing_newer_aside(session: Session, clock: FrozenClock) -> None:
    senior = make_senior(session)
    put(session, senior, 3, from_on=date(2026, 11, 1))
    put(session, senior, 1, number=2, from_on=date(2026, 5, 1))
    assert senior.ability_level == 3


def test_a_level_that_was_assessed_is_not_changed_by_hand(session: Session, clock: FrozenClock) -> None:
    senior = make_senior(session, ability_level=1)
    clerk = make_actor(session)

    def change(level: str) -> None:
        fields = {"ability_level": level}
        services.update_senior(session, senior_id=senior.id, fields=fields, actor=clerk, now=app_clock.now())

    change("2")
    put(session, senior, 3)
    change("3")
    with pytest.raises(Invalid) as refused:
        change("0")
    assert list(refused.value.errors) == ["ability_level"]
    assert senior.ability_level == 3


def test_a_file_does_not_change_it_either(session: Session, clock: FrozenClock, places: Any) -> None:  # noqa: F811
    row = a_row(1)
    take(session, as_csv([{**row, "ability_level": "1"}]))
    put(session, session.scalars(select(Senior)).one(), 3)
    report = take(session, as_csv([{**row, "ability_level": "0"}]))
    assert (report.changed, [(fault.column, fault.code) for fault in report.faults]) == (
        0,
        [("ability_level", "level_assessed")],
    )
    assert take(session, as_csv([{**row, "name": "王秀瑛", "ability_level": "3"}])).changed == 1


def test_nobody_has_no_level(session: Session, clock: FrozenClock) -> None:
    with pytest.raises(NotFound):
        abilities.set_ability_level(
            session, senior_id=999_999, level=1, from_on=TODAY, source="assessment:1", by=None, now=app_clock.now()
        )
