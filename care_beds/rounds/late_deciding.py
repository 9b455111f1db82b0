"""A supervisor decides about a visit that was told of too late: it counts as a visit beside the plan, or not at all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor
from app.clock import business_day, local
from care_beds.rounds import telling
from care_beds.rounds.errors import LateClash, LateDecided, LateHalf, LateNotFound, OwnVisit
from care_beds.rounds.late import Why
from care_beds.rounds.models import LateMark, LateVisit
from care_beds.rounds.rules import Condition, MarkKind, code_at, moment_of
from care_beds.rounds.slots import Slot, slot_of
from care_beds.visits.access import visible_visits
from care_beds.visits.exceptions import may_decide, standing_of
from care_beds.visits.models import CareVisit, VisitException, VisitMark
from care_beds.visits.rules import Decision, Excepted, State

Ends = Mapping[str, LateMark]
NO_CHECK_OUT = "no_check_out"


def decide_late(
    session: Session, *, late_id: int, decision: Decision, words: str, by: Actor, now: datetime
) -> LateVisit:
    """Decide about a visit that was told of too late. Accepted, it is a visit beside the plan, made and looked at.

    :raises LateNotFound: if there is none among the visits the caller may see
    :raises OwnVisit: if the caller went there, or visits for the same provider
    :raises LateDecided: if somebody has decided before
    :raises LateHalf: if it is to count and one of its ends is not known
    :raises LateClash: if it is to count and its time belongs to another visit
    """
    query = select(LateVisit.visit_id).join(CareVisit, CareVisit.id == LateVisit.visit_id)
    visit_id = session.scalar(query.where(LateVisit.id == late_id, visible_visits(by)))
    if visit_id is None:
        raise LateNotFound
    visit = session.get_one(CareVisit, visit_id, with_for_update=True, populate_existing=True)
    late = session.get_one(LateVisit, late_id, with_for_update=True, populate_existing=True)
    if late.decision is not None:
        raise LateDecided
    if not may_decide(session, visit=visit, by=by, now=now):
        raise OwnVisit
    if decision is Decision.CLEARED:
        late.made_visit_id = _accept(session, late, visit, words=words, by=by, now=now).id
    late.decision, late.decided_by, late.decided_at, late.words = decision, by.account_id, now, words
    session.flush()
    record(
        session,
        actor=by,
        action="visit.late_decided",
        subject=f"care_visit:{visit.id}",
        area_code=visit.area_code,
        now=now,
        new={"decision": decision, "visit": late.made_visit_id},
        reason=words,
    )
    return late


def _accept(session: Session, late: LateVisit, visit: CareVisit, *, words: str, by: Actor, now: datetime) -> CareVisit:
    """Make the visit that was told of, with its marks, and everything doubtful about it looked at."""
    ends = {each.kind: each for each in session.scalars(select(LateMark).where(LateMark.late_id == late.id))}
    is_closed = late.why == Why.CLOSED
    made = _end(session, visit, ends) if is_closed else _make(session, late, visit, ends, by=by, now=now)
    _clear(session, made, ends, words=words, by=by, now=now)
    is_worse = (made.vitals or {}).get("condition") == Condition.WORSE
    telling.tell_finished(session, made, is_worse=is_worse, now=now)
    return made


def _make(session: Session, late: LateVisit, visit: CareVisit, ends: Ends, *, by: Actor, now: datetime) -> CareVisit:
    if len(ends) < len(MarkKind):
        raise LateHalf
    came, left = ends[MarkKind.CHECK_IN], ends[MarkKind.CHECK_OUT]
    started_at = moment_of(came.occurred_at, received_at=came.received_at)
    slot = _slot_at(started_at, minutes=slot_of(visit.planned).minutes)
    made = CareVisit(
        bed_id=visit.bed_id,
        senior_id=visit.senior_id,
        provider_id=visit.provider_id,
        carer_id=late.carer_id,
        area_code=visit.area_code,
        service=visit.service,
        due_on=visit.due_on,
        visit_on=business_day(slot.begins),
        planned=Range(slot.begins, slot.ends),
        state=State.FINISHED,
        started_at=started_at,
        finished_at=max(started_at, moment_of(left.occurred_at, received_at=left.received_at)),
        items_done=left.items,
        vitals=left.vitals,
        exception=Excepted.CLEARED,
        made_at=now,
        made_by=by.account_id,
    )
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError as error:
        raise LateClash from error
    session.add_all([_mark_of(each, made) for each in ends.values()])
    session.flush()
    return made


def _end(session: Session, visit: CareVisit, ends: Ends) -> CareVisit:
    """End a visit that the night had ended without a minute, as its phone told later."""
    left = ends.get(MarkKind.CHECK_OUT)
    if left is None or visit.started_at is None:
        raise LateHalf
    if visit.state != State.FINISHED:
        raise LateDecided
    visit.finished_at = max(visit.started_at, moment_of(left.occurred_at, received_at=left.received_at))
    visit.items_done, visit.vitals = left.items, left.vitals
    # The end before its mark: the database lets it be changed only while nobody has told of it.
    session.flush()
    session.add(_mark_of(left, visit))
    session.flush()
    return visit


def _slot_at(started_at: datetime, *, minutes: int) -> Slot:
    """Return the time a visit stands at that began when nobody had planned it: as long as it was planned elsewhere."""
    begins = started_at.replace(second=0, microsecond=0)
    midnight = local(begins).replace(hour=0, minute=0) + timedelta(days=1)
    begins = min(begins, midnight - timedelta(minutes=minutes))
    return Slot(begins, begins + timedelta(minutes=minutes))


def _mark_of(late: LateMark, visit: CareVisit) -> VisitMark:
    facts: dict[str, Any] = dict(late.facts)
    if facts["picture_id"]:
        facts["picture_id"] = UUID(facts["picture_id"])
    told = {"kind": late.kind, "key": late.key, "fingerprint": late.fingerprint, "by_account": late.by_account}
    moments = {"occurred_at": late.occurred_at, "received_at": late.received_at}
    return VisitMark(visit_id=visit.id, **told, **moments, **facts)


def _clear(session: Session, visit: CareVisit, ends: Ends, *, words: str, by: Actor, now: datetime) -> None:
    """Write down what was doubtful as looked at: it stood before whoever accepted the visit."""
    decided = {"decision": Decision.CLEARED, "decided_by": by.account_id, "decided_at": now, "words": words}
    rows = [
        {"visit_id": visit.id, "code": code_at(MarkKind(end.kind), code), "detail": detail, "raised_at": now, **decided}
        for end in ends.values()
        for code, detail in sorted(end.doubts.items())
    ]
    if rows:
        session.execute(insert(VisitException).values(rows).on_conflict_do_nothing())
    open_end = select(VisitException).where(
        VisitException.visit_id == visit.id, VisitException.code == NO_CHECK_OUT, VisitException.decision.is_(None)
    )
    for each in session.scalars(open_end):
        each.decision, each.decided_by, each.decided_at, each.words = Decision.CLEARED, by.account_id, now, words
    session.flush()
    visit.exception = standing_of(session, visit_id=visit.id)
    session.flush()
