"""The parts of the product that must live: signs of life, faults, and who hears of one that is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.queries import list_held_over
from app.config import Settings, settings
from safety.alerts.models import Shift, Watch
from safety.alerts.policy_reading import own_rules
from safety.alerts.telling import tell_failed, tell_silent
from safety.kits.models import SafetyGateway

SCHEDULER, KEEPER, SWEEP, LISTENER = "scheduler", "keeper", "sweep", "listener"
# No part of its own: alerts that could not be opened as they should, and were raised in their plain form.
OPENING = "opening"
# The document of the place where somebody is on duty could say otherwise, but a process has no place: the product's
# own times hold.
FAULT_SHOWN = timedelta(minutes=15)
BATCH = 200


class Trouble(StrEnum):
    """What is wrong with a part: it fell silent, never gave a sign of life, or failed at something."""

    SILENT = "silent"
    NEVER = "never"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Silent:
    """A part of the product with which something is wrong, and since when."""

    name: str
    since: datetime
    trouble: Trouble = Trouble.SILENT


def awaited_parts(found: Settings) -> frozenset[str]:
    """Return which parts must live as this installation is set: without a broker there is no listener."""
    listens = bool(found.mqtt_url or found.mqtt_port)
    return frozenset({SCHEDULER, KEEPER, SWEEP, *([LISTENER] if listens else [])})


def beat(session: Session, *, name: str, now: datetime) -> None:
    """Write down that a part of the product lives."""
    query = insert(Watch).values(name=name, beat_at=now, awaited_at=now, told_at=None)
    session.execute(query.on_conflict_do_update(index_elements=["name"], set_={"beat_at": now, "told_at": None}))


def fail(session: Session, *, name: str, now: datetime) -> None:
    """Write down that a part of the product failed at something, for desks to show and for those who keep it."""
    query = insert(Watch).values(name=name, awaited_at=now, failed_at=now)
    session.execute(query.on_conflict_do_update(index_elements=["name"], set_={"failed_at": now}))


def await_parts(session: Session, *, now: datetime) -> None:
    """Write down since when each part is awaited, so that one that never starts is noticed too."""
    missing = awaited_parts(settings()) - set(session.scalars(select(Watch.name)))
    if missing:
        rows = [{"name": name, "awaited_at": now} for name in sorted(missing)]
        session.execute(insert(Watch).on_conflict_do_nothing(), rows)


def find_silent(session: Session, *, now: datetime) -> list[Silent]:
    """Return the parts that must live and give no sign of it, and those that failed just now."""
    awaited, rows = awaited_parts(settings()), session.scalars(select(Watch).order_by(Watch.name)).all()
    found = [_judge(each, now) if each.name in awaited else None for each in rows]
    failed = [
        Silent(each.name, each.failed_at, Trouble.FAILED)
        for each in rows
        if each.failed_at is not None and now - each.failed_at < FAULT_SHOWN
    ]
    return [*(each for each in found if each is not None), *failed]


def tell_of_parts(session: Session, *, now: datetime) -> None:
    """Tell operators on duty and administrators of what is wrong, once and then from time to time."""
    again = now - timedelta(minutes=own_rules().remind_minutes)
    for each in find_silent(session, now=now):
        due = or_(Watch.told_at.is_(None), Watch.told_at <= again)
        is_so = or_(Watch.beat_at.is_(None), Watch.beat_at <= each.since)
        taken = update(Watch).where(Watch.name == each.name, is_so, due).values(told_at=now)
        if session.execute(taken.returning(Watch.name)).all():
            keepers = _keepers(session, now=now)
            if each.trouble is Trouble.FAILED:
                tell_failed(session, name=each.name, since=each.since, account_ids=keepers, now=now)
            else:
                is_never = each.trouble is Trouble.NEVER
                tell_silent(session, name=each.name, since=each.since, account_ids=keepers, is_never=is_never, now=now)


def _judge(row: Watch, now: datetime) -> Silent | None:
    since = row.beat_at or row.awaited_at
    if now - since <= own_rules().silent_after(row.name):
        return None
    return Silent(row.name, since, Trouble.SILENT if row.beat_at else Trouble.NEVER)


def _keepers(session: Session, *, now: datetime) -> Sequence[int]:
    """Return who is told: everybody on duty, and the administrators of their places."""
    places = session.execute(select(Shift.account_id, Shift.area_code).where(Shift.until_at.is_(None))).all()
    found = {row.account_id for row in places}
    for place in sorted({row.area_code for row in places} or _all_places(session)):
        found |= set(list_held_over(session, area_code=place, roles=(Role.ADMINISTRATOR,), now=now))
    return sorted(found)


def _all_places(session: Session) -> set[str]:
    return set(session.scalars(select(SafetyGateway.area_code).distinct().limit(BATCH)))
