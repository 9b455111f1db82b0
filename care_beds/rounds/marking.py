"""Coming to a bed and leaving it: what a carer's phone sends is written down once, judged, and never lost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor
from app.db import ask
from app.idempotency import InFlight, Key, KeyReused
from care_beds.rounds import telling
from care_beds.rounds.evidence import Mark, Opened, open_visit
from care_beds.rounds.late import find_known_late, keep_if_late
from care_beds.rounds.marks import Marked, Report, facts_of, identity_of, vitals_of
from care_beds.rounds.rules import (
    Condition,
    Doubt,
    MarkKind,
    base_of,
    code_at,
    judge_arrival,
    judge_items,
    judge_length,
    judge_mark,
    judge_order,
    kind_of,
    moment_of,
)
from care_beds.rounds.slots import slot_of
from care_beds.rounds.today import items_of
from care_beds.visits.exceptions import raise_exceptions
from care_beds.visits.models import CareVisit, VisitException, VisitMark

# One key at a time: a phone that asks twice at once must not leave two pictures.
TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"


def check_in(
    session: Session, *, key: Key, visit_id: int, mark: Mark, picture_data: bytes | None, by: Actor, now: datetime
) -> Marked:
    """Write down that a carer has come, with everything that is doubtful about it.

    Nothing doubtful keeps the mark out: a supervisor looks at it afterwards.

    :raises VisitNotFound: if the visit is not the caller's own
    :raises KeyReused: if the key came with something else
    :raises AlreadyCheckedIn: if the visit began under another key
    :raises InFlight: if the office gives it up at this moment: asked again, it is kept for a supervisor
    """
    known = _find_known(session, key)
    if known:
        return known
    asked: dict[str, Any] = {"visit_id": visit_id, "mark": mark, "picture_data": picture_data, "by": by, "now": now}
    late = keep_if_late(session, kind=MarkKind.CHECK_IN, key=key, report=None, **asked)
    if late:
        return late
    opened = open_visit(session, kind=MarkKind.CHECK_IN, **asked)
    visit = opened.visit
    found = [
        *judge_mark(opened.evidence, opened.limits),
        *judge_arrival(opened.evidence, opened.limits),
        *_judge_before(session, visit),
    ]
    visit.started_at = moment_of(mark.occurred_at, received_at=now)
    _begin(session, visit)
    return _write(session, opened, found, key=key, at=visit.started_at, by=by, now=now)


def check_out(
    session: Session,
    *,
    key: Key,
    visit_id: int,
    mark: Mark,
    report: Report,
    picture_data: bytes | None,
    by: Actor,
    now: datetime,
) -> Marked:
    """Write down that a carer has left, what was done, and everything that is doubtful about it.

    :raises VisitNotFound: if the visit is not the caller's own
    :raises KeyReused: if the key came with something else
    :raises NotCheckedIn: if the visit has not begun
    :raises AlreadyCheckedOut: if it ended under another key
    :raises InFlight: if the office gives it up at this moment: asked again, it is kept for a supervisor
    """
    known = _find_known(session, key)
    if known:
        return known
    asked: dict[str, Any] = {"visit_id": visit_id, "mark": mark, "picture_data": picture_data, "by": by, "now": now}
    late = keep_if_late(session, kind=MarkKind.CHECK_OUT, key=key, report=report, **asked)
    if late:
        return late
    opened = open_visit(session, kind=MarkKind.CHECK_OUT, **asked)
    finished_at = _end(opened, report)
    found = [*judge_mark(opened.evidence, opened.limits), *_judge_done(session, opened, report)]
    marked = _write(session, opened, found, key=key, at=finished_at, by=by, now=now)
    telling.tell_finished(session, opened.visit, is_worse=report.condition is Condition.WORSE, now=now)
    return marked


def _find_known(session: Session, key: Key) -> Marked | None:
    """Return what became of a key that was here before.

    :raises KeyReused: if it came with something else
    """
    ask(session, TURN, {"key": key.text})
    mark = session.scalar(select(VisitMark).where(VisitMark.key == key.text))
    if mark is None:
        return find_known_late(session, key)
    if mark.fingerprint != key.fingerprint:
        raise KeyReused
    visit = session.get_one(CareVisit, mark.visit_id)
    raised = select(VisitException.code).where(VisitException.visit_id == visit.id).order_by(VisitException.id)
    doubts = [each for each in session.scalars(raised) if kind_of(each) == mark.kind]
    return _marked(visit, mark, doubts=[base_of(each) for each in doubts], replayed=True)


def _begin(session: Session, visit: CareVisit) -> None:
    """Let a visit begin; one that only looked missed, because its phone was silent, if its time is still free."""
    was_missed = visit.state == "missed"
    visit.state, visit.missed_reason = "started", ""
    if not was_missed:
        return
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise InFlight from error


def _end(opened: Opened, report: Report) -> datetime:
    visit = opened.visit
    assert visit.started_at is not None
    left = moment_of(opened.mark.occurred_at, received_at=opened.evidence.received_at)
    # A clock that was put right in between must not make a visit end before it began: then it lasted no minute, and
    # a supervisor looks at it.
    visit.finished_at = max(left, visit.started_at)
    visit.state = "finished"
    visit.items_done = list(report.items)
    visit.vitals = vitals_of(report)
    return visit.finished_at


def _judge_before(session: Session, visit: CareVisit) -> Sequence[Doubt]:
    """Say whether the carer came here while another visit was not closed."""
    still = select(CareVisit.id).where(
        CareVisit.carer_id == visit.carer_id, CareVisit.state == "started", CareVisit.id != visit.id
    )
    other = session.scalar(still.order_by(CareVisit.id).limit(1))
    return (Doubt("still_open", {"visit_id": other}),) if other else ()


def _judge_done(session: Session, opened: Opened, report: Report) -> Sequence[Doubt]:
    visit = opened.visit
    assert visit.started_at is not None
    assert visit.finished_at is not None
    short_percent = abs(opened.rules.duration_percent)
    left_at = moment_of(opened.mark.occurred_at, received_at=opened.evidence.received_at)
    return (
        *judge_order(started_at=visit.started_at, left_at=left_at),
        *judge_length(
            started_at=visit.started_at,
            finished_at=visit.finished_at,
            planned_minutes=slot_of(visit.planned).minutes,
            short_percent=short_percent,
        ),
        *judge_items(planned=items_of(session, visit), done=report.items, words=report.words),
    )


def _write(
    session: Session, opened: Opened, found: Sequence[Doubt], *, key: Key, at: datetime, by: Actor, now: datetime
) -> Marked:
    visit = opened.visit
    mark = VisitMark(visit_id=visit.id, **identity_of(opened, key=key, by=by, now=now), **facts_of(opened))
    session.add(mark)
    session.flush()
    raise_exceptions(
        session, visit=visit, found={code_at(opened.kind, each.code): each.detail for each in found}, now=now
    )
    action = "visit.checked_in" if opened.kind is MarkKind.CHECK_IN else "visit.checked_out"
    record(
        session,
        actor=by,
        action=action,
        subject=f"care_visit:{visit.id}",
        area_code=visit.area_code,
        now=now,
        new={"at": at.isoformat(), "doubts": [each.code for each in found]},
    )
    return _marked(visit, mark, doubts=[each.code for each in found])


def _marked(visit: CareVisit, mark: VisitMark, *, doubts: Sequence[str], replayed: bool = False) -> Marked:
    at = visit.started_at if mark.kind == MarkKind.CHECK_IN else visit.finished_at
    return Marked(
        visit_id=visit.id,
        kind=mark.kind,
        state=visit.state,
        at=at or mark.occurred_at,
        distance_m=mark.distance_m,
        doubts=doubts,
        replayed=replayed,
    )
