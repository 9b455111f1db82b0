"""What does not fit about a visit: raised by the product, decided by somebody who had no part in the visit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor, Role
from app.clock import business_day
from care_beds.providers.models import Carer
from care_beds.visits.access import visible_visits
from care_beds.visits.errors import ExceptionNotFound, OwnVisit, VisitMoved
from care_beds.visits.models import CareVisit, VisitException
from care_beds.visits.policy import find_visit_rules
from care_beds.visits.rules import Decision, Excepted


def raise_exceptions(
    session: Session, *, visit: CareVisit, found: Mapping[str, Mapping[str, Any]], now: datetime
) -> None:
    """Write down what does not fit about a visit, each thing once, for a supervisor to look at.

    :param found: codes with what a supervisor needs to know of each
    """
    if not found:
        return
    rows = [
        {"visit_id": visit.id, "code": code, "detail": dict(detail), "raised_at": now}
        for code, detail in sorted(found.items())
    ]
    made = insert(VisitException).values(rows).on_conflict_do_nothing().returning(VisitException.id)
    if session.scalars(made).all():
        visit.exception = Excepted.OPEN
        session.flush()


def decide_exception(
    session: Session, *, exception_id: int, decision: Decision, words: str, by: Actor, now: datetime
) -> VisitException:
    """Decide about something that does not fit.

    :raises ExceptionNotFound: if there is none with this id among the visits the caller may see
    :raises OwnVisit: if the caller made the visit, visits for the provider, or manages it and no document lets them
    :raises VisitMoved: if it was decided before
    """
    visit_id = session.scalar(
        select(CareVisit.id)
        .join(VisitException, VisitException.visit_id == CareVisit.id)
        .where(VisitException.id == exception_id, visible_visits(by))
    )
    if visit_id is None:
        raise ExceptionNotFound
    # Locked first, read in the next statement: what others decide about the same visit is counted too.
    visit = session.get_one(CareVisit, visit_id, with_for_update=True, populate_existing=True)
    raised = session.get_one(VisitException, exception_id, populate_existing=True)
    if not may_decide(session, visit=visit, by=by, now=now):
        raise OwnVisit
    if raised.decision is not None:
        raise VisitMoved
    raised.decision, raised.decided_by, raised.decided_at, raised.words = decision, by.account_id, now, words
    session.flush()
    visit.exception = standing_of(session, visit_id=visit.id)
    session.flush()
    record(
        session,
        actor=by,
        action="visit.exception_decided",
        subject=f"care_visit:{visit.id}",
        area_code=visit.area_code,
        now=now,
        new={"exception": raised.code, "decision": decision},
        reason=words,
    )
    return raised


def may_decide(session: Session, *, visit: CareVisit, by: Actor, now: datetime) -> bool:
    """Say whether somebody may decide about a visit: a supervisor who has no part in its provider.

    Whoever visits for the provider has, also if they supervise elsewhere; its manager may where a document says so.
    """
    works_there = select(Carer.id).where(Carer.account_id == by.account_id, Carer.provider_id == visit.provider_id)
    if session.scalar(works_there.limit(1)) is not None:
        return False
    if by.is_of(Role.PROVIDER_MANAGER, visit.provider_id):
        rules = find_visit_rules(session, area_code=visit.area_code, on=business_day(now))
        return rules is not None and rules.manager_may_decide
    return Role.SUPERVISOR in by.roles


def standing_of(session: Session, *, visit_id: int) -> Excepted:
    """Say how a visit stands by all that was found about it: one thing that does not hold is enough."""
    query = select(VisitException.decision).where(VisitException.visit_id == visit_id)
    decisions = set(session.scalars(query))
    if None in decisions:
        return Excepted.OPEN
    return Excepted.REJECTED if Decision.REJECTED in decisions else Excepted.CLEARED
