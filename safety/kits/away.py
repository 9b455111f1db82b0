"""Away from home as somebody says it: with the children, in hospital, on a journey."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.errors import Invalid
from safety.kits.errors import HomeNotFound
from safety.kits.following import tell_followers
from safety.kits.homes import lock_home
from safety.kits.models import SafetyHome, SafetyKitStep
from safety.kits.noting import note_home
from safety.kits.queries import among, find_home_of
from safety.kits.rules import HomeState


def set_away(
    session: Session,
    *,
    home_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> SafetyHome:
    """Write down that somebody is away, from now on or later; it quiets what silence would mean, never a call.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    :raises Invalid: if the end does not come after the beginning and after now
    """
    home = lock_home(session, home_id=home_id, actor=actor)
    return _set_away(session, home, reason, from_at or now, until_at, by=actor, now=now)


def set_away_as_family(
    session: Session,
    *,
    senior_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> SafetyHome:
    """Write down that somebody is away, said by the senior or a relative; the caller checked the link and consent.

    :raises HomeNotFound: if the senior has no home with a kit
    :raises Invalid: if the end does not come after the beginning and after now
    """
    return _set_away(session, _home_of(session, senior_id), reason, from_at or now, until_at, by=actor, now=now)


def come_back(session: Session, *, home_id: int, actor: Actor, now: datetime) -> SafetyHome:
    """Write down that somebody is back; once more changes nothing.

    :raises HomeNotFound: if there is no such home for the actor
    :raises HomeEnded: if it ended
    """
    return _come_back(session, lock_home(session, home_id=home_id, actor=actor), by=actor, now=now)


def come_back_as_family(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> SafetyHome:
    """Write down that somebody is back, said by the senior or a relative; the caller checked the link and consent.

    :raises HomeNotFound: if the senior has no home with a kit
    """
    return _come_back(session, _home_of(session, senior_id), by=actor, now=now)


@dataclass(frozen=True, slots=True)
class AwayTold:
    """What was said of a time away, and when; nothing of a beginning takes it back."""

    at: datetime
    begins: datetime | None
    ends: datetime | None


def list_away_told(session: Session, *, home_ids: Collection[int], until: datetime) -> dict[int, list[AwayTold]]:
    """Return what was ever said of times away, by home and in its order, in one statement."""
    query = (
        select(SafetyKitStep.home_id, SafetyKitStep.kind, SafetyKitStep.at, SafetyKitStep.detail)
        .where(among(SafetyKitStep.home_id, home_ids), SafetyKitStep.kind.in_(("away", "back")))
        .where(SafetyKitStep.at < until)
        .order_by(SafetyKitStep.home_id, SafetyKitStep.id)
    )
    found: dict[int, list[AwayTold]] = {}
    for row in session.execute(query):
        told = found.setdefault(row.home_id, [])
        told.append(_told(row.kind, row.at, row.detail, told[-1] if told else None))
    return found


def _told(kind: str, at: datetime, detail: Mapping[str, Any], before: AwayTold | None) -> AwayTold:
    if kind == "away":
        ends = detail.get("until")
        return AwayTold(at, datetime.fromisoformat(detail["from"]), datetime.fromisoformat(ends) if ends else None)
    if before is None or before.begins is None or before.begins >= at:
        return AwayTold(at, None, None)
    return AwayTold(at, before.begins, at)


def _home_of(session: Session, senior_id: int) -> SafetyHome:
    home = find_home_of(session, senior_id=senior_id)
    if home is None:
        raise HomeNotFound
    locked = session.get_one(SafetyHome, home.id, with_for_update={"key_share": True}, populate_existing=True)
    if locked.state == HomeState.ENDED:
        raise HomeNotFound
    return locked


def _set_away(
    session: Session,
    home: SafetyHome,
    reason: str,
    from_at: datetime,
    until_at: datetime | None,
    *,
    by: Actor,
    now: datetime,
) -> SafetyHome:
    if until_at is not None and until_at <= max(from_at, now):
        raise Invalid(errors={"until_at": [_l("The end comes after the beginning and after now.")]})
    home.away_reason, home.away_from, home.away_until = reason, from_at, until_at
    new = {"reason": reason, "from": from_at.isoformat(), "until": until_at.isoformat() if until_at else None}
    note_home(session, home, "safety_home.away", by=by, now=now, step="away", new=new)
    tell_followers(session, home.id, now)
    return home


def _come_back(session: Session, home: SafetyHome, *, by: Actor, now: datetime) -> SafetyHome:
    begun, over = home.away_from, home.away_until
    if begun is None or (over is not None and over <= now):
        return home
    if begun < now:
        # Kept with its end: whoever judges counts the time away as neither quiet nor life.
        home.away_until = now
    else:
        home.away_reason = home.away_from = home.away_until = None
    note_home(session, home, "safety_home.back", by=by, now=now, step="back")
    tell_followers(session, home.id, now)
    return home
