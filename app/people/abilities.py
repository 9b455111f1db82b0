"""Ability levels over time: what a level rests on, and from which day on it is the senior's."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.errors import NotFound
from app.people.ability_rows import latest_levels
from app.people.models import Senior, SeniorAbility
from app.people.services import apply_changes

SENIORS_AT_ONCE = 500


def set_ability_level(
    session: Session, *, senior_id: int, level: int | None, from_on: date, source: str, by: Actor | None, now: datetime
) -> None:
    """Write down which level a senior has from a day on; a day to come waits for it.

    The level with the latest first day counts, of equal ones the later record: what is recorded late for a day long
    past pushes nothing newer aside.

    :param level: nothing where the level before has run out and no other has come
    :param source: what it rests on, as ``assessment:17``; the same source a second time changes nothing
    :raises NotFound: if there is no such senior
    """
    senior = session.scalar(
        select(Senior).where(Senior.id == senior_id).with_for_update().execution_options(populate_existing=True)
    )
    if senior is None:
        raise NotFound
    if session.scalar(select(SeniorAbility.id).where(SeniorAbility.source == source)) is not None:
        return
    session.add(
        SeniorAbility(
            senior_id=senior_id,
            level=level,
            from_on=from_on,
            source=source,
            recorded_at=now,
            recorded_by=by.account_id if by else None,
        )
    )
    session.flush()
    _take_up(session, [senior], by=by, now=now)


def take_up_levels(session: Session, *, now: datetime, limit: int = SENIORS_AT_ONCE) -> int:
    """Let the levels count whose first day has come, and return of how many seniors. Safe to run twice."""
    due = (
        select(SeniorAbility.senior_id)
        .where(SeniorAbility.taken_up_at.is_(None), SeniorAbility.from_on <= business_day(now))
        .distinct()
        .limit(limit)
    )
    locked = select(Senior).where(Senior.id.in_(due)).order_by(Senior.id).with_for_update()
    seniors = list(session.scalars(locked.execution_options(populate_existing=True)))
    _take_up(session, seniors, by=None, now=now)
    return len(seniors)


def _take_up(session: Session, seniors: list[Senior], *, by: Actor | None, now: datetime) -> None:
    """Give locked seniors the level of today."""
    today, ids = business_day(now), [senior.id for senior in seniors]
    waiting = (SeniorAbility.senior_id.in_(ids), SeniorAbility.taken_up_at.is_(None), SeniorAbility.from_on <= today)
    taken = set(
        session.scalars(
            update(SeniorAbility).where(*waiting).values(taken_up_at=now).returning(SeniorAbility.senior_id)
        )
    )
    levels = latest_levels(session, senior_ids=taken, on=today)
    changes = [(senior, {"ability_level": levels[senior.id]}) for senior in seniors if senior.id in levels]
    apply_changes(session, changes=changes, actor=by, now=now)
