"""Reading the audit log, within the areas a person may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.audit.models import AuditEntry
from app.audit.rules import REVEAL
from app.clock import ZONE


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What to look for; every part narrows. Days count in Asia/Shanghai, ``until`` included."""

    account: str = ""
    action: str = ""
    subject: str = ""
    reveals: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of entries, newest first, and the cursor of the next."""

    items: Sequence[AuditEntry]
    next: int | None


def list_entries(
    session: Session,
    *,
    filters: Filter,
    area_codes: Collection[str],
    sees_unplaced: bool = False,
    after: int | None = None,
    limit: int = 50,
) -> Page:
    """List what happened in these areas, newest first.

    :param sees_unplaced: show entries without an area too, as refused log-ins are
    :param after: the last id of the page before
    """
    query = select(AuditEntry).where(_within(area_codes, sees_unplaced), *_conditions(filters))
    if after is not None:
        query = query.where(AuditEntry.id < after)
    rows = session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit + 1)).all()
    return Page(items=rows[:limit], next=rows[limit - 1].id if len(rows) > limit else None)


def list_actions(session: Session) -> Sequence[str]:
    """Return the kinds of entries that exist, by jumping from one to the next along the index."""
    seen = select(AuditEntry.action).order_by(AuditEntry.action).limit(1).cte("seen", recursive=True)
    following = select(AuditEntry.action).where(AuditEntry.action > seen.c.action)
    step = following.order_by(AuditEntry.action).limit(1).scalar_subquery()
    walk = seen.union_all(select(step).where(seen.c.action.is_not(None)))
    return [action for action in session.scalars(select(walk.c.action)) if action is not None]


def was_done(session: Session, *, action: str, subject: str, account_id: int) -> bool:
    """Say whether an account has done something to a subject (``senior:17``). Asks nobody's leave."""
    kind, _, identifier = subject.partition(":")
    found = select(AuditEntry.id).where(
        AuditEntry.subject_kind == kind,
        AuditEntry.subject_id == identifier,
        AuditEntry.action == action,
        AuditEntry.account_id == account_id,
    )
    return session.scalar(found.limit(1)) is not None


def _within(area_codes: Collection[str], sees_unplaced: bool) -> ColumnElement[bool]:
    inside = areas.within(AuditEntry.area_code, area_codes)
    return or_(inside, AuditEntry.area_code.is_(None)) if sees_unplaced else inside


def _conditions(filters: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.account:
        found.append(AuditEntry.account_name == filters.account)
    if filters.action:
        found.append(AuditEntry.action == filters.action)
    if filters.reveals:
        found.append(AuditEntry.action.like(f"{REVEAL}.%"))
    if filters.subject:
        kind, _, identifier = filters.subject.partition(":")
        found.append(AuditEntry.subject_kind == kind)
        if identifier:
            found.append(AuditEntry.subject_id == identifier)
    if filters.since:
        found.append(AuditEntry.at >= _midnight(filters.since))
    if filters.until:
        found.append(AuditEntry.at < _midnight(filters.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
