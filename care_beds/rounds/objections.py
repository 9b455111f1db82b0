"""Reading what families object to, for whoever answers and for whoever is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from app.auth.queries import list_names
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from care_beds.visits.access import visible_visits
from care_beds.visits.models import CareVisit, VisitObjection
from care_beds.visits.views import VisitView, select_visits, view_visits

PAGE = 30
LARGEST_ID = 2**63 - 1
READERS = (
    Role.SUPERVISOR,
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.AUDITOR,
    Role.PROVIDER_MANAGER,
)
ANSWERERS = (Role.SUPERVISOR,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionView:
    """An objection with the visit it is about, and who of the family asked."""

    id: int
    visit: VisitView
    by: str
    words: str
    at: datetime
    state: str
    answer: str
    answered_at: datetime | None

    @property
    def minutes(self) -> int:
        """Return for how long the carer was there."""
        if self.visit.started_at is None or self.visit.finished_at is None:
            return 0
        return int((self.visit.finished_at - self.visit.started_at).total_seconds() // 60)


def list_objections(
    session: Session, *, actor: Actor, is_open: bool = True, after: str | None = None, limit: int = PAGE
) -> Page[ObjectionView]:
    """List objections to visits of an actor: open ones the oldest first, answered ones the latest first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    is_wanted = VisitObjection.state == "open" if is_open else VisitObjection.state != "open"
    query = select(VisitObjection).join(CareVisit, CareVisit.id == VisitObjection.visit_id)
    query = query.where(visible_visits(actor), is_wanted)
    if after:
        (last,) = read_cursor(after, int)
        if not 0 < last <= LARGEST_ID:
            raise no_cursor()
        query = query.where(VisitObjection.id > last if is_open else VisitObjection.id < last)
    order = VisitObjection.id if is_open else VisitObjection.id.desc()
    rows = session.scalars(query.order_by(order).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.id))
    return Page(items=_view(session, page.items), next=page.next)


def list_objections_to(session: Session, *, visit_id: int) -> Sequence[ObjectionView]:
    """Return what was objected to about one visit, in its order; asks nobody's leave."""
    query = select(VisitObjection).where(VisitObjection.visit_id == visit_id).order_by(VisitObjection.id)
    return _view(session, session.scalars(query).all())


def _view(session: Session, objections: Sequence[VisitObjection]) -> list[ObjectionView]:
    ids = sorted({each.visit_id for each in objections})
    rows = session.execute(select_visits().where(CareVisit.id.in_(ids))).all() if ids else []
    visits = {each.id: each for each in view_visits(session, rows)} if rows else {}
    names: dict[int, Any] = list_names(session, account_ids=sorted({each.by_account for each in objections}))
    return [
        ObjectionView(
            id=each.id,
            visit=visits[each.visit_id],
            by=names.get(each.by_account, ""),
            words=each.words,
            at=each.at,
            state=each.state,
            answer=each.answer,
            answered_at=each.answered_at,
        )
        for each in objections
    ]
