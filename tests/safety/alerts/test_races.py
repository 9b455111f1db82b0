"""Two at once, each over a connection of its own: one alert, one holder, nothing lost between closing and alarming."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth.actor import Role
from app.db import transaction
from app.errors import DomainError
from app.messages.models import Notice
from safety.alerts import queries, services
from safety.alerts.models import AlertNote, AlertRing, Incident
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, SECOND, Signal, World, make_staff, make_world

Work = Callable[[Session], Any]


@pytest.fixture
def rush(app: Flask, committed_db: Session, clock: FrozenClock) -> World:
    """A home whose alerts really commit."""
    world = make_world(committed_db)
    committed_db.commit()
    return world


def at_once(app: Flask, *works: Work) -> list[str]:
    """Do several things at the same moment; return the codes of refusals."""
    together = Barrier(len(works))

    def do(work: Work) -> str:
        with app.app_context():
            together.wait(10)
            try:
                with transaction() as session:
                    work(session)
            except DomainError as refusal:
                return refusal.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(do, works))


def pressing(world: World, *, after: int) -> Work:
    at, home_id = world.now + after * SECOND, world.home.id
    return lambda session: services.take_signals(
        session, signals_by_home={home_id: [Signal("sos", at)]}, received_at=at, now=at
    )


def test_pressed_in_two_ways_at_once_is_one_alert(app: Flask, rush: World) -> None:
    works = [pressing(rush, after=k) for k in range(4)]
    rush.session.commit()
    assert at_once(app, *works) == ["done"] * 4
    (alert,) = rush.session.scalars(select(Incident))
    assert alert.repeats == 3
    assert rush.session.scalar(select(func.count()).select_from(AlertRing)) == 1
    seqs = [(each.seq, each.incident_id) for each in queries.find_changes(rush.session, after_seq=0)]
    assert [seq for seq, _id in seqs] == sorted(seq for seq, _id in seqs)
    assert {found for _seq, found in seqs} == {alert.id}


def test_of_two_operators_one_has_it_and_the_other_hears_by_whom(app: Flask, rush: World) -> None:
    alert_id, now = rush.sos().id, rush.now
    operator, other = rush.operator, rush.other
    rush.session.commit()
    taking = [
        lambda session, by=by: services.take(session, incident_id=alert_id, by=by, now=now) for by in (operator, other)
    ]
    assert at_once(app, *taking) == ["done", "taken_by_other"]
    assert rush.session.scalar(select(func.count()).select_from(AlertNote)) == 1


def test_an_alarm_that_comes_while_it_is_closed_is_never_lost(app: Flask, rush: World) -> None:
    for number in range(6):
        rush.sos()
        alert_id = rush.session.scalars(select(Incident.id).where(Incident.state != "closed")).one()
        services.take(rush.session, incident_id=alert_id, by=rush.operator, now=rush.now)
        seen = rush.session.get_one(Incident, alert_id).repeats
        asked = {"incident_id": alert_id, "by": rush.operator, "now": rush.now, "seen": seen}
        again = pressing(rush, after=10 + number)
        rush.session.commit()
        told = at_once(app, lambda s, a=asked: services.close(s, outcome="well", **a), again)
        rush.session.rollback()
        (open_one,) = rush.session.scalars(select(Incident).where(Incident.state != "closed"))
        # Either it was refused to close, or the new press is an alert of its own that rings.
        assert (told == ["done", "signalled_again"]) == (open_one.id == alert_id)
        if open_one.id != alert_id:
            assert (open_one.state, open_one.reopens_id) == ("raised", alert_id)
        else:
            services.close(rush.session, incident_id=alert_id, outcome="well", by=rush.operator, now=rush.now)
        rush.session.commit()
        clean(rush)


def clean(rush: World) -> None:
    for alert in rush.session.scalars(select(Incident).where(Incident.state != "closed")):
        services.take(rush.session, incident_id=alert.id, by=rush.operator, now=rush.now)
        services.close(rush.session, incident_id=alert.id, outcome="well", by=rush.operator, now=rush.now)
    rush.session.commit()
    rush_clock = rush.now + MINUTE
    clock_module.set_source(lambda: rush_clock)


def test_several_runners_at_once_do_each_thing_once(app: Flask, rush: World) -> None:
    alert_id = rush.sos().id
    later = rush.now + 30 * MINUTE
    rush.session.commit()
    runs = [lambda session: services.escalate_due(session, now=later)] * 3
    assert at_once(app, *runs) == ["done"] * 3
    rush.session.rollback()
    rows = rush.session.execute(
        text("SELECT round, position, count(*) FROM safety_step WHERE incident_id = :id GROUP BY 1, 2"),
        {"id": alert_id},
    ).all()
    assert {row.count for row in rows} == {1}
    assert rush.session.get_one(Incident, alert_id).round == 2


class Killed(BaseException):
    """What a killed process leaves: nothing of its transaction."""


def test_a_runner_that_is_killed_half_way_loses_nothing_and_the_next_asks_once(
    app: Flask, rush: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = make_staff(rush.session, Role.GRID_WORKER).account_id
    alert_id, later = rush.sos().id, rush.now + 6 * MINUTE
    rush.session.commit()

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("safety.alerts.escalating.set_due", die)
        with pytest.raises(Killed), transaction() as session:
            services.escalate_due(session, now=later)
    asked = select(func.count()).select_from(Notice).where(Notice.account_id == worker)
    assert rush.session.scalar(asked) == 0
    rush.session.rollback()
    for _ in range(2):
        with transaction() as session:
            services.escalate_due(session, now=later)
    assert rush.session.scalar(asked) == 1
    assert rush.session.get_one(Incident, alert_id, populate_existing=True).state == "raised"


def test_two_green_keys_at_once_are_one_wish(app: Flask, rush: World) -> None:
    at, home_id = rush.now, rush.home.id
    rush.session.commit()
    wishes = [
        lambda session, k=k: services.take_signals(
            session, signals_by_home={home_id: [Signal("green_key", at + k * SECOND, 3)]}, received_at=at, now=at
        )
        for k in range(3)
    ]
    assert at_once(app, *wishes) == ["done"] * 3
    assert rush.session.execute(text("SELECT state, repeats FROM safety_request")).all() == [("open", 2)]
