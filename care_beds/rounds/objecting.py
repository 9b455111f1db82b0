"""What a family says of a visit afterwards: stars and a word, or that it was not right; and what is answered."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.areas.queries import within
from app.audit.services import record
from app.auth import Actor
from care_beds.money import services as money
from care_beds.money.access import LONGEST_REASON
from care_beds.money.errors import AlreadyUndone
from care_beds.rounds import telling
from care_beds.rounds.confirming import check_not_own
from care_beds.rounds.errors import (
    AlreadyRated,
    NotFinished,
    ObjectionClosed,
    ObjectionNotFound,
    ObjectionOpen,
    ObjectionTooLate,
    OwnVisit,
    VisitNotFound,
)
from care_beds.visits.exceptions import may_decide
from care_beds.visits.models import CareVisit, VisitObjection, VisitRating
from care_beds.visits.policy import get_visit_rules

DONE = frozenset({"finished", "confirmed"})


def rate_visit(
    session: Session, *, senior_id: int, visit_id: int, stars: int, words: str, by: Actor, now: datetime
) -> VisitRating:
    """Rate a visit, once for each account. The caller has made sure that the senior's visits are open to it.

    :raises VisitNotFound: if it is no visit to this senior
    :raises NotFinished: if the carer has not checked out
    :raises OwnVisit: if the account is the carer's own
    :raises AlreadyRated: if this account rated it before
    """
    visit = _done_visit(session, senior_id=senior_id, visit_id=visit_id, by=by)
    rating = VisitRating(visit_id=visit.id, stars=stars, words=words, by_account=by.account_id, at=now)
    try:
        with session.begin_nested():
            session.add(rating)
    except IntegrityError as error:
        raise AlreadyRated from error
    _note(session, visit, "visit.rated", by=by, now=now, new={"stars": stars})
    return rating


def object_to_visit(
    session: Session, *, senior_id: int, visit_id: int, words: str, by: Actor, now: datetime
) -> VisitObjection:
    """Say that a visit was not right; it is not paid before somebody has answered.

    The caller has made sure that the senior's visits are open to the account.

    :raises VisitNotFound: if it is no visit to this senior
    :raises NotFinished: if the carer has not checked out
    :raises OwnVisit: if the account is the carer's own
    :raises ObjectionTooLate: if the days to object are over
    :raises ObjectionOpen: if somebody has asked and no answer has come
    """
    visit = _done_visit(session, senior_id=senior_id, visit_id=visit_id, by=by)
    if now > may_object_until(session, visit):
        raise ObjectionTooLate
    made = VisitObjection(visit_id=visit.id, words=words, by_account=by.account_id, at=now)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise ObjectionOpen from error
    _note(session, visit, "visit.objected", by=by, now=now, new={"objection": made.id})
    return made


def answer_objection(
    session: Session, *, objection_id: int, is_upheld: bool, answer: str, by: Actor, now: datetime
) -> VisitObjection:
    """Answer a family. Where it was right, a visit that was paid is paid back, and one that was not never is.

    :raises ObjectionNotFound: if there is no such objection in the caller's area
    :raises ObjectionClosed: if it was answered before
    :raises OwnVisit: if the caller went there, or visits for the same provider
    """
    found = session.get(VisitObjection, objection_id)
    visit = _visit_within(session, found.visit_id, by=by) if found else None
    if visit is None:
        raise ObjectionNotFound
    # The visit first, as whoever objects to it or pays it does.
    objection = session.get_one(VisitObjection, objection_id, with_for_update=True, populate_existing=True)
    if objection.state != "open":
        raise ObjectionClosed
    if not may_decide(session, visit=visit, by=by, now=now):
        raise OwnVisit
    objection.state = "upheld" if is_upheld else "rejected"
    objection.answer, objection.answered_by, objection.answered_at = answer, by.account_id, now
    session.flush()
    if is_upheld:
        _pay_back(session, visit, reason=answer, by=by, now=now)
    _note(session, visit, "visit.answered", by=by, now=now, new={"objection": objection.id, "state": objection.state})
    telling.tell_answered(session, visit, objection, now=now)
    return objection


def may_object_until(session: Session, visit: CareVisit) -> datetime:
    """Return when the days to object to a finished visit are over."""
    assert visit.finished_at is not None
    rules = get_visit_rules(session, area_code=visit.area_code, on=visit.visit_on)
    return visit.finished_at + timedelta(days=rules.objection_days)


def _pay_back(session: Session, visit: CareVisit, *, reason: str, by: Actor, now: datetime) -> None:
    """Undo the payment of a visit, unless somebody did so before: the family is right all the same."""
    try:
        money.reverse_visit(session, visit_id=visit.id, reason=shorten(reason), by=by, now=now)
    except AlreadyUndone:
        return


def shorten(reason: str) -> str:
    """Bring an answer to a family to the length that a booking takes."""
    words = " ".join(reason.split())
    return words if len(words) <= LONGEST_REASON else f"{words[: LONGEST_REASON - 1]}…"


def _done_visit(session: Session, *, senior_id: int, visit_id: int, by: Actor) -> CareVisit:
    # Held: a payment under way is waited for, and the next one sees what was said.
    visit = session.get(CareVisit, visit_id, with_for_update=True, populate_existing=True)
    if visit is None or visit.senior_id != senior_id:
        raise VisitNotFound
    if visit.state not in DONE:
        raise NotFinished
    check_not_own(session, visit, by=by)
    return visit


def _visit_within(session: Session, visit_id: int, *, by: Actor) -> CareVisit | None:
    query = select(CareVisit).where(CareVisit.id == visit_id, within(CareVisit.area_code, by.area_codes))
    return session.scalar(query.with_for_update())


def _note(session: Session, visit: CareVisit, action: str, *, by: Actor, now: datetime, new: dict[str, object]) -> None:
    record(
        session,
        actor=by,
        action=action,
        subject=f"care_visit:{visit.id}",
        area_code=visit.area_code,
        now=now,
        new=new,
    )
