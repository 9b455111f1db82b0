"""Reading failed scans: lists, and how many there were by day and by reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, cast, func, select, tuple_
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import ZONE
from app.paging import Page, cut_page, moment_cursor, read_moment_cursor
from app.vault import mask_name
from meals.models import Canteen, FailedScan, Till
from meals.reading.days import Days, midnight
from meals.reading.neighbours import account, senior
from meals.scope import canteens_within


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFilter(Days):
    """What to look for; every part narrows. Both days are included."""

    canteen_id: int | None = None
    area: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanLine:
    """A scan that sold nothing; the guest's name masked, where the card has a holder."""

    id: int
    at: datetime
    canteen_id: int
    canteen: str
    canteen_en: str
    till: int | None
    reason: str
    code_tail: str
    guest: str | None
    cashier: str


def list_failed_scans(
    session: Session, *, actor: Actor, filters: ScanFilter, after: str | None = None, limit: int = 50
) -> Page[ScanLine]:
    """List scans that sold nothing in an actor's canteens, the latest first.

    :raises Invalid: if the days cannot be read at once, or ``after`` is no cursor of this list
    """
    filters.check()
    query = (
        select(
            FailedScan,
            Canteen.name,
            Canteen.name_en,
            Till.number.label("till"),
            senior.c.name.label("guest"),
            account.c.name.label("cashier"),
        )
        .join(Canteen, Canteen.id == FailedScan.canteen_id)
        .join(account, account.c.id == FailedScan.account_id)
        .outerjoin(Till, Till.id == FailedScan.till_id)
        .outerjoin(senior, senior.c.id == FailedScan.senior_id)
        .where(*_conditions(actor, filters))
    )
    if after:
        query = query.where(tuple_(FailedScan.at, FailedScan.id) < read_moment_cursor(after, int))
    rows = session.execute(query.order_by(FailedScan.at.desc(), FailedScan.id.desc()).limit(limit + 1)).all()
    lines = [
        ScanLine(
            id=row.FailedScan.id,
            at=row.FailedScan.at,
            canteen_id=row.FailedScan.canteen_id,
            canteen=row.name,
            canteen_en=row.name_en,
            till=row.till,
            reason=row.FailedScan.reason,
            code_tail=row.FailedScan.code_tail,
            guest=mask_name(row.guest) if row.guest else None,
            cashier=row.cashier,
        )
        for row in rows
    ]
    return cut_page(lines, limit, lambda line: moment_cursor(line.at, line.id))


def count_scans_by_reason(session: Session, *, actor: Actor, filters: ScanFilter) -> Mapping[str, int]:
    """Count scans that sold nothing by their reason, the most frequent first.

    :raises Invalid: if the days cannot be read at once
    """
    filters.check()
    query = select(FailedScan.reason, func.count()).join(Canteen).where(*_conditions(actor, filters))
    rows = session.execute(query.group_by(FailedScan.reason).order_by(func.count().desc(), FailedScan.reason))
    return dict(rows.all())


def count_scans_by_day(session: Session, *, actor: Actor, filters: ScanFilter) -> Mapping[date, int]:
    """Count scans that sold nothing by day.

    :raises Invalid: if the days cannot be read at once
    """
    filters.check()
    day = cast(func.timezone(ZONE.key, FailedScan.at), Date)
    query = select(day, func.count()).join(Canteen).where(*_conditions(actor, filters)).group_by(day).order_by(day)
    return dict(session.execute(query).all())


def _conditions(actor: Actor, filters: ScanFilter) -> list[ColumnElement[bool]]:
    found = [
        canteens_within(actor, filters.area),
        FailedScan.at >= midnight(filters.from_on),
        FailedScan.at < midnight(filters.until_on + timedelta(days=1)),
    ]
    if filters.canteen_id is not None:
        found.append(FailedScan.canteen_id == filters.canteen_id)
    if filters.reason:
        found.append(FailedScan.reason == filters.reason)
    return found
