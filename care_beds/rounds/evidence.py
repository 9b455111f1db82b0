"""What a mark at a visit rests on, gathered before it is judged: whose visit, which sticker, which picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.idempotency import InFlight
from app.pictures import services as pictures
from app.pictures.errors import PictureRefused
from app.pictures.models import Picture
from care_beds.beds.models import CareBed
from care_beds.providers.models import Carer
from care_beds.rounds.errors import (
    AlreadyCheckedIn,
    AlreadyCheckedOut,
    NotCheckedIn,
    VisitNotFound,
)
from care_beds.rounds.likeness import find_same
from care_beds.rounds.rules import Evidence, Fix, Limits, MarkKind, Point
from care_beds.rounds.slots import slot_of
from care_beds.rounds.stickers import Read, read_sticker
from care_beds.visits.models import CareVisit
from care_beds.visits.policy import get_visit_rules
from care_beds.visits.rules import VisitRules

VISIT = "care_visit"
# The night writes down as missed what nobody was heard of; a phone that was silent may still tell.
NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a phone says of coming or leaving."""

    occurred_at: datetime
    clock_suspect: bool = False
    sticker: str = ""
    fix: Fix | None = None
    no_fix_reason: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A visit that its carer holds, locked, with what this mark of it rests on."""

    visit: CareVisit
    kind: MarkKind
    mark: Mark
    read: Read
    picture: Picture | None
    evidence: Evidence
    rules: VisitRules
    limits: Limits


def open_visit(
    session: Session,
    *,
    kind: MarkKind,
    visit_id: int,
    mark: Mark,
    picture_data: bytes | None,
    by: Actor,
    now: datetime,
) -> Opened:
    """Lock a carer's own visit for a mark. The picture is made ready first: nobody waits behind it.

    :raises VisitNotFound: if the visit is not the caller's own
    :raises AlreadyCheckedIn: if it began before
    :raises NotCheckedIn: if it ends before it began
    :raises AlreadyCheckedOut: if it ended before
    :raises InFlight: if the office changed it while it was waited for
    """
    visit = own_visit(session, visit_id=visit_id, by=by)
    MAY[kind](visit)
    picture = keep_picture(session, visit, picture_data, kind=kind, by=by, now=now)
    try:
        visit = lock_own(session, visit)
        MAY[kind](visit)
    except VisitNotFound as error:
        raise InFlight from error
    return weigh_mark(session, visit=visit, kind=kind, mark=mark, picture=picture, now=now)


def weigh_mark(
    session: Session, *, visit: CareVisit, kind: MarkKind, mark: Mark, picture: Picture | None, now: datetime
) -> Opened:
    """Gather what a mark of a visit rests on, and by what it is judged."""
    rules = get_visit_rules(session, area_code=visit.area_code, on=visit.visit_on)
    limits = limits_of(rules, pictures_due=rules.photos_in if kind is MarkKind.CHECK_IN else rules.photos_out)
    read = read_sticker(session, given=mark.sticker, bed_id=visit.bed_id, at=mark.occurred_at)
    same = find_same(session, picture, visit=visit, bits=rules.same_picture_bits, now=now) if picture else None
    slot = slot_of(visit.planned)
    evidence = Evidence(
        occurred_at=mark.occurred_at,
        received_at=now,
        clock_suspect=mark.clock_suspect,
        sticker=read.verdict,
        fix=mark.fix,
        no_fix_reason=mark.no_fix_reason,
        home=_home(session, visit),
        has_picture=picture is not None,
        picture_taken_at=picture.taken_at if picture else None,
        same_as_visit=same,
        planned_from=slot.begins,
        planned_until=slot.ends,
    )
    return Opened(
        visit=visit, kind=kind, mark=mark, read=read, picture=picture, evidence=evidence, rules=rules, limits=limits
    )


def own_visit(session: Session, *, visit_id: int, by: Actor) -> CareVisit:
    """Return a visit of the caller's own, not locked.

    :raises VisitNotFound: if there is none, or somebody else goes there
    """
    query = select(CareVisit).join(Carer, Carer.id == CareVisit.carer_id)
    visit = session.scalar(query.where(CareVisit.id == visit_id, Carer.account_id == by.account_id))
    if visit is None:
        raise VisitNotFound
    return visit


def lock_own(session: Session, visit: CareVisit) -> CareVisit:
    """Hold a visit of the caller's own until the transaction ends.

    :raises VisitNotFound: if it was given to another carer while it was waited for
    """
    carer_id = visit.carer_id
    held = session.get_one(CareVisit, visit.id, with_for_update=True, populate_existing=True)
    if held.carer_id != carer_id:
        raise VisitNotFound
    return held


def limits_of(rules: VisitRules, *, pictures_due: int) -> Limits:
    """Return what a mark is judged by."""
    return Limits(
        radius_m=rules.radius_m,
        accuracy_m=rules.accuracy_m,
        fix_age_seconds=rules.fix_age_seconds,
        early_minutes=rules.grace_minutes,
        clock_skew_seconds=rules.clock_skew_seconds,
        sent_hours=rules.sent_hours,
        picture_age_minutes=rules.picture_age_minutes,
        pictures_due=pictures_due,
    )


def _still_stands(visit: CareVisit) -> None:
    """Ask once more where the office gave the visit up a moment ago: then what the phone tells is kept as late."""
    if visit.state == "cancelled" or (visit.state == "missed" and visit.missed_reason != NOT_RECORDED):
        raise InFlight


def _may_begin(visit: CareVisit) -> None:
    _still_stands(visit)
    if visit.started_at is not None:
        raise AlreadyCheckedIn


def _may_end(visit: CareVisit) -> None:
    _still_stands(visit)
    if visit.started_at is None:
        raise NotCheckedIn
    if visit.finished_at is not None:
        raise AlreadyCheckedOut


MAY: Mapping[MarkKind, Callable[[CareVisit], None]] = {
    MarkKind.CHECK_IN: _may_begin,
    MarkKind.CHECK_OUT: _may_end,
}


def keep_picture(
    session: Session, visit: CareVisit, data: bytes | None, *, kind: MarkKind, by: Actor, now: datetime
) -> Picture | None:
    """Keep the picture of a mark. One that cannot be used is no reason to lose the mark: it counts as none."""
    if not data:
        return None
    try:
        return pictures.keep(
            session,
            data=data,
            owner_kind=VISIT,
            owner_ref=str(visit.id),
            area_code=visit.area_code,
            senior_id=visit.senior_id,
            purpose=kind,
            by=by,
            now=now,
        )
    except PictureRefused:
        return None


def _home(session: Session, visit: CareVisit) -> Point | None:
    row = session.execute(select(CareBed.lat, CareBed.lon).where(CareBed.id == visit.bed_id)).one()
    return Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else None
