"""What a phone tells of a visit that the office has given up meanwhile: kept for a supervisor, never refused.

A phone without a line says in the evening what was done in the morning. By then the visit may be cancelled, covered by
somebody else, written down as missed, or ended by the night; what was done at the bed was done all the same.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.queries import was_done
from app.audit.services import record
from app.auth import Actor
from app.idempotency import Key, KeyReused
from care_beds.providers.models import Carer
from care_beds.rounds.evidence import NOT_RECORDED, Mark, keep_picture, weigh_mark
from care_beds.rounds.marks import Marked, Report, facts_of, identity_of, vitals_of
from care_beds.rounds.models import LateMark, LateVisit
from care_beds.rounds.rules import MarkKind, judge_mark
from care_beds.visits.models import CareVisit, VisitMark
from care_beds.visits.rules import State

LATE = "late"
GONE = (State.MISSED, State.CANCELLED)


class Why(StrEnum):
    """Why what a phone told came too late."""

    CANCELLED = "cancelled"
    COVERED = "covered"
    GIVEN_UP = "given_up"
    TIME_TAKEN = "time_taken"
    CLOSED = "closed"


def keep_if_late(
    session: Session,
    *,
    kind: MarkKind,
    key: Key,
    visit_id: int,
    mark: Mark,
    report: Report | None,
    picture_data: bytes | None,
    by: Actor,
    now: datetime,
) -> Marked | None:
    """Keep a mark that came too late to count by itself; return nothing where it is not late."""
    visit = session.get(CareVisit, visit_id)
    mine = session.scalars(select(Carer.id).where(Carer.account_id == by.account_id)).all()
    why = _find_why(session, visit, mine, kind=kind, by=by) if visit and mine else None
    if visit is None or why is None:
        return None
    picture = keep_picture(session, visit, picture_data, kind=kind, by=by, now=now)
    opened = weigh_mark(session, visit=visit, kind=kind, mark=mark, picture=picture, now=now)
    carer_id = next((each for each in mine if each in (visit.carer_id, visit.covers_carer_id)), max(mine))
    late_id = _open_late(session, visit=visit, carer_id=carer_id, why=why, now=now)
    facts = facts_of(opened)
    kept = {
        "late_id": late_id,
        **identity_of(opened, key=key, by=by, now=now),
        "facts": {**facts, "picture_id": str(picture.id) if picture else None},
        "doubts": {each.code: dict(each.detail) for each in judge_mark(opened.evidence, opened.limits)},
        "items": list(report.items) if report else [],
        "vitals": vitals_of(report) if report else None,
    }
    # A second phone tells of the same end: the first one is kept, and both hear that it is.
    session.execute(insert(LateMark).values(kept).on_conflict_do_nothing(constraint="uq_late_mark_late_id_kind"))
    action, new = "visit.late_mark", {"kind": kind, "why": why, "at": mark.occurred_at.isoformat()}
    subject = f"care_visit:{visit.id}"
    record(session, actor=by, action=action, subject=subject, area_code=visit.area_code, now=now, new=new)
    return _told(visit.id, kind, at=mark.occurred_at, distance_m=facts["distance_m"], why=why)


def find_known_late(session: Session, key: Key) -> Marked | None:
    """Return what became of a late mark whose key was here before.

    :raises KeyReused: if it came with something else
    """
    query = select(LateMark, LateVisit).join(LateVisit, LateVisit.id == LateMark.late_id)
    found = session.execute(query.where(LateMark.key == key.text)).one_or_none()
    if found is None:
        return None
    mark, late = found
    if mark.fingerprint != key.fingerprint:
        raise KeyReused
    distance_m = mark.facts["distance_m"]
    return _told(late.visit_id, mark.kind, at=mark.occurred_at, distance_m=distance_m, why=late.why, replayed=True)


def _told(
    visit_id: int, kind: str, *, at: datetime, distance_m: int | None, why: str, replayed: bool = False
) -> Marked:
    doubts = [f"{LATE}_{why}"]
    return Marked(
        visit_id=visit_id, kind=kind, state=LATE, at=at, distance_m=distance_m, doubts=doubts, replayed=replayed
    )


def _find_why(session: Session, visit: CareVisit, mine: Sequence[int], *, kind: MarkKind, by: Actor) -> Why | None:
    if visit.carer_id not in mine:
        return Why.COVERED if _was_theirs(session, visit, mine, by=by) else None
    if visit.state == State.CANCELLED:
        return Why.CANCELLED
    if visit.state == State.MISSED:
        return _why_missed(session, visit, kind=kind)
    if kind is MarkKind.CHECK_OUT and visit.finished_at is not None:
        is_told = exists().where(VisitMark.visit_id == visit.id, VisitMark.kind == MarkKind.CHECK_OUT)
        return None if session.scalar(select(is_told)) else Why.CLOSED
    return None


def _why_missed(session: Session, visit: CareVisit, *, kind: MarkKind) -> Why | None:
    """Say why a missed visit cannot come back: the office knows of it, or its time belongs to another by now."""
    if visit.missed_reason != NOT_RECORDED:
        return Why.GIVEN_UP
    others = select(CareVisit.id).where(
        or_(CareVisit.carer_id == visit.carer_id, CareVisit.senior_id == visit.senior_id),
        CareVisit.visit_on == visit.visit_on,
        CareVisit.planned.op("&&")(visit.planned),
        CareVisit.id != visit.id,
        CareVisit.state.not_in(GONE),
    )
    is_taken = session.scalar(others.limit(1)) is not None
    # The end follows its beginning, also where the other visit went away in between.
    begun = exists().where(LateVisit.visit_id == visit.id, LateVisit.carer_id == visit.carer_id)
    if is_taken or (kind is MarkKind.CHECK_OUT and session.scalar(select(begun))):
        return Why.TIME_TAKEN
    return None


def _was_theirs(session: Session, visit: CareVisit, mine: Sequence[int], *, by: Actor) -> bool:
    """Say whether a visit was somebody's before others covered it: planned for them, or shown on their phone."""
    if visit.covers_carer_id in mine:
        return True
    subject = f"care_visit:{visit.id}"
    return was_done(session, action="reveal.care_visit", subject=subject, account_id=by.account_id)


def _open_late(session: Session, *, visit: CareVisit, carer_id: int, why: Why, now: datetime) -> int:
    """Return what is undecided of this visit by this carer, beginning it if need be."""
    values: dict[str, Any] = {"visit_id": visit.id, "carer_id": carer_id, "why": why, "raised_at": now}
    made = insert(LateVisit).values(values)
    undecided = LateVisit.decision.is_(None)
    kept = made.on_conflict_do_nothing(index_elements=["visit_id", "carer_id"], index_where=undecided)
    found: int | None = session.scalar(kept.returning(LateVisit.id))
    if found is not None:
        return found
    ours = (LateVisit.visit_id == visit.id, LateVisit.carer_id == carer_id, undecided)
    known: int = session.scalars(select(LateVisit.id).where(*ours)).one()
    return known
