"""Care plans: made by the provider, handed in, agreed to by another person of the street, replaced from a day on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import vault
from app.audit.services import record
from app.auth import Actor, Role
from app.clock import business_day
from app.errors import Invalid
from care_beds.beds.models import CareBed
from care_beds.beds.services import adopt_plan
from care_beds.catalogue.queries import get_catalogue
from care_beds.providers.queries import get_carer, get_provider
from care_beds.visits.access import load_plan
from care_beds.visits.errors import BedNotReady, PlanEmpty, PlanExists, PlanMoved, PlanNotFound, SamePerson
from care_beds.visits.models import CarePlan, CareVisit, PlanLine
from care_beds.visits.planning import call_off_visits, generate_visits
from care_beds.visits.policy import find_visit_rules
from care_beds.visits.rules import Cancelled, PlanState, State
from care_beds.visits.staffing import check_kin

# From the survey on somebody may think of a plan; before the bed is closed somebody may change it.
READY = ("surveyed", "planned", "agreed", "adapted", "accepted", "in_service", "suspended")
LINES_AT_MOST = 30
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A service as it is asked for: on which weekdays, every how many weeks, from when, for how long, by whom."""

    service: str
    weekdays: int
    every_weeks: int = 1
    start_minute: int
    minutes: int
    carer_id: int | None = None


def make_plan(
    session: Session,
    *,
    bed_id: int,
    from_on: date,
    until_on: date | None = None,
    note: str = "",
    by: Actor,
    now: datetime,
) -> CarePlan:
    """Begin a plan of a bed, with the lines of the one that holds now.

    :raises BedNotReady: if the bed stands where no plan is made
    :raises PlanNotFound: if the caller does not manage the bed's provider
    :raises PlanExists: if one is in the making
    :raises Invalid: if the days make no sense
    """
    bed = session.get(CareBed, bed_id)
    if bed is None or bed.provider_id is None or not by.is_of(Role.PROVIDER_MANAGER, bed.provider_id):
        raise PlanNotFound
    if bed.state not in READY:
        raise BedNotReady(extra={"state": bed.state})
    _check_days(from_on, until_on, today=business_day(now))
    row = {
        "bed_id": bed.id,
        "senior_id": bed.senior_id,
        "provider_id": bed.provider_id,
        "area_code": bed.area_code,
        "from_on": from_on,
        "until_on": until_on,
        "note_sealed": vault.seal(note) if note else None,
        "made_by": by.account_id,
        "made_at": now,
    }
    made = session.scalar(insert(CarePlan).values(row).on_conflict_do_nothing().returning(CarePlan.id))
    if made is None:
        raise PlanExists
    plan = session.get_one(CarePlan, made)
    _copy_lines(session, plan)
    _note(session, plan, action="care_plan.made", new={"from_on": from_on}, by=by, now=now)
    return plan


def change_plan(
    session: Session, *, plan_id: int, from_on: date, until_on: date | None, note: str, by: Actor, now: datetime
) -> CarePlan:
    """Change the days and the note of a plan in the making.

    :raises PlanNotFound: if the caller does not manage its provider
    :raises PlanMoved: if it was handed in
    :raises Invalid: if the days make no sense
    """
    plan = _load_draft(session, plan_id=plan_id, by=by)
    _check_days(from_on, until_on, today=business_day(now))
    plan.from_on, plan.until_on = from_on, until_on
    plan.note_sealed = vault.seal(note) if note else None
    session.flush()
    return plan


def add_line(session: Session, *, plan_id: int, line: Line, by: Actor, now: datetime) -> PlanLine:
    """Add a service to a plan in the making.

    :raises PlanNotFound: if the caller does not manage its provider
    :raises PlanMoved: if it was handed in
    :raises NoCatalogue: if no document says which services there are
    :raises Invalid: if the service, the hours or the carer make no sense
    """
    plan = _load_draft(session, plan_id=plan_id, by=by)
    check_line(session, plan=plan, line=line, on=business_day(now))
    count = len(session.scalars(select(PlanLine.id).where(PlanLine.plan_id == plan.id)).all())
    if count >= LINES_AT_MOST:
        raise Invalid(errors={"service": [_l("A plan has at most %(most)s services.", most=LINES_AT_MOST)]})
    made = PlanLine(plan_id=plan.id, **asdict(line))
    session.add(made)
    session.flush()
    return made


def drop_line(session: Session, *, plan_id: int, line_id: int, by: Actor) -> None:
    """Take a service out of a plan in the making.

    :raises PlanNotFound: if the caller does not manage its provider, or the plan has no such line
    :raises PlanMoved: if it was handed in
    """
    plan = _load_draft(session, plan_id=plan_id, by=by)
    session.delete(_get_line(session, plan=plan, line_id=line_id))
    session.flush()


def submit_plan(session: Session, *, plan_id: int, by: Actor, now: datetime) -> CarePlan:
    """Hand a plan in, so that the street may agree to it.

    :raises PlanNotFound: if the caller does not manage its provider
    :raises PlanMoved: if it was handed in before
    :raises PlanEmpty: if it has no service
    """
    plan = _load_draft(session, plan_id=plan_id, by=by)
    if session.scalar(select(PlanLine.id).where(PlanLine.plan_id == plan.id).limit(1)) is None:
        raise PlanEmpty
    plan.state, plan.submitted_by, plan.submitted_at, plan.words = PlanState.SUBMITTED, by.account_id, now, ""
    session.flush()
    _note(session, plan, action="care_plan.submitted", new={}, by=by, now=now)
    return plan


def agree_plan(session: Session, *, plan_id: int, by: Actor, now: datetime) -> CarePlan:
    """Agree to a plan: from its first day it takes the place of the one before, and visits are planned ahead.

    :raises PlanNotFound: if it lies outside the caller's area
    :raises SamePerson: if the caller made it or handed it in
    :raises PlanMoved: if it is not waiting, or its bed is with another provider by now
    :raises BedNotReady: if the bed was closed meanwhile
    """
    seen = load_plan(session, plan_id=plan_id, actor=by)
    # The bed first, as its own steps do: a closing and an agreeing wait for one another in one order.
    bed = session.get_one(CareBed, seen.bed_id, with_for_update={"key_share": True}, populate_existing=True)
    plan = _load_submitted(session, plan_id=plan_id, by=by)
    if by.account_id in (plan.made_by, plan.submitted_by):
        raise SamePerson
    if bed.state not in READY:
        raise BedNotReady(extra={"state": bed.state})
    if bed.provider_id != plan.provider_id:
        raise PlanMoved(_l("The bed is with another provider by now. That one makes its plan."))
    # A plan that waited past its first day begins on the day it is agreed to: nobody visits in the past.
    plan.from_on = max(plan.from_on, business_day(now))
    if plan.until_on is not None and plan.until_on <= plan.from_on:
        raise PlanMoved(_l("The last day of this plan has passed. Send it back for other days."))
    # Whoever plans holds the provider before its visits: in another order two would wait for one another.
    get_provider(session, provider_id=plan.provider_id, lock=True)
    end_plans(session, bed_id=plan.bed_id, from_on=plan.from_on, now=now)
    plan.state, plan.decided_by, plan.decided_at = PlanState.ACTIVE, by.account_id, now
    session.flush()
    _note(session, plan, action="care_plan.agreed", new={"from_on": plan.from_on}, by=by, now=now)
    adopt_plan(session, bed_id=plan.bed_id, plan_id=plan.id, by=by, now=now)
    plan_ahead(session, provider_id=plan.provider_id, area_code=plan.area_code, now=now)
    return plan


def return_plan(session: Session, *, plan_id: int, words: str, by: Actor, now: datetime) -> CarePlan:
    """Send a plan back to its provider with what is to be changed.

    :raises PlanNotFound: if it lies outside the caller's area
    :raises PlanMoved: if it is not waiting
    """
    plan = _load_submitted(session, plan_id=plan_id, by=by)
    plan.state, plan.words = PlanState.DRAFT, words
    plan.submitted_by = plan.submitted_at = None
    session.flush()
    _note(session, plan, action="care_plan.returned", new={}, by=by, now=now, reason=words)
    return plan


def drop_plan(session: Session, *, plan_id: int, by: Actor, now: datetime) -> CarePlan:
    """Drop a plan in the making.

    :raises PlanNotFound: if the caller does not manage its provider
    :raises PlanMoved: if it was handed in
    """
    plan = _load_draft(session, plan_id=plan_id, by=by)
    plan.state = PlanState.DROPPED
    session.flush()
    _note(session, plan, action="care_plan.dropped", new={}, by=by, now=now)
    return plan


def change_carer(
    session: Session, *, plan_id: int, line_id: int, carer_id: int | None, by: Actor, now: datetime
) -> PlanLine:
    """Say who comes for a line from now on: visits to come are planned anew, those moved or covered stay.

    :raises PlanNotFound: if the caller does not manage its provider, or the plan has no such line
    :raises PlanMoved: if the plan holds no more
    :raises Invalid: if the carer works elsewhere or is related to the person
    """
    plan = load_plan(session, plan_id=plan_id, actor=by, lock=True)
    if not by.is_of(Role.PROVIDER_MANAGER, plan.provider_id):
        raise PlanNotFound
    if plan.state not in (PlanState.DRAFT, PlanState.ACTIVE):
        raise PlanMoved
    line = _get_line(session, plan=plan, line_id=line_id)
    _check_carer(session, plan=plan, carer_id=carer_id)
    before, line.carer_id = line.carer_id, carer_id
    session.flush()
    if plan.state == PlanState.ACTIVE and before != carer_id:
        get_provider(session, provider_id=plan.provider_id, lock=True)
        _replan(session, line=line, now=now)
        told = {"line": line.id, "carer": carer_id}
        _note(session, plan, action="care_plan.carer_changed", new=told, by=by, now=now)
        plan_ahead(session, provider_id=plan.provider_id, area_code=plan.area_code, now=now)
    return line


def end_plans(session: Session, *, bed_id: int, from_on: date, now: datetime) -> None:
    """Let the plan of a bed that holds end on a day, and call off what it had planned from then on."""
    holding = select(CarePlan).where(CarePlan.bed_id == bed_id, CarePlan.state == PlanState.ACTIVE)
    for plan in session.scalars(holding.with_for_update()):
        if plan.from_on >= from_on:
            plan.state = PlanState.DROPPED
        elif plan.until_on is None or plan.until_on > from_on:
            plan.until_on = from_on
    session.flush()
    call_off_visits(session, bed_id=bed_id, now=now)


def drop_open_plans(session: Session, *, bed_id: int, but_of: int | None = None) -> None:
    """Drop the plan of a bed that is in the making: the bed ends, or another provider makes its own.

    :param but_of: the provider whose plan stays
    """
    in_the_making = CarePlan.state.in_((PlanState.DRAFT, PlanState.SUBMITTED))
    query = select(CarePlan).where(CarePlan.bed_id == bed_id, in_the_making, CarePlan.provider_id != (but_of or 0))
    for plan in session.scalars(query.with_for_update()):
        plan.state = PlanState.DROPPED
    session.flush()


def plan_ahead(session: Session, *, provider_id: int, area_code: str, now: datetime) -> None:
    """Make a provider's visits for as many weeks as the rules of its place say."""
    today = business_day(now)
    rules = find_visit_rules(session, area_code=area_code, on=today)
    if rules is not None:
        until = today + timedelta(weeks=rules.ahead_weeks)
        generate_visits(session, from_on=today, until_on=until, provider_id=provider_id, now=now)


def check_line(session: Session, *, plan: CarePlan, line: Line, on: date) -> None:
    """Refuse a line that makes no sense.

    :raises NoCatalogue: if no document says which services there are
    :raises Invalid: if the service, the hours or the carer make no sense
    """
    catalogue = get_catalogue(session, area_code=plan.area_code, on=on)
    if catalogue.find(line.service) is None:
        raise Invalid(errors={"service": [_l("This service is not in the list.")]})
    if line.start_minute + line.minutes > 24 * 60:
        raise Invalid(errors={"minutes": [_l("A visit ends on the day it begins.")]})
    _check_carer(session, plan=plan, carer_id=line.carer_id)


def _check_carer(session: Session, *, plan: CarePlan, carer_id: int | None) -> None:
    if carer_id is None:
        return
    if get_carer(session, carer_id=carer_id).provider_id != plan.provider_id:
        raise Invalid(errors={"carer_id": [_l("This carer works for another provider.")]})
    check_kin(session, carer_id=carer_id, senior_id=plan.senior_id)


def _check_days(from_on: date, until_on: date | None, *, today: date) -> None:
    if from_on < today:
        raise Invalid(errors={"from_on": [_l("A plan begins today or later.")]})
    if from_on > today + FARTHEST:
        raise Invalid(errors={"from_on": [_l("A plan begins within a year.")]})
    if until_on is not None and until_on <= from_on:
        raise Invalid(errors={"until_on": [_l("The end must come after the first day.")]})


def _load_draft(session: Session, *, plan_id: int, by: Actor) -> CarePlan:
    plan = load_plan(session, plan_id=plan_id, actor=by, lock=True)
    if not by.is_of(Role.PROVIDER_MANAGER, plan.provider_id):
        raise PlanNotFound
    if plan.state != PlanState.DRAFT:
        raise PlanMoved
    return plan


def _load_submitted(session: Session, *, plan_id: int, by: Actor) -> CarePlan:
    plan = load_plan(session, plan_id=plan_id, actor=by, lock=True)
    if plan.state != PlanState.SUBMITTED:
        raise PlanMoved
    return plan


def _get_line(session: Session, *, plan: CarePlan, line_id: int) -> PlanLine:
    line = session.scalar(select(PlanLine).where(PlanLine.id == line_id, PlanLine.plan_id == plan.id))
    if line is None:
        raise PlanNotFound(_l("This plan has no such service."))
    return line


def _copy_lines(session: Session, plan: CarePlan) -> None:
    """Start from what holds now, as long as it is the same provider's."""
    holding = select(CarePlan.id).where(
        CarePlan.bed_id == plan.bed_id, CarePlan.state == PlanState.ACTIVE, CarePlan.provider_id == plan.provider_id
    )
    before = session.scalar(holding.order_by(CarePlan.from_on.desc()).limit(1))
    if before is None:
        return
    for line in session.scalars(select(PlanLine).where(PlanLine.plan_id == before).order_by(PlanLine.id)).all():
        parts = ("service", "weekdays", "every_weeks", "start_minute", "minutes", "carer_id")
        session.add(PlanLine(plan_id=plan.id, **{name: getattr(line, name) for name in parts}))
    session.flush()


def _replan(session: Session, *, line: PlanLine, now: datetime) -> None:
    """Make room for another carer: what was planned for a line and nobody has touched since."""
    session.execute(
        update(CareVisit)
        .where(
            CareVisit.plan_line_id == line.id,
            CareVisit.state == State.PLANNED,
            CareVisit.visit_on > business_day(now),
            CareVisit.moved_from.is_(None),
            CareVisit.covers_carer_id.is_(None),
        )
        .values(state=State.CANCELLED, cancel_reason=Cancelled.REPLANNED)
        .execution_options(synchronize_session="fetch")
    )


def _note(
    session: Session,
    plan: CarePlan,
    *,
    action: str,
    new: Mapping[str, Any],
    by: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    told = {"bed": plan.bed_id, **new}
    subject = f"care_plan:{plan.id}"
    record(
        session, actor=by, action=action, subject=subject, area_code=plan.area_code, now=now, new=told, reason=reason
    )
