"""How soon alarms were answered and somebody was there, against what a place promised; and each that was missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.auth.queries import list_names
from app.clock import ZONE, business_day
from safety.alerts.access import shown_names, visible_to
from safety.alerts.goals import Goal, Score, Wait, is_missed, score, was_called_off
from safety.alerts.models import AlertRing, Incident
from safety.alerts.policy_reading import rules_of_places
from safety.alerts.rules import Lane, Ring

# Each ring of an alarm is a call that somebody waits at; one that was given back or left lying is a fault of the desk
# and is told apart.
CALLS = (Ring.NEW, Ring.WORSE, Ring.AGAIN, Ring.UNSHELVED)
# More than a city has in a quarter of a year; beyond it the figures say that they are of a part.
MOST = 100_000
MISSES_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A wait that was longer than promised."""

    incident_id: int
    senior_name: str
    rule: str
    priority: int
    since: datetime
    until: datetime | None
    by: str
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of the promises in a period; ``is_part`` if there was more than is ever counted."""

    answered: Sequence[Score]
    attended: Sequence[Score]
    idle: int
    is_part: bool


def count_targets(session: Session, *, reach: Actor, from_on: date, until_on: date, now: datetime) -> Measured:
    """Measure answering and attending of the alarms of somebody's area; ``until_on`` is the first day without."""
    rings = session.execute(_select_rings(reach, from_on, until_on).limit(MOST + 1)).all()
    goals = _goals(session, reach, now=now)
    calls = [_ring_wait(row) for row in rings[:MOST] if row.kind in CALLS]
    visits = _visit_waits(session, reach, from_on, until_on, goal=goals[1][-1])
    return Measured(
        answered=[score(goal, calls, now=now) for goal in goals[0]],
        attended=[score(goal, [wait for _row, wait in visits], now=now) for goal in goals[1]],
        idle=sum(1 for row in rings[:MOST] if row.kind == Ring.IDLE),
        is_part=len(rings) > MOST,
    )


def list_misses(
    session: Session, *, reach: Actor, from_on: date, until_on: date, now: datetime, limit: int = MISSES_SHOWN
) -> tuple[Sequence[Miss], Sequence[Miss]]:
    """Return each alarm that was answered too late by the last of the goals, and each where nobody came in time."""
    answer, attend = _goals(session, reach, now=now)
    rings = session.execute(_select_rings(reach, from_on, until_on).limit(MOST)).all()
    late = [(row, wait) for row in rings if row.kind in CALLS and _is_late(wait := _ring_wait(row), answer[-1], now)]
    absent = [
        (row, wait)
        for row, wait in _visit_waits(session, reach, from_on, until_on, goal=attend[-1])
        if _is_late(wait, attend[-1], now)
    ]
    return _misses(session, late[:limit], answer[-1], reach), _misses(session, absent[:limit], attend[-1], reach)


def _is_late(wait: Wait, goal: Goal, now: datetime) -> bool:
    return is_missed(goal, wait, now=now)


def _goals(session: Session, reach: Actor, *, now: datetime) -> tuple[tuple[Goal, ...], tuple[Goal, ...]]:
    """Return what the reader's place promised; of several places, the first."""
    place = reach.area_codes[0] if reach.area_codes else "330000"
    goals = rules_of_places(session, area_codes=[place], on=business_day(now))[place].goals
    return goals.answer, goals.attend


def _select_rings(reach: Actor, from_on: date, until_on: date) -> Any:
    return (
        select(
            AlertRing.kind,
            AlertRing.began_at,
            AlertRing.answered_at,
            AlertRing.answered_by.label("by"),
            AlertRing.ended_at,
            AlertRing.priority,
            Incident.id,
            Incident.senior_id,
            Incident.rule,
        )
        .join(Incident, Incident.id == AlertRing.incident_id)
        .where(visible_to(reach), Incident.lane == Lane.LIFE)
        .where(AlertRing.began_at >= _midnight(from_on), AlertRing.began_at < _midnight(until_on))
        .order_by(AlertRing.began_at.desc(), AlertRing.id.desc())
    )


def _ring_wait(row: Any) -> Wait:
    return Wait(since=row.began_at, until=row.answered_at, spared_at=row.ended_at)


def _visit_waits(
    session: Session, reach: Actor, from_on: date, until_on: date, *, goal: Goal
) -> list[tuple[Any, Wait]]:
    """Return how long each person waited for whom was sent; a visit that was called off in time is none."""
    query = (
        select(
            Incident.id,
            Incident.senior_id,
            Incident.rule,
            Incident.priority,
            Incident.opened_at,
            Incident.sent_at,
            Incident.attended_at,
            Incident.closed_at,
            Incident.is_false,
            Incident.closed_by.label("by"),
        )
        .where(visible_to(reach), Incident.lane == Lane.LIFE, Incident.sent_at.is_not(None))
        .where(Incident.opened_at >= _midnight(from_on), Incident.opened_at < _midnight(until_on))
        .order_by(Incident.opened_at.desc(), Incident.id.desc())
        .limit(MOST)
    )
    return [
        (row, Wait(since=row.opened_at, until=row.attended_at))
        for row in session.execute(query)
        if row.attended_at is not None
        or not was_called_off(
            sent_at=row.sent_at, closed_at=row.closed_at, is_false_alarm=row.is_false, within=goal.within
        )
    ]


def _misses(session: Session, found: Sequence[tuple[Any, Wait]], goal: Goal, reach: Actor) -> list[Miss]:
    seniors = shown_names(session, senior_ids={row.senior_id for row, _wait in found if row.senior_id}, reach=reach)
    people = list_names(session, account_ids={row.by for row, _wait in found if row.by})
    return [
        Miss(
            incident_id=row.id,
            senior_name=seniors.get(row.senior_id or 0, ""),
            rule=row.rule,
            priority=row.priority,
            since=wait.since,
            until=wait.until,
            by=people.get(row.by or 0, ""),
            within=goal.within,
        )
        for row, wait in found
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)
