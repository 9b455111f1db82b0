"""The end of a bed: closed for a reason, and every device accounted for."""

from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.people.queries import list_statuses
from app.people.timeline import death_of
from app.web.wording import full_day
from care_beds.beds.agreeing import end_agreements
from care_beds.beds.applying import has_devices
from care_beds.beds.errors import DevicesThere, NotInRegister, NotYourStep, ThingMoved, WrongDay
from care_beds.beds.models import BedDevice, BedSuspension, CareBed
from care_beds.beds.reach import is_provider_of, lock_bed, roles_for, visible_to
from care_beds.beds.rules import STANDING, CloseReason, DeviceState, State, Step
from care_beds.beds.serving import check_between, check_served
from care_beds.beds.taking import begin, note, settle_proposal, take


def close(
    session: Session,
    *,
    bed_id: int,
    reason: CloseReason,
    on: date,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> None:
    """Close a bed: from the day on it serves nobody. While devices are in the home, they are to come back.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the bed does not serve
    :raises WrongDay: if the day lies ahead, or before the service began
    :raises NotInRegister: if it is for a death that the register does not know, or before it
    """
    bed = begin(session, bed_id=bed_id, step=Step.CLOSE, actor=actor)
    check_served(bed, on, today=business_day(now))
    if reason is CloseReason.DEATH:
        _check_death(session, bed, on)
    close_bed(session, bed, reason=reason, on=on, actor=actor, now=now, words=words)


def close_bed(
    session: Session, bed: CareBed, *, reason: CloseReason, on: date, actor: Actor, now: datetime, words: str = ""
) -> None:
    """Close a bed that serves and is held; whoever calls has looked at the day and at who may."""
    _end_rests(session, bed, on)
    end_agreements(session, bed.id, on=on)
    if bed.proposal is not None:
        settle_proposal(bed, bed.proposal)
    take(session, bed, Step.CLOSE, by=actor, now=now, on=on, words=words, detail={"reason": str(reason)})
    if not has_devices(session, bed.id):
        take(session, bed, Step.CLEAR, by=actor, now=now)


def clear(session: Session, *, bed_id: int, actor: Actor, now: datetime) -> None:
    """Say that every device is accounted for.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if nothing was to come back
    :raises DevicesThere: if one still stands in the home
    """
    bed = begin(session, bed_id=bed_id, step=Step.CLEAR, actor=actor)
    if has_devices(session, bed.id):
        raise DevicesThere
    take(session, bed, Step.CLEAR, by=actor, now=now)


def take_out(
    session: Session,
    *,
    bed_id: int,
    device_id: int,
    is_lost: bool,
    on: date,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> None:
    """Write down that a device came back, or is lost and how; with the last one a closing bed is closed.

    :raises BedNotFound: if there is no such bed for the actor
    :raises NotYourStep: if the actor neither manages the provider nor is a clerk there
    :raises NotFound: if the bed has no such device
    :raises ThingMoved: if it does not stand in the home
    :raises WrongDay: if the day lies ahead, or before it was installed
    :raises Invalid: if it is lost and nothing is said of it
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(actor))
    if Role.STREET_CLERK not in roles_for(actor, bed) and not is_provider_of(actor, bed.provider_id):
        raise NotYourStep
    device = session.get(BedDevice, device_id, with_for_update=True, populate_existing=True)
    if device is None or device.bed_id != bed.id:
        raise NotFound
    if device.state not in STANDING:
        raise ThingMoved
    check_between(on, device.installed_on, business_day(now))
    if is_lost and len(words.strip()) < 2:
        raise Invalid(errors={"words": [_l("Say what became of it.")]})
    device.state = DeviceState.LOST if is_lost else DeviceState.RETURNED
    device.returned_on, device.words = on, words.strip()
    session.flush()
    told = {"kind": device.kind, "serial": device.serial, "lost": is_lost}
    note(session, bed, "bed.device_gone", by=actor, now=now, new=told, reason=words)
    if bed.state == State.CLOSING and not has_devices(session, bed.id):
        take(session, bed, Step.CLEAR, by=actor, now=now)


def _check_death(session: Session, bed: CareBed, on: date) -> None:
    death = death_of(list_statuses(session, senior_id=bed.senior_id))
    if death is None:
        raise NotInRegister(_l("The register does not know of the death. Write it down on the person's page first."))
    if on < death.from_on:
        raise WrongDay(_("By the register the person died on %(day)s.", day=full_day(death.from_on)))


def _end_rests(session: Session, bed: CareBed, on: date) -> None:
    """Let no rest reach beyond the end of the bed."""
    rests = select(BedSuspension).where(BedSuspension.bed_id == bed.id).order_by(BedSuspension.id)
    for rest in session.scalars(rests.with_for_update()):
        first, until = rest.during.lower, rest.during.upper
        if first is not None and first < on and (until is None or until > on):
            rest.during = Range(first, on)
    session.flush()
