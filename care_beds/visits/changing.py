"""Visits to come are moved, covered by another carer, cancelled; those that nobody made are written down as missed."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor, Role
from app.clock import business_day, local
from app.errors import Invalid
from care_beds.beds.models import CareBed
from care_beds.beds.queries import is_in_service
from care_beds.catalogue.queries import get_catalogue
from care_beds.providers.models import Carer
from care_beds.visits import telling
from care_beds.visits.access import load_visit
from care_beds.visits.errors import (
    BedRests,
    CarerBusy,
    GapNotFound,
    NotNow,
    SeniorBusy,
    VisitMoved,
    VisitNotFound,
)
from care_beds.visits.exceptions import raise_exceptions
from care_beds.visits.models import CareVisit, VisitGap
from care_beds.visits.policy import get_visit_rules
from care_beds.visits.queries import visible_gaps
from care_beds.visits.rules import UNPLANNED, Cancelled, Change, Excepted, GapState, Missed, State
from care_beds.visits.staffing import check_carer

# Which promise of the database was about to be broken.
PROMISES = {"ex_care_visit_carer": CarerBusy, "ex_care_visit_senior": SeniorBusy}


def move_visit(
    session: Session, *, visit_id: int, starts_at: datetime, reason: Change, words: str = "", by: Actor, now: datetime
) -> CareVisit:
    """Move a visit to another time, of the same length.

    :raises VisitNotFound: if the caller does not manage its provider
    :raises VisitMoved: if it was begun, missed or cancelled
    :raises NotNow: if the new time has passed, or lies farther away than the rules allow
    :raises BedRests: if nobody is to be visited on that day
    :raises CarerUnfit: if the carer may not visit on that day
    :raises DayFull: if the carer's day would be too long
    :raises CarerBusy: if the carer is elsewhere then
    :raises SeniorBusy: if somebody else visits then
    """
    visit = _load_planned(session, visit_id=visit_id, by=by)
    slot = _slot(starts_at, minutes=_minutes(visit))
    on = business_day(starts_at)
    rules = get_visit_rules(session, area_code=visit.area_code, on=business_day(now))
    if starts_at <= now:
        raise NotNow(_l("This time has passed. Choose a later one."))
    if abs((on - visit.due_on).days) > rules.move_days:
        told = _l("A visit is moved by at most %(days)s days from the day of the plan.", days=rules.move_days)
        raise NotNow(told)
    _check_bed(session, bed_id=visit.bed_id, on=on)
    _check_words(reason, words)
    _check_staff(session, visit, carer_id=visit.carer_id, on=on)
    before = visit.planned

    def change() -> None:
        visit.moved_from = visit.moved_from or before
        visit.planned, visit.visit_on = slot, on
        visit.change_reason, visit.words = reason, words

    _try(session, change)
    told = {"from": before.lower, "to": starts_at}
    _note(session, visit, action="visit.moved", new=told, by=by, now=now, reason=f"{reason} {words}".strip())
    telling.tell_moved(session, visit, now=now)
    return visit


def cover_visit(
    session: Session, *, visit_id: int, carer_id: int, reason: Change, words: str = "", by: Actor, now: datetime
) -> CareVisit:
    """Let another carer make a visit.

    :raises VisitNotFound: if the caller does not manage its provider
    :raises VisitMoved: if it was begun, missed or cancelled
    :raises CarerNotFound: if there is no such carer
    :raises CarerUnfit: if this carer may not visit this person on this day
    :raises DayFull: if the carer's day would be too long
    :raises CarerBusy: if the carer is elsewhere then
    """
    visit = _load_planned(session, visit_id=visit_id, by=by)
    if carer_id == visit.carer_id:
        raise Invalid(errors={"carer_id": [_l("This carer comes already.")]})
    _check_words(reason, words)
    _check_staff(session, visit, carer_id=carer_id, on=visit.visit_on)
    before = visit.carer_id
    first = visit.covers_carer_id or before

    def change() -> None:
        visit.carer_id, visit.covers_carer_id = carer_id, None if first == carer_id else first
        visit.change_reason, visit.words = reason, words
        # Another pair of eyes: whose door it is, is shown anew, and that is written down anew.
        visit.seen_at = None

    _try(session, change)
    told = {"before": before, "carer": carer_id}
    _note(session, visit, action="visit.covered", new=told, by=by, now=now, reason=f"{reason} {words}".strip())
    telling.tell_covered(session, visit, now=now)
    return visit


def miss_visit(
    session: Session, *, visit_id: int, reason: Missed, words: str = "", by: Actor, now: datetime
) -> CareVisit:
    """Write down that a visit was not made; its carer may say so, or the manager of the provider.

    :raises VisitNotFound: if it is neither the caller's own nor of a provider they manage
    :raises VisitMoved: if it was begun, missed or cancelled
    :raises NotNow: if its time has not come
    """
    visit = load_visit(session, visit_id=visit_id, actor=by, lock=True)
    if not by.is_of(Role.PROVIDER_MANAGER, visit.provider_id) and not _is_own(session, visit, by):
        raise VisitNotFound
    if visit.state != State.PLANNED:
        raise VisitMoved(extra={"state": visit.state})
    assert visit.planned.lower is not None
    if visit.planned.lower > now:
        raise NotNow(_l("Its time has not come. Move or cancel it instead."))
    _check_words(reason, words)
    visit.state, visit.missed_reason, visit.words = State.MISSED, reason, words
    session.flush()
    _note(session, visit, action="visit.missed", new={}, by=by, now=now, reason=f"{reason} {words}".strip())
    telling.tell_missed(session, visit, now=now)
    return visit


def cancel_visit(
    session: Session, *, visit_id: int, reason: Cancelled, words: str = "", by: Actor, now: datetime
) -> CareVisit:
    """Cancel a visit to come; what should have been made by now is missed, not cancelled.

    :raises VisitNotFound: if the caller does not manage its provider
    :raises VisitMoved: if it was begun, missed or cancelled
    :raises NotNow: if its time has come
    """
    visit = _load_planned(session, visit_id=visit_id, by=by)
    assert visit.planned.lower is not None
    if visit.planned.lower <= now:
        raise NotNow(_l("Its time has come. Write down that it was missed, and why."))
    _check_words(reason, words)
    visit.state, visit.cancel_reason, visit.words = State.CANCELLED, reason, words
    session.flush()
    _note(session, visit, action="visit.cancelled", new={}, by=by, now=now, reason=f"{reason} {words}".strip())
    telling.tell_cancelled(session, visit, now=now)
    return visit


def book_visit(
    session: Session,
    *,
    bed_id: int,
    service: str,
    carer_id: int,
    starts_at: datetime,
    minutes: int,
    by: Actor,
    now: datetime,
) -> CareVisit:
    """Book a visit that no plan asks for: somebody called and needs help.

    Nobody agreed to it beforehand, so a supervisor looks at it before anybody pays for it.

    :raises VisitNotFound: if the caller does not manage the bed's provider
    :raises NoCatalogue: if no document says which services there are
    :raises Invalid: if there is no such service
    :raises NotNow: if the time has passed
    :raises BedRests: if nobody is to be visited on that day
    :raises CarerUnfit: if this carer may not visit this person on this day
    :raises DayFull: if the carer's day would be too long
    :raises CarerBusy: if the carer is elsewhere then
    :raises SeniorBusy: if somebody else visits then
    """
    bed = session.get(CareBed, bed_id)
    if bed is None or bed.provider_id is None or not by.is_of(Role.PROVIDER_MANAGER, bed.provider_id):
        raise VisitNotFound
    on = business_day(starts_at)
    if get_catalogue(session, area_code=bed.area_code, on=on).find(service) is None:
        raise Invalid(errors={"service": [_l("This service is not in the list.")]})
    if starts_at <= now:
        raise NotNow(_l("This time has passed. Choose a later one."))
    _check_bed(session, bed_id=bed.id, on=on)
    visit = CareVisit(
        bed_id=bed.id,
        senior_id=bed.senior_id,
        provider_id=bed.provider_id,
        carer_id=carer_id,
        area_code=bed.area_code,
        service=service,
        due_on=on,
        visit_on=on,
        planned=_slot(starts_at, minutes=minutes),
        # Written with the row: an update after it would wait for whoever books the same hour, who waits for this.
        exception=Excepted.OPEN,
        made_at=now,
        made_by=by.account_id,
    )
    _check_staff(session, visit, carer_id=carer_id, on=on)
    _try(session, lambda: session.add(visit))
    raise_exceptions(session, visit=visit, found={UNPLANNED: {}}, now=now)
    _note(session, visit, action="visit.booked", new={"service": service, "at": starts_at}, by=by, now=now)
    return visit


def fill_gap(
    session: Session, *, gap_id: int, carer_id: int, starts_at: datetime | None = None, by: Actor, now: datetime
) -> CareVisit:
    """Let somebody come for a gap, at its own time or another of the days that the rules allow.

    :raises GapNotFound: if it is none of the providers the caller manages
    :raises VisitMoved: if somebody closed it before
    :raises NotNow: if the time has passed, or lies farther away than the rules allow
    :raises BedRests: if nobody is to be visited on that day
    :raises CarerUnfit: if this carer may not visit this person on this day
    :raises DayFull: if the carer's day would be too long
    :raises CarerBusy: if the carer is elsewhere then
    :raises SeniorBusy: if somebody else visits then
    """
    gap = _load_gap(session, gap_id=gap_id, by=by)
    visit = _visit_for(gap, carer_id=carer_id, starts_at=starts_at, by=by, now=now)
    rules = get_visit_rules(session, area_code=gap.area_code, on=business_day(now))
    assert visit.planned.lower is not None
    if visit.planned.lower <= now:
        raise NotNow(_l("This time has passed. Choose a later one."))
    if abs((visit.visit_on - gap.due_on).days) > rules.move_days:
        told = _l("A visit is moved by at most %(days)s days from the day of the plan.", days=rules.move_days)
        raise NotNow(told)
    _check_bed(session, bed_id=gap.bed_id, on=visit.visit_on)
    _check_staff(session, visit, carer_id=carer_id, on=visit.visit_on)
    _try(session, lambda: session.add(visit))
    gap.state, gap.visit_id, gap.closed_at, gap.closed_by = GapState.FILLED, visit.id, now, by.account_id
    session.flush()
    _note(session, visit, action="visit.gap_filled", new={"gap": gap.id, "carer": carer_id}, by=by, now=now)
    if visit.covers_carer_id is not None:
        telling.tell_covered(session, visit, now=now)
    return visit


def drop_gap(session: Session, *, gap_id: int, words: str, by: Actor, now: datetime) -> VisitGap:
    """Leave a gap empty, with a reason: nobody comes on this day of the plan.

    :raises GapNotFound: if it is none of the providers the caller manages
    :raises VisitMoved: if somebody closed it before
    """
    gap = _load_gap(session, gap_id=gap_id, by=by)
    gap.state, gap.words, gap.closed_at, gap.closed_by = GapState.DROPPED, words, now, by.account_id
    session.flush()
    record(
        session,
        actor=by,
        action="visit.gap_dropped",
        subject=f"visit_gap:{gap.id}",
        area_code=gap.area_code,
        now=now,
        new={"bed": gap.bed_id, "on": gap.due_on},
        reason=words,
    )
    telling.tell_dropped(session, gap, now=now)
    return gap


def _load_planned(session: Session, *, visit_id: int, by: Actor) -> CareVisit:
    visit = load_visit(session, visit_id=visit_id, actor=by, lock=True)
    if not by.is_of(Role.PROVIDER_MANAGER, visit.provider_id):
        raise VisitNotFound
    if visit.state != State.PLANNED:
        raise VisitMoved(extra={"state": visit.state})
    return visit


def _load_gap(session: Session, *, gap_id: int, by: Actor) -> VisitGap:
    query = select(VisitGap).where(VisitGap.id == gap_id, visible_gaps(by)).with_for_update()
    gap = session.scalar(query.execution_options(populate_existing=True))
    if gap is None or not by.is_of(Role.PROVIDER_MANAGER, gap.provider_id):
        raise GapNotFound
    if gap.state != GapState.OPEN:
        raise VisitMoved(extra={"state": gap.state})
    return gap


def _visit_for(gap: VisitGap, *, carer_id: int, starts_at: datetime | None, by: Actor, now: datetime) -> CareVisit:
    assert gap.planned.lower is not None
    assert gap.planned.upper is not None
    is_moved = starts_at is not None and starts_at != gap.planned.lower
    minutes = int((gap.planned.upper - gap.planned.lower).total_seconds()) // 60
    slot = _slot(starts_at or gap.planned.lower, minutes=minutes)
    is_covered = gap.carer_id is not None and gap.carer_id != carer_id
    return CareVisit(
        bed_id=gap.bed_id,
        senior_id=gap.senior_id,
        provider_id=gap.provider_id,
        carer_id=carer_id,
        plan_line_id=gap.plan_line_id,
        area_code=gap.area_code,
        service=gap.service,
        due_on=gap.due_on,
        visit_on=business_day(slot.lower),
        planned=slot,
        moved_from=gap.planned if is_moved else None,
        covers_carer_id=gap.carer_id if is_covered else None,
        change_reason=Change.GAP if is_moved or is_covered else "",
        made_at=now,
        made_by=by.account_id,
    )


def _slot(starts_at: datetime, *, minutes: int) -> Any:
    """Return from when until when, in whole minutes; a visit ends on the day it begins."""
    start = starts_at.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)
    if local(end - timedelta(minutes=1)).date() != local(start).date():
        raise Invalid(errors={"starts_at": [_l("A visit ends on the day it begins.")]})
    return Range(start, end)


def _minutes(visit: CareVisit) -> int:
    assert visit.planned.lower is not None
    assert visit.planned.upper is not None
    return int((visit.planned.upper - visit.planned.lower).total_seconds()) // 60


def _check_staff(session: Session, visit: CareVisit, *, carer_id: int, on: date) -> None:
    check_carer(
        session,
        carer_id=carer_id,
        senior_id=visit.senior_id,
        provider_id=visit.provider_id,
        area_code=visit.area_code,
        on=on,
        minutes=_minutes(visit),
        besides=visit.id,
    )


def _check_bed(session: Session, *, bed_id: int, on: date) -> None:
    if not is_in_service(session, bed_id=bed_id, on=on):
        raise BedRests


def _check_words(reason: str, words: str) -> None:
    if reason == "other" and len(words) < 2:
        raise Invalid(errors={"words": [_l("Say in a few words what happened.")]})


def _is_own(session: Session, visit: CareVisit, by: Actor) -> bool:
    if Role.CARER not in by.roles:
        return False
    own = select(Carer.id).where(Carer.id == visit.carer_id, Carer.account_id == by.account_id)
    return session.scalar(own) is not None


def _try(session: Session, change: Callable[[], None]) -> None:
    """Make a change that the database may object to: nobody is in two places, nobody is visited twice at once.

    :raises CarerBusy: if the carer is elsewhere then
    :raises SeniorBusy: if somebody else visits then
    :raises VisitMoved: if the day of the plan has its visit by now
    """
    try:
        with session.begin_nested():
            change()
            session.flush()
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", "")
        if name in PROMISES:
            raise PROMISES[name] from error
        if name == "uq_care_visit_plan_line_id_due_on":
            raise VisitMoved from error
        raise


def _note(
    session: Session,
    visit: CareVisit,
    *,
    action: str,
    new: Mapping[str, Any],
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    told = {"bed": visit.bed_id, **new}
    subject = f"care_visit:{visit.id}"
    record(
        session, actor=by, action=action, subject=subject, area_code=visit.area_code, now=now, new=told, reason=reason
    )
