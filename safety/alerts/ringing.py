"""Rings: each begins for a reason and is answered for itself, so that how soon is measured honestly."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from safety.alerts.models import AlertRing, Incident
from safety.alerts.rules import Lane, Ring


def ring(session: Session, incident: Incident, *, kind: Ring, now: datetime) -> None:
    """Begin a ring; one that went on before ends without an answer only where this one is more urgent."""
    if incident.lane == Lane.DEVICE:
        return
    if kind is not Ring.NEW:
        end_ring(session, incident, now=now)
    session.add(AlertRing(incident_id=incident.id, kind=kind, priority=incident.priority, began_at=now))


def answer_ring(session: Session, incident: Incident, *, by: int, now: datetime) -> None:
    """Write down who answered."""
    _open(session, incident, answered_at=now, answered_by=by)


def end_ring(session: Session, incident: Incident, *, now: datetime) -> None:
    """End a ring that nobody answered and nobody need answer any more."""
    _open(session, incident, ended_at=now)


def _open(session: Session, incident: Incident, **values: object) -> None:
    ringing = (AlertRing.incident_id == incident.id, AlertRing.answered_at.is_(None), AlertRing.ended_at.is_(None))
    session.execute(update(AlertRing).where(*ringing).values(**values))
