"""A bed that serves: begun, suspended and resumed, moved to another address."""

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.areas.queries import find_area
from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from app.people.queries import list_statuses, profile_on
from app.people.rules import Status
from app.people.timeline import Period
from app.web.wording import full_day
from care_beds.beds.agreeing import find_in_force
from care_beds.beds.errors import BedExists, NoAgreement, NotInRegister, SeniorGone, StayTooShort, WrongDay
from care_beds.beds.models import BedDevice, BedStep, BedSuspension, CareBed
from care_beds.beds.preparing import Survey, check_level, get_level, keep_level, keep_survey
from care_beds.beds.providing import hold_place
from care_beds.beds.rules import DeviceState, PauseReason, Step, first_long_day
from care_beds.beds.taking import begin, settle_proposal, take, terms_for

GONE = frozenset({Status.DECEASED, Status.MOVED_AWAY, Status.IN_INSTITUTION})


def start(session: Session, *, bed_id: int, on: date, actor: Actor, now: datetime) -> None:
    """Let the service begin; everything it rests on is looked at once more.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if what was built is not accepted
    :raises WrongDay: if the day lies ahead, or before the acceptance
    :raises SeniorGone: if the senior has died, moved away, or lives in an institution
    :raises NoAssessment: if no assessment is in force any more
    :raises LevelUnfit: if the programme is not for the level
    :raises NoAgreement: if no signed agreement holds on the day
    :raises ProviderUnfit: if the provider's papers do not hold
    :raises ProviderFull: if other beds took its places meanwhile
    :raises BedExists: if another bed of the person serves on the day
    """
    bed = begin(session, bed_id=bed_id, step=Step.START, actor=actor)
    _check_day(session, bed, on, today=business_day(now))
    if profile_on(session, senior_id=bed.senior_id, day=on).status in GONE:
        raise SeniorGone
    level = get_level(session, bed, on=on)
    check_level(session, bed, level.level, on=on)
    agreement = find_in_force(session, bed.id, on=on)
    if agreement is None or bed.provider_id is None:
        raise NoAgreement(_l("No agreement that all three have signed holds on this day."))
    hold_place(session, provider_id=bed.provider_id, bed_id=bed.id, on=on)
    keep_level(bed, level)
    session.flush()
    try:
        with session.begin_nested():
            take(session, bed, Step.START, by=actor, now=now, on=on, detail={"agreement": agreement.id})
    except IntegrityError as error:
        raise BedExists from error


def suspend(
    session: Session,
    *,
    bed_id: int,
    reason: PauseReason,
    from_on: date,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> None:
    """Let a bed rest from a day on; for a stay in hospital only once it is as long as the rules say.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the bed does not serve
    :raises WrongDay: if the day lies ahead, before the service, or in an earlier rest
    :raises NotInRegister: if the register does not say that the person is in hospital on the day
    :raises StayTooShort: if the stay is not that long yet
    :raises Invalid: if another reason is not told
    """
    bed = begin(session, bed_id=bed_id, step=Step.SUSPEND, actor=actor)
    today = business_day(now)
    check_served(bed, from_on, today=today)
    if reason is PauseReason.OTHER and len(words.strip()) < 2:
        raise Invalid(errors={"words": [_l("Say why.")]})
    if reason is PauseReason.HOSPITAL:
        _check_stay(session, bed, from_on, today=today)
    suspend_bed(session, bed, reason=reason, from_on=from_on, actor=actor, now=now, words=words)


def suspend_bed(
    session: Session, bed: CareBed, *, reason: PauseReason, from_on: date, actor: Actor, now: datetime, words: str = ""
) -> None:
    """Let a bed rest that serves and is held; whoever calls has looked at the stay and at who may.

    :raises WrongDay: if it rested on some of these days already
    """
    row = BedSuspension(
        bed_id=bed.id,
        during=Range(from_on, None),
        reason=reason,
        words=words.strip(),
        recorded_at=now,
        recorded_by=actor.account_id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise WrongDay(_l("The bed rested on some of these days already.")) from error
    settle_proposal(bed, "suspend")
    take(session, bed, Step.SUSPEND, by=actor, now=now, on=from_on, words=words, detail={"reason": str(reason)})


def resume(session: Session, *, bed_id: int, on: date, actor: Actor, now: datetime, words: str = "") -> None:
    """Let the service go on from a day: the first day on which somebody comes again.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the bed does not rest
    :raises WrongDay: if the day lies ahead, or not after the first day of the rest
    :raises NotInRegister: if the register says the person is in hospital, gone or dead
    """
    bed = begin(session, bed_id=bed_id, step=Step.RESUME, actor=actor)
    if on > business_day(now):
        raise WrongDay(_l("This day lies ahead."))
    if profile_on(session, senior_id=bed.senior_id, day=on).status is not Status.ACTIVE:
        raise NotInRegister(_l("By the register the person is not at home on this day. Change it there first."))
    resume_bed(session, bed, on=on, actor=actor, now=now, words=words)


def resume_bed(session: Session, bed: CareBed, *, on: date, actor: Actor, now: datetime, words: str = "") -> None:
    """Let the service of a bed that rests and is held go on; whoever calls has looked at the register and at who may.

    :raises WrongDay: if the rest would end before or on its first day
    """
    end_rest(session, bed, on)
    settle_proposal(bed, "resume")
    take(session, bed, Step.RESUME, by=actor, now=now, on=on, words=words)


def move(
    session: Session,
    *,
    bed_id: int,
    survey: Survey,
    address: str,
    area_code: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a bed move with its person to another address: surveyed there, and every device to be tested anew.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the bed does not serve
    :raises Invalid: if the place is unknown or outside the actor's area, or the survey cannot be
    """
    bed = begin(session, bed_id=bed_id, step=Step.MOVE, actor=actor)
    if find_area(session, area_code) is None or not is_within_any(area_code, actor.area_codes):
        raise Invalid(errors={"area_code": [_l("Beyond your area the bed is closed here and applied for there.")]})
    today = business_day(now)
    check_served(bed, survey.surveyed_on, today=today)
    keep_survey(session, bed, survey, terms=terms_for(session, bed, on=today), by=actor, now=now)
    old, bed.area_code = bed.area_code, area_code
    bed.address_sealed = vault.seal(address) if address else None
    _test_anew(session, bed.id)
    told = {"area": area_code, "area_before": old}
    take(session, bed, Step.MOVE, by=actor, now=now, on=survey.surveyed_on, words=survey.words, detail=told)


def check_served(bed: CareBed, day: date, *, today: date) -> None:
    """Refuse a day that lies ahead, or before the service began.

    :raises WrongDay: if it does
    """
    assert bed.active_during is not None
    check_between(day, bed.active_during.lower, today)


def check_between(day: date, first: date | None, today: date) -> None:
    """Refuse a day before the first that makes sense, or ahead.

    :raises WrongDay: if it is one
    """
    if day > today or (first is not None and day < first):
        raise WrongDay(_("Choose a day from %(first)s to today.", first=full_day(first or today)))


def end_rest(session: Session, bed: CareBed, on: date) -> None:
    """End the rest of a bed that goes on without an end.

    :raises WrongDay: if it would end before or on its first day
    """
    query = select(BedSuspension).where(BedSuspension.bed_id == bed.id, func.upper_inf(BedSuspension.during))
    rest = session.scalar(query)
    if rest is None:
        return
    first = rest.during.lower
    if first is not None and on <= first:
        raise WrongDay(_("The bed rests since %(first)s: choose a later day.", first=full_day(first)))
    rest.during = Range(first, on)
    session.flush()


def find_stay(session: Session, *, senior_id: int, on: date) -> Period | None:
    """Return the stay in hospital on a day by the register, or nothing."""
    timeline = list_statuses(session, senior_id=senior_id)
    return next((each for each in timeline if each.status is Status.IN_HOSPITAL and each.holds_on(on)), None)


def _check_day(session: Session, bed: CareBed, on: date, *, today: date) -> None:
    query = select(func.max(BedStep.on_day)).where(BedStep.bed_id == bed.id, BedStep.step == Step.ACCEPT)
    check_between(on, session.scalar(query), today)


def _check_stay(session: Session, bed: CareBed, from_on: date, *, today: date) -> None:
    stay = find_stay(session, senior_id=bed.senior_id, on=from_on)
    if stay is None:
        raise NotInRegister(_l("The register does not say that the person is in hospital on this day."))
    days = terms_for(session, bed, on=today).hospital_days
    last = min(today, stay.until_on - timedelta(days=1)) if stay.until_on else today
    if last < first_long_day(stay.from_on, days):
        raise StayTooShort(
            _(
                "In hospital since %(day)s. A bed rests once a stay is longer than %(n)s days.",
                day=full_day(stay.from_on),
                n=days,
            )
        )


def _test_anew(session: Session, bed_id: int) -> None:
    query = select(BedDevice).where(
        BedDevice.bed_id == bed_id, BedDevice.state.in_((DeviceState.TESTED, DeviceState.FAULTY))
    )
    for device in session.scalars(query.order_by(BedDevice.id).with_for_update()):
        device.state, device.tested_on, device.tested_by = DeviceState.INSTALLED, None, None
    session.flush()
