"""Reading visits that were told of too late, for whoever decides about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.auth.queries import list_names
from app.paging import Page, cut_page, no_cursor, read_cursor, write_cursor
from care_beds.providers.models import Carer
from care_beds.rounds.models import LateMark, LateVisit
from care_beds.rounds.rules import MarkKind, code_at
from care_beds.visits.access import visible_visits
from care_beds.visits.models import CareVisit
from care_beds.visits.views import VisitView, known_to, select_visits, view_visits

PAGE = 30
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LateEnd:
    """One end of a late visit, as its phone told it."""

    kind: str
    occurred_at: datetime
    received_at: datetime
    picture_id: str | None
    distance_m: int | None
    doubts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateView:
    """A late visit with the visit it is about, and what became of it."""

    id: int
    why: str
    visit: VisitView
    carer: str
    ends: Sequence[LateEnd]
    items_done: Sequence[str]
    vitals: Mapping[str, Any] | None
    raised_at: datetime
    decision: str | None
    decided_by: str
    decided_at: datetime | None
    words: str
    made_visit_id: int | None

    @property
    def minutes(self) -> int | None:
        """Return for how long the carer says to have been there; nothing where one end is missing."""
        begun = next((end.occurred_at for end in self.ends if end.kind == MarkKind.CHECK_IN), self.visit.started_at)
        ended = next((end.occurred_at for end in self.ends if end.kind == MarkKind.CHECK_OUT), None)
        return max(0, int((ended - begun).total_seconds()) // 60) if begun and ended else None


def list_late(
    session: Session, *, actor: Actor, is_open: bool = True, after: str | None = None, limit: int = PAGE
) -> Page[LateView]:
    """List late visits of an actor: undecided ones the oldest first, decided ones the latest first.

    :raises Invalid: if ``after`` is no cursor of this list
    """
    undecided = LateVisit.decision.is_(None)
    query = select(LateVisit).join(CareVisit, CareVisit.id == LateVisit.visit_id)
    query = query.where(visible_visits(actor), undecided if is_open else ~undecided)
    if after:
        (last,) = read_cursor(after, int)
        if not 0 < last <= LARGEST_ID:
            raise no_cursor()
        query = query.where(LateVisit.id > last if is_open else LateVisit.id < last)
    order = LateVisit.id if is_open else LateVisit.id.desc()
    rows = session.scalars(query.order_by(order).limit(limit + 1)).all()
    page = cut_page(rows, limit, lambda row: write_cursor(row.id))
    return Page(items=_view(session, page.items, actor=actor), next=page.next)


def count_late(session: Session, *, actor: Actor) -> int:
    """Count late visits of an actor that nobody has decided about."""
    query = select(func.count()).select_from(LateVisit).join(CareVisit, CareVisit.id == LateVisit.visit_id)
    return session.scalar(query.where(LateVisit.decision.is_(None), visible_visits(actor))) or 0


def _view(session: Session, found: Sequence[LateVisit], *, actor: Actor) -> list[LateView]:
    if not found:
        return []
    rows = session.execute(select_visits().where(CareVisit.id.in_({each.visit_id for each in found}))).all()
    visits = {each.id: known_to(each, actor) for each in view_visits(session, rows)}
    theirs = select(Carer.id, Carer.name).where(Carer.id.in_({each.carer_id for each in found}))
    carers = {row.id: row.name for row in session.execute(theirs)}
    deciders = list_names(session, account_ids=sorted({each.decided_by for each in found if each.decided_by}))
    ends = _ends(session, found)
    return [
        LateView(
            id=each.id,
            why=each.why,
            visit=visits[each.visit_id],
            carer=carers[each.carer_id],
            ends=[_end(mark) for mark in ends.get(each.id, ())],
            items_done=[item for mark in ends.get(each.id, ()) for item in mark.items],
            vitals=next((mark.vitals for mark in ends.get(each.id, ()) if mark.vitals), None),
            raised_at=each.raised_at,
            decision=each.decision,
            decided_by=deciders.get(each.decided_by or 0, ""),
            decided_at=each.decided_at,
            words=each.words,
            made_visit_id=each.made_visit_id,
        )
        for each in found
    ]


def _ends(session: Session, found: Sequence[LateVisit]) -> Mapping[int, list[LateMark]]:
    query = select(LateMark).where(LateMark.late_id.in_([each.id for each in found])).order_by(LateMark.kind)
    ends: dict[int, list[LateMark]] = {}
    for mark in session.scalars(query):
        ends.setdefault(mark.late_id, []).append(mark)
    return ends


def _end(mark: LateMark) -> LateEnd:
    return LateEnd(
        kind=mark.kind,
        occurred_at=mark.occurred_at,
        received_at=mark.received_at,
        picture_id=mark.facts["picture_id"],
        distance_m=mark.facts["distance_m"],
        doubts={code_at(MarkKind(mark.kind), code): detail for code, detail in mark.doubts.items()},
    )
