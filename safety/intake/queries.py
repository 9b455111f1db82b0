"""Reading events, and devices that call without being installed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from safety.intake.models import SafetyEvent, SafetyStranger

# Rows of devices with a wrong clock lie at the time that the clock said; so far around the asked time they are found.
ASIDE = timedelta(days=1)
STRANGERS = 50


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a home: when it happened, what it was."""

    device_at: datetime
    kind: str
    place: str
    state: str
    value: float | None
    device_id: int | None


def list_events(
    session: Session, *, home_id: int, since: datetime, until: datetime, limit: int = 5000
) -> Sequence[Said]:
    """List the last events of a home between two moments, oldest first, in one statement."""
    at = SafetyEvent.occurred_at
    query = (
        select(at, SafetyEvent.kind, SafetyEvent.place, SafetyEvent.state, SafetyEvent.value, SafetyEvent.device_id)
        .where(SafetyEvent.home_id == home_id, at >= since, at < until)
        .where(SafetyEvent.device_at >= since - ASIDE, SafetyEvent.device_at < until + ASIDE)
        .order_by(at.desc())
        .limit(limit)
    )
    return [Said(*row) for row in reversed(session.execute(query).all())]


def list_strangers(session: Session, *, gateway_ids: Sequence[int], limit: int = STRANGERS) -> Sequence[SafetyStranger]:
    """List the devices that called last through some gateways and are installed nowhere, newest first."""
    query = select(SafetyStranger).where(SafetyStranger.gateway_id.in_(list(gateway_ids)))
    return session.scalars(query.order_by(SafetyStranger.last_at.desc(), SafetyStranger.ref).limit(limit)).all()


def keep_months(session: Session, *, today: date, ahead_months: int, kept_months: int) -> int:
    """Make the partitions of coming months and drop those past keeping; return how many changed."""
    asked = {"today": today, "ahead": ahead_months, "kept": kept_months}
    changed = session.scalar(text("SELECT keep_safety_events(:today, :ahead, :kept)"), asked)
    return int(changed or 0)


def list_passwords(session: Session) -> Sequence[tuple[str, str]]:
    """List who may log in at the broker, in the form of Mosquitto's password file."""
    asked = text(
        "SELECT mqtt_user, mqtt_password FROM safety_gateway WHERE state = 'active' AND mqtt_user IS NOT NULL"
        " ORDER BY mqtt_user"
    )
    return [(row.mqtt_user, row.mqtt_password) for row in session.execute(asked)]
