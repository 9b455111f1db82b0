"""Reading events, and devices that call without being installed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from safety.intake.models import SafetyEvent, SafetyStranger
from safety.kits.models import SafetyDevice, SafetyGateway
from safety.kits.queries import USED

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


@dataclass(frozen=True, slots=True)
class Stranger:
    """A device that calls through a gateway and is installed nowhere."""

    ref: str
    kind: str
    first_at: datetime
    last_at: datetime
    gateway: str


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


def list_strangers(session: Session, *, reach: Actor, limit: int = STRANGERS) -> Sequence[Stranger]:
    """List the devices that called last through gateways of somebody's area and are installed nowhere, newest first."""
    is_known = exists().where(
        SafetyDevice.gateway_id == SafetyStranger.gateway_id,
        SafetyDevice.ref == SafetyStranger.ref,
        SafetyDevice.state.in_(USED),
    )
    query = (
        select(
            SafetyStranger.ref,
            SafetyStranger.kind,
            SafetyStranger.first_at,
            SafetyStranger.last_at,
            SafetyGateway.name,
        )
        .join(SafetyGateway, SafetyGateway.id == SafetyStranger.gateway_id)
        .where(areas.within(SafetyGateway.area_code, reach.area_codes), ~is_known)
        .order_by(SafetyStranger.last_at.desc(), SafetyStranger.ref)
    )
    return [Stranger(*row) for row in session.execute(query.limit(limit))]


def forget_strangers(session: Session, *, before: datetime) -> None:
    """Forget devices that have not called for long: a gateway's list has room for so many."""
    session.execute(delete(SafetyStranger).where(SafetyStranger.last_at < before))


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
