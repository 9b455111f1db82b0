"""What is wrong with one home: the others ring, its own danger rings too, and somebody hears of the fault."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.auth.actor import Role
from app.messages.models import Notice
from safety.alerts import opening, queries, services, taking
from safety.alerts.models import AlertNote, Incident
from safety.alerts.parts import Trouble
from safety.kits.models import SafetyHome
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, SECOND, Signal, World, make_staff
from tests.safety.factories import make_home


@pytest.fixture
def broken(world: World, monkeypatch: pytest.MonkeyPatch) -> SafetyHome:
    """A home of which nothing can be worked out."""
    home = make_home(world.session)
    real = opening._hear_one

    def hear_one(incident: Incident, *args: Any, **more: Any) -> Any:
        if incident.home_id == home.id:
            raise ValueError("what is kept of this home makes no sense")
        return real(incident, *args, **more)

    monkeypatch.setattr(opening, "_hear_one", hear_one)
    return home


def hear(world: World, found: dict[int, Sequence[Signal]]) -> dict[int, Incident]:
    taken = services.take_signals(world.session, signals_by_home=found, received_at=world.now, now=world.now)
    return {each.home_id or 0: each for each in taken}


def test_what_is_wrong_with_one_home_keeps_no_other_silent_nor_itself(
    world: World, broken: SafetyHome, clock: FrozenClock
) -> None:
    admin = make_staff(world.session, Role.ADMINISTRATOR, area_code=world.home.area_code[:6]).account_id
    pressed = Signal("sos", world.now)
    with capture_logs() as logs:
        found = hear(world, {broken.id: [pressed, Signal("low_battery", world.now, 3)], world.home.id: [pressed]})
    assert sorted(found) == sorted([broken.id, world.home.id])
    plain = found[broken.id]
    assert (plain.state, plain.rule, plain.priority, plain.senior_id) == ("raised", "sos", 1, broken.senior_id)
    assert world.rings(plain) == [("new", "rings")]
    assert [each["event"] for each in logs] == ["safety.batch_not_opened", "safety.home_not_opened"]
    assert world.session.scalars(select(AlertNote.kind)).all() == ["plain"]
    (fault,) = queries.find_silent(world.session, now=world.now)
    assert (fault.name, fault.trouble) == ("opening", Trouble.FAILED)
    services.watch(world.session, now=world.now)
    services.watch(world.session, now=world.now)
    told = world.session.scalars(select(Notice.kind).where(Notice.account_id == admin)).all()
    assert told == ["safety.part_failed"]
    # Its ladder is begun by whoever keeps alerts.
    clock.moment += SECOND
    world.go()
    assert (plain.round, plain.ladder) == (1, "danger")


def test_a_plain_alert_counts_each_call_once_and_rings_again_for_the_next(
    world: World, broken: SafetyHome, clock: FrozenClock
) -> None:
    first = Signal("sos", world.now)
    plain = hear(world, {broken.id: [first]})[broken.id]
    assert hear(world, {broken.id: [first]}) == {}
    services.take(world.session, incident_id=plain.id, by=world.operator, now=world.now)
    clock.moment += MINUTE
    again = hear(world, {broken.id: [Signal("smoke", world.now, place="kitchen")]})[broken.id]
    assert (again.id, again.state, again.taken_by, again.repeats) == (plain.id, "raised", None, 1)
    assert world.rings(again) == [("new", "answered"), ("new", "rings")]


def test_what_is_kept_of_an_alert_cannot_be_read_and_it_rings_all_the_same(world: World) -> None:
    world.sos()
    world.session.execute(text("UPDATE safety_incident SET sounding = '{\"sos@\": 5}'"))
    world.session.expire_all()
    found = hear(world, {world.home.id: [Signal("smoke", world.now)]})[world.home.id]
    assert (found.state, found.repeats) == ("raised", 1)


def test_a_database_that_is_away_is_no_homes_fault(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_more: object) -> None:
        raise OperationalError("", None, Exception("gone"))

    monkeypatch.setattr(taking, "open_alerts", away)
    with pytest.raises(OperationalError):
        world.sos()


def test_a_home_without_any_alert_is_said_loudly(
    world: World, broken: SafetyHome, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise ValueError

    monkeypatch.setattr(taking, "raise_plain", fail)
    with capture_logs() as logs:
        found = hear(world, {broken.id: [Signal("sos", world.now)], world.home.id: [Signal("sos", world.now)]})
    assert list(found) == [world.home.id]
    assert "safety.home_has_no_alert" in [each["event"] for each in logs]
