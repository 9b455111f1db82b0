"""The green key: somebody wants a service. No alarm: a request for the street, which calls back and sees to it."""

from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.audit.services import record
from app.auth.actor import Actor
from safety.alerts.errors import RequestMoved, RequestNotFound
from safety.alerts.models import ServiceRequest
from safety.alerts.telling import tell_requested
from safety.kits.models import SafetyHome

OPEN, TAKEN, DONE = "open", "taken", "done"

log = structlog.get_logger(__name__)


def ask_for_service(session: Session, *, home: SafetyHome, at: datetime, count: int, now: datetime) -> None:
    """Write down that a service is wanted; pressed again before anybody has called back, it is counted."""
    row = {
        "home_id": home.id,
        "senior_id": home.senior_id,
        "area_code": home.area_code,
        "asked_at": at,
        "last_at": at,
        "repeats": count - 1,
    }
    again = {"last_at": func.greatest(ServiceRequest.last_at, at), "repeats": ServiceRequest.repeats + count}
    query = (
        insert(ServiceRequest)
        .values(row)
        .on_conflict_do_update(index_elements=["home_id"], index_where=ServiceRequest.state != DONE, set_=again)
        .returning(ServiceRequest.id, ServiceRequest.repeats)
    )
    made = session.execute(query).one()
    told = {"request_id": made.id, "senior_id": home.senior_id, "area_code": home.area_code}
    try:
        with session.begin_nested():
            tell_requested(session, **told, now=now)
    except Exception:
        # The wish stands on the street's list all the same, and an alarm of the same batch goes on.
        log.exception("safety.wish_not_told", request=made.id)


def take_request(session: Session, *, request_id: int, by: Actor, now: datetime) -> ServiceRequest:
    """Take a request in hand.

    :raises RequestNotFound: if there is none in the caller's area
    :raises RequestMoved: if somebody else has it, or it is done
    """
    found = _lock(session, request_id=request_id, by=by)
    if found.state == TAKEN and found.taken_by == by.account_id:
        return found
    if found.state != OPEN:
        raise RequestMoved
    found.state, found.taken_by, found.taken_at = TAKEN, by.account_id, now
    _note(session, found, "safety_request.taken", by=by, now=now)
    return found


def finish_request(session: Session, *, request_id: int, words: str, by: Actor, now: datetime) -> ServiceRequest:
    """Write down what came of a request.

    :raises RequestNotFound: if there is none in the caller's area
    :raises RequestMoved: if it is done already
    """
    found = _lock(session, request_id=request_id, by=by)
    if found.state == DONE:
        raise RequestMoved
    if found.taken_by is None:
        found.taken_by, found.taken_at = by.account_id, now
    found.state, found.done_by, found.done_at, found.words = DONE, by.account_id, now, words
    _note(session, found, "safety_request.done", by=by, now=now, reason=words)
    return found


def _lock(session: Session, *, request_id: int, by: Actor) -> ServiceRequest:
    query = select(ServiceRequest).where(
        ServiceRequest.id == request_id, areas.within(ServiceRequest.area_code, by.area_codes)
    )
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise RequestNotFound
    return found


def _note(session: Session, found: ServiceRequest, action: str, *, by: Actor, now: datetime, reason: str = "") -> None:
    session.flush()
    subject = f"safety_request:{found.id}"
    record(session, actor=by, action=action, subject=subject, area_code=found.area_code, now=now, reason=reason)
