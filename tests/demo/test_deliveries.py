"""Meals are brought to those who live, also in a city so small that deaths told late are among the oldest guests."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.people.models import SeniorStatus
from app.people.rules import Status
from demo.deliveries import still_well
from tests.app.people.factories import make_senior, make_status
from tests.conftest import FrozenClock

TODAY = date(2026, 11, 20)


def test_nobody_brings_a_meal_to_somebody_whose_death_was_recorded(session: Session, clock: FrozenClock) -> None:
    well, dead = make_senior(session), make_senior(session)
    died_on = TODAY - timedelta(days=3)
    session.execute(update(SeniorStatus).where(SeniorStatus.senior_id == dead.id).values(until_on=died_on))
    make_status(session, dead, status=Status.DECEASED, from_on=died_on)
    guests: list[Any] = [SimpleNamespace(senior=SimpleNamespace(id=each.id)) for each in (well, dead)]
    assert [guest.senior.id for guest in still_well(session, guests, day=TODAY)] == [well.id]
    before = still_well(session, guests, day=TODAY - timedelta(days=9))
    assert [guest.senior.id for guest in before] == [well.id, dead.id]
