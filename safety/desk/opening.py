"""What is written down when somebody takes an alert in hand: from then on they see where and whom to call."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import Actor
from safety.alerts.models import Incident


def note_taken(session: Session, *, incident: Incident, actor: Actor, now: datetime) -> None:
    """Write down who sees the address, the numbers and, as far as agreed, the illnesses of a person in need."""
    audit.record(
        session,
        actor=actor,
        action="reveal.alert_person",
        subject=f"senior:{incident.senior_id}" if incident.senior_id else f"alert:{incident.id}",
        area_code=incident.area_code,
        new={"alert": incident.id},
        now=now,
    )
