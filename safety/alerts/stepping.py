"""What came of a step, and what that does to the steps after it."""

from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from safety.alerts.climbing import IS_OPEN, leave_out
from safety.alerts.ladders import COMERS, Means, Rung, Skipped
from safety.alerts.models import AlertStep, Incident
from safety.alerts.rules import State
from safety.alerts.standing import touch
from safety.alerts.terms import AlertRules


def end_step(
    session: Session,
    incident: Incident,
    step: AlertStep,
    *,
    result: str,
    means: Means,
    rules: AlertRules,
    now: datetime,
    by: int | None = None,
    words: str = "",
) -> None:
    """Write down what came of a step. Where somebody is on the way, the next one is asked only if they do not come."""
    step.started_at = step.started_at or now
    step.done_at, step.result, step.means = now, result, means
    step.by_account, step.words = by, words
    session.flush()
    if means is Means.COMING:
        expect(session, incident, rules=rules, now=now)
    if means is Means.WELL and by is not None:
        # Somebody has heard it with their own ears; a pressed key alone may be a fall that hides.
        hold(session, incident, rules=rules, now=now)
    touch(incident)


def expect(session: Session, incident: Incident, *, rules: AlertRules, now: datetime) -> None:
    """Write down that somebody is on the way, and give them the time to arrive."""
    incident.sent_at = incident.sent_at or now
    hold(session, incident, rules=rules, now=now)


def hold(session: Session, incident: Incident, *, rules: AlertRules, now: datetime) -> None:
    """Ask nobody else to come for a while: somebody is on the way, or the person has said that all is well."""
    later = now + timedelta(minutes=rules.coming_minutes)
    timed = (AlertStep.incident_id == incident.id, AlertStep.kind.in_(sorted(COMERS)), *IS_OPEN)
    query = update(AlertStep).where(*timed, AlertStep.due_at.is_not(None))
    put_off = {"due_at": func.greatest(AlertStep.due_at, later)}
    session.execute(query.values(put_off).execution_options(synchronize_session=False))
    if incident.round_at is not None:
        incident.round_at = max(incident.round_at, later)
    stay_awake(incident, rules=rules, now=now)


def arrive(session: Session, incident: Incident, *, who: str, at: datetime, rules: AlertRules, now: datetime) -> None:
    """Write down that somebody is there: nobody else need be asked to come."""
    if incident.attended_at is None:
        incident.attended_at, incident.arrived_who = at, who
        incident.sent_at = incident.sent_at or at
    # The desk still rings, and whoever is there may need an ambulance.
    leave_out(session, incident_ids=[incident.id], reason=Skipped.ATTENDED, kinds=(*COMERS, Rung.CALLBACK))
    if incident.round_at is not None:
        incident.round_at = max(incident.round_at, now + timedelta(minutes=rules.coming_minutes))
    stay_awake(incident, rules=rules, now=now)
    touch(incident)


def stay_awake(incident: Incident, *, rules: AlertRules, now: datetime) -> None:
    """Put off the moment at which an alert counts as left lying: something was just done about it."""
    if incident.state != State.ACKNOWLEDGED:
        return
    waits = rules.idle(incident.priority)
    if incident.sent_at is not None or incident.attended_at is not None:
        # Whoever is on the way, or there, is not disturbed every few minutes.
        waits = max(waits, timedelta(minutes=rules.coming_minutes))
    incident.idle_at = now + waits


def told_by_taking(session: Session, incident: Incident, *, now: datetime) -> None:
    """Write down that the step which asks for an operator is done: one has taken the alert."""
    asks = (AlertStep.incident_id == incident.id, AlertStep.kind == Rung.OPERATOR, AlertStep.done_at.is_(None))
    query = update(AlertStep).where(*asks, AlertStep.skipped_reason == "")
    values = {"done_at": now, "means": Means.TOLD, "started_at": func.coalesce(AlertStep.started_at, now)}
    session.execute(query.values(**values, by_account=incident.taken_by).execution_options(synchronize_session=False))
