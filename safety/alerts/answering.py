"""What people outside the desk answer: whoever is asked to go there, and the family that is with her already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.areas import queries as areas
from app.audit.services import record
from app.auth.actor import Actor, Role
from app.clock import business_day
from app.people.queries import names_of
from safety.alerts.climbing import set_due
from safety.alerts.errors import AlertClosed, AlertNotFound, NotAsked, StepDone, StepNotFound
from safety.alerts.escalating import ask_next_now
from safety.alerts.ladders import Means, Rung
from safety.alerts.models import AlertNote, AlertStep, Incident
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.rules import State
from safety.alerts.stepping import arrive, end_step, expect
from safety.alerts.telling import tell_family
from safety.alerts.terms import AlertRules, Moment
from safety.kits.doors import open_home
from safety.kits.queries import gateway_names, get_home

TASKS_SHOWN = 50
RUNG_OF = {Role.GRID_WORKER: Rung.GRID_WORKER, Role.STREET_CLERK: Rung.STREET}


class Said(StrEnum):
    """What somebody who is asked to go there says."""

    COMING = "coming"
    THERE = "there"
    CANNOT = "cannot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Where somebody is asked to go, and why; of a call from nowhere the gateway that heard it."""

    step_id: int
    incident_id: int
    home_id: int | None
    senior_name: str
    rule: str
    place: str
    priority: int
    raised_at: datetime
    asked_at: datetime
    is_coming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where it is, how to get in, and what the family asks."""

    address: str
    way_in: str
    instructions: str


def list_tasks(session: Session, *, by: Actor, limit: int = TASKS_SHOWN) -> Sequence[Task]:
    """Return where the caller is asked to go: what was asked of them by name, or of everybody of their post."""
    query = (
        select(AlertStep, Incident)
        .join(Incident, Incident.id == AlertStep.incident_id)
        .where(_asks(by), _waits(by), Incident.state != State.CLOSED, Incident.attended_at.is_(None))
        .order_by(Incident.priority, AlertStep.started_at, AlertStep.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    names = names_of(session, senior_ids={each.senior_id for _step, each in rows if each.senior_id})
    gateways = gateway_names(session, gateway_ids={each.gateway_id for _step, each in rows if each.gateway_id})
    found: dict[int, Task] = {}
    for step, alert in rows:
        # Of an alert that was asked for in several rounds the latest counts.
        name = names.get(alert.senior_id or 0) or gateways.get(alert.gateway_id or 0, "")
        found[alert.id] = _task(step, alert, name)
    return list(found.values())


def answer_task(session: Session, *, step_id: int, said: Said, words: str = "", by: Actor, now: datetime) -> Incident:
    """Write down what somebody says who is asked to go there.

    :raises StepNotFound: if there is no such task
    :raises NotAsked: if it is another's
    :raises AlertClosed: if the alert was closed meanwhile
    :raises StepDone: if they have said that they cannot come, or somebody else goes
    """
    step = session.get(AlertStep, step_id)
    if step is None:
        raise StepNotFound
    row = _lock(session, step.incident_id)
    session.refresh(step)
    if not session.scalar(select(AlertStep.id).where(AlertStep.id == step_id, _asks(by), _in_reach(by))):
        raise NotAsked
    if step.skipped_reason or (step.done_at is not None and (said is not Said.THERE or step.means != Means.COMING)):
        raise StepDone
    rules = _rules(session, row, now)
    _write(session, row, step, said, rules, words=words, by=by, now=now)
    return _done(session, row, f"task_{said}", "alert.task_answered", words=words, by=by, now=now)


def arrive_as_family(session: Session, *, incident_id: int, by: Actor, now: datetime) -> Incident:
    """Write down that somebody of the family is there. The caller has seen that a consent covers it.

    :raises AlertNotFound: if there is no such alert
    :raises AlertClosed: if it was closed meanwhile
    """
    row = _lock(session, incident_id)
    rules, is_first = _rules(session, row, now), row.attended_at is None
    arrive(session, row, who=by.name, at=now, rules=rules, now=now)
    if is_first:
        tell_family(session, row, at=Moment.ATTENDED, rules=rules, now=now, more={"who": by.name})
    return _done(session, row, "family_there", "alert.family_answered", by=by, now=now)


def come_as_family(session: Session, *, incident_id: int, by: Actor, now: datetime) -> Incident:
    """Write down that somebody of the family is on the way. The caller has seen that a consent covers it.

    :raises AlertNotFound: if there is no such alert
    :raises AlertClosed: if it was closed meanwhile
    """
    row = _lock(session, incident_id)
    expect(session, row, rules=_rules(session, row, now), now=now)
    return _done(session, row, "family_coming", "alert.family_answered", by=by, now=now)


def _lock(session: Session, incident_id: int) -> Incident:
    query = select(Incident).where(Incident.id == incident_id).with_for_update()
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise AlertNotFound
    if row.state == State.CLOSED:
        raise AlertClosed
    return row


def _asks(by: Actor) -> ColumnElement[bool]:
    """Return the condition that a step asks the caller: by name, or everybody of a post they hold."""
    kinds = [str(RUNG_OF[role]) for role in by.roles if role in RUNG_OF]
    everybody = and_(AlertStep.account_id.is_(None), AlertStep.contact_id.is_(None))
    return and_(
        AlertStep.kind.in_(kinds),
        AlertStep.started_at.is_not(None),
        or_(AlertStep.account_id == by.account_id, everybody),
    )


def _in_reach(by: Actor) -> ColumnElement[bool]:
    """Return the condition that a step is the caller's by name, or its alert lies in their area."""
    alert = aliased(Incident)
    here = select(alert.id).where(alert.id == AlertStep.incident_id, areas.within(alert.area_code, by.area_codes))
    return or_(AlertStep.account_id == by.account_id, here.exists())


def _waits(by: Actor) -> ColumnElement[bool]:
    """Return the condition that a task waits for an answer, or for the arrival of the caller who said they come."""
    is_mine = and_(AlertStep.means == Means.COMING, AlertStep.by_account == by.account_id)
    return and_(AlertStep.skipped_reason == "", or_(AlertStep.done_at.is_(None), is_mine), _in_reach(by))


def _write(
    session: Session,
    row: Incident,
    step: AlertStep,
    said: Said,
    rules: AlertRules,
    *,
    words: str,
    by: Actor,
    now: datetime,
) -> None:
    told: dict[str, Any] = {"rules": rules, "now": now, "by": by.account_id, "words": words}
    if said is Said.CANNOT:
        end_step(session, row, step, result="cannot_come", means=Means.NONE, **told)
        ask_next_now(session, row, now=now)
        return
    if step.done_at is None:
        end_step(session, row, step, result="coming", means=Means.COMING, **told)
    if said is Said.THERE:
        is_first = row.attended_at is None
        arrive(session, row, who=by.name, at=now, rules=rules, now=now)
        if is_first:
            tell_family(session, row, at=Moment.ATTENDED, rules=rules, now=now, more={"who": by.name})


def _rules(session: Session, row: Incident, now: datetime) -> AlertRules:
    return get_alert_rules(session, area_code=row.area_code, on=business_day(now))


def _done(
    session: Session, row: Incident, kind: str, action: str, *, words: str = "", by: Actor, now: datetime
) -> Incident:
    session.add(AlertNote(incident_id=row.id, at=now, by_account=by.account_id, kind=kind, words=words))
    row.revision += 1
    set_due(session, incident_ids=[row.id])
    subject = f"safety_incident:{row.id}"
    record(session, actor=by, action=action, subject=subject, area_code=row.area_code, now=now, reason=words)
    return row


def _task(step: AlertStep, alert: Incident, name: str) -> Task:
    assert step.started_at is not None
    return Task(
        step_id=step.id,
        incident_id=alert.id,
        home_id=alert.home_id,
        senior_name=name,
        rule=alert.rule,
        place=alert.place,
        priority=alert.priority,
        raised_at=alert.raised_at,
        asked_at=step.started_at,
        is_coming=step.means == Means.COMING,
    )


def get_task_door(session: Session, *, step_id: int, by: Actor, now: datetime) -> Door:
    """Show whoever is asked to go there where it is and how to get in; written down as every look behind a seal.

    :raises StepNotFound: if there is no such task of the caller that waits
    """
    query = (
        select(Incident)
        .join(AlertStep, AlertStep.incident_id == Incident.id)
        .where(AlertStep.id == step_id, _asks(by), _waits(by), Incident.state != State.CLOSED)
    )
    alert = session.scalar(query)
    if alert is None or alert.home_id is None:
        raise StepNotFound
    reason = str(gettext("Alert %(n)s", n=alert.id))
    shown = open_home(session, home_id=alert.home_id, fields=("address", "way_in"), reason=reason, actor=by, now=now)
    home = get_home(session, home_id=alert.home_id, actor=by)
    return Door(address=shown["address"], way_in=shown["way_in"], instructions=home.instructions)
