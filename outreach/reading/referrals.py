"""Referrals of a place: what is open with the overdue first, what has ended, and whom help is suggested for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from outreach.access import shown_names, within
from outreach.models import OutreachReferral, Risk
from outreach.outcomes import OPEN
from outreach.reading import in_reach, read_number

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralItem:
    """A referral as shown in a list."""

    id: int
    senior_id: int
    name: str
    area_code: str
    kind: str
    office: str
    words: str
    state: str
    due_on: date
    opened_on: date
    ended_on: date | None
    outcome: str
    problem_id: int | None
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Somebody whom help could be opened for."""

    senior_id: int
    name: str
    area_code: str
    band: str
    suggests: Sequence[str]


def list_referrals(
    session: Session, *, reach: Actor, today: date, state: str = "open", after: str | None = None, limit: int = PAGE
) -> Page[ReferralItem]:
    """List the open referrals of somebody's areas, what is due first; or those that have ended, the latest first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    query = select(OutreachReferral).where(within(OutreachReferral.area_code, reach))
    if state in ("open", "overdue"):
        query = query.where(OutreachReferral.state.in_(OPEN)).order_by(OutreachReferral.due_on, OutreachReferral.id)
        if state == "overdue":
            query = query.where(OutreachReferral.due_on < today)
        if after is not None:
            day, last = _read_cursor(after)
            due = OutreachReferral.due_on
            query = query.where(or_(due > day, (due == day) & (OutreachReferral.id > last)))
    else:
        query = query.where(OutreachReferral.state.not_in(OPEN)).order_by(OutreachReferral.id.desc())
        if after is not None:
            query = query.where(OutreachReferral.id < _read_cursor(after)[1])
    rows = session.scalars(query.limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.due_on.isoformat(), row.id))
    names = shown_names(session, senior_ids={each.senior_id for each in page.items}, reach=reach)
    return Page(items=[_item(each, names, today) for each in page.items], next=page.next)


def list_suggested(session: Session, *, reach: Actor, after: str | None = None, limit: int = PAGE) -> Page[Suggested]:
    """List whom help could be opened for and was not yet, in the order of their numbers.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    opened = exists().where(
        OutreachReferral.senior_id == Risk.senior_id,
        OutreachReferral.kind == func.any(Risk.suggests),
    )
    query = select(Risk).where(
        within(Risk.area_code, reach), Risk.suggests != [], Risk.band.in_(("red", "orange")), ~opened
    )
    if after is not None:
        query = query.where(Risk.senior_id > read_number(after))
    rows = session.scalars(query.order_by(Risk.senior_id).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.senior_id))
    names = shown_names(session, senior_ids={each.senior_id for each in page.items}, reach=reach)
    items = [
        Suggested(
            senior_id=each.senior_id,
            name=names.get(each.senior_id, ""),
            area_code=each.area_code,
            band=each.band,
            suggests=each.suggests,
        )
        for each in page.items
    ]
    return Page(items=items, next=page.next)


def count_referrals(session: Session, *, reach: Actor, today: date) -> Mapping[str, int]:
    """Count the open and the overdue referrals of somebody's areas."""
    query = select(func.count(), func.count().filter(OutreachReferral.due_on < today)).where(
        within(OutreachReferral.area_code, reach), OutreachReferral.state.in_(OPEN)
    )
    number, overdue = session.execute(query).one()
    return {"open": number, "overdue": overdue}


def _item(row: OutreachReferral, names: Mapping[int, str], today: date) -> ReferralItem:
    copied = (
        "id",
        "senior_id",
        "area_code",
        "kind",
        "office",
        "words",
        "state",
        "due_on",
        "ended_on",
        "outcome",
        "problem_id",
    )
    return ReferralItem(
        **{name: getattr(row, name) for name in copied},
        name=names.get(row.senior_id, ""),
        opened_on=row.opened_at.date(),
        is_overdue=row.state in OPEN and row.due_on < today,
    )


def _read_cursor(cursor: str) -> tuple[date, int]:
    day, last = read_cursor(cursor, str, int)
    try:
        return date.fromisoformat(day), in_reach(last)
    except ValueError as error:
        raise no_cursor() from error
