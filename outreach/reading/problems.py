"""Problems of a place: what visits found that nobody has closed yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.paging import Page, cut_page, write_cursor
from outreach.access import shown_names, within
from outreach.models import OutreachProblem, OutreachReferral
from outreach.outcomes import OPEN
from outreach.reading import read_number

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemItem:
    """Something that a visit found, and the help that is under way for it."""

    id: int
    senior_id: int
    name: str
    area_code: str
    words: str
    opened_at: datetime
    helps: Sequence[str]


def count_problems(session: Session, *, reach: Actor) -> int:
    """Count the open problems of somebody's areas."""
    query = select(func.count()).where(within(OutreachProblem.area_code, reach), OutreachProblem.closed_at.is_(None))
    return session.scalar(query) or 0


def list_problems(session: Session, *, reach: Actor, after: str | None = None, limit: int = PAGE) -> Page[ProblemItem]:
    """List the open problems of somebody's areas, the oldest first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    helps = (
        select(func.array_agg(OutreachReferral.kind))
        .where(OutreachReferral.problem_id == OutreachProblem.id, OutreachReferral.state.in_(OPEN))
        .scalar_subquery()
    )
    query = select(OutreachProblem, helps).where(
        within(OutreachProblem.area_code, reach), OutreachProblem.closed_at.is_(None)
    )
    if after is not None:
        query = query.where(OutreachProblem.id > read_number(after))
    rows = session.execute(query.order_by(OutreachProblem.id).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row[0].id))
    names = shown_names(session, senior_ids={row[0].senior_id for row in page.items}, reach=reach)
    items = [
        ProblemItem(
            id=each.id,
            senior_id=each.senior_id,
            name=names.get(each.senior_id, ""),
            area_code=each.area_code,
            words=each.words,
            opened_at=each.opened_at,
            helps=kinds or (),
        )
        for each, kinds in page.items
    ]
    return Page(items=items, next=page.next)
