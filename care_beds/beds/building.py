"""Fitting out the home: changes with pictures of before and after, devices and their tests, and the acceptance."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Actor, Role
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.people.relatives.reach import Topic, list_reached
from app.pictures.models import Picture
from app.pictures.services import keep
from care_beds.beds.access import READERS
from care_beds.beds.errors import NotBuilt, NotYourStep, SamePerson, SerialTaken, ThingMoved, WrongStep
from care_beds.beds.models import BedAdaptation, BedDevice, BedStep, CareBed
from care_beds.beds.reach import is_provider_of, lock_bed, roles_for, visible_to
from care_beds.beds.rules import (
    APPROVER,
    CLERK,
    SERVING,
    SUPERVISOR,
    BedTerms,
    DeviceState,
    Fitting,
    ItemState,
    Lack,
    State,
    Step,
    Work,
    has_built,
    list_unbuilt,
    list_unproved,
)
from care_beds.beds.taking import begin, note, take, terms_for
from care_beds.beds.words import tell_lacks

ADAPTATION = "bed_adaptation"
TESTERS = frozenset({CLERK, SUPERVISOR, APPROVER})
BUILDING = (State.AGREED,)
INSTALLING = (State.AGREED, *SERVING)
TESTING = (State.ADAPTED, *SERVING)


def want_item(
    session: Session, *, bed_id: int, item: str, actor: Actor, now: datetime, words: str = ""
) -> BedAdaptation:
    """Add a change to the home that the survey did not ask for.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the home is not being fitted out
    :raises NotYourStep: if the actor neither manages the provider nor is a clerk there
    :raises Invalid: if it is not in the rules' list
    """
    bed = _begin(session, bed_id, BUILDING, actor)
    if item not in terms_for(session, bed, on=business_day(now)).item_titles:
        raise Invalid(errors={"item": [_l("This is not in the list of the rules.")]})
    row = BedAdaptation(bed_id=bed.id, item=item, words=words.strip())
    session.add(row)
    session.flush()
    note(session, bed, "bed.item_wanted", by=actor, now=now, new={"item": item})
    return row


def keep_before(session: Session, *, bed_id: int, item_id: int, data: bytes, actor: Actor, now: datetime) -> Picture:
    """Keep the picture of before: it is taken before anything is changed, so it cannot be replaced later.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the home is not being fitted out
    :raises NotYourStep: if the actor does not manage the provider
    :raises ThingMoved: if there is one, or the change is done or waived
    :raises PictureRefused: if it is no picture that we take
    """
    bed = _begin(session, bed_id, BUILDING, actor, builds=True)
    row = _get_item(session, bed, item_id)
    if row.state != ItemState.WANTED or row.before_picture_id:
        raise ThingMoved
    picture = _keep(session, bed, row, data=data, purpose="before", by=actor, now=now)
    row.before_picture_id = picture.id
    session.flush()
    return picture


def finish_item(
    session: Session,
    *,
    bed_id: int,
    item_id: int,
    data: bytes,
    cost_fen: int,
    done_on: date,
    actor: Actor,
    now: datetime,
    words: str = "",
) -> None:
    """Write a change down as done, with the picture of after and what it cost.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the home is not being fitted out
    :raises NotYourStep: if the actor does not manage the provider
    :raises ThingMoved: if it is done or waived already
    :raises NotBuilt: if there is no picture of before
    :raises PictureRefused: if it is no picture that we take
    :raises Invalid: if the day lies ahead or before the agreement, or it is the picture of before again
    """
    bed = _begin(session, bed_id, BUILDING, actor, builds=True)
    row = _get_item(session, bed, item_id)
    if row.state != ItemState.WANTED:
        raise ThingMoved
    if row.before_picture_id is None:
        raise NotBuilt(_l("Take the picture of before first."))
    _check_day("done_on", done_on, bed, business_day(now))
    picture = _keep(session, bed, row, data=data, purpose="after", by=actor, now=now)
    before = session.get_one(Picture, row.before_picture_id)
    if picture.sha256 == before.sha256:
        raise Invalid(errors={"picture": [_l("This is the picture of before. Take one of how it is now.")]})
    row.after_picture_id, row.cost_fen, row.done_on = picture.id, cost_fen, done_on
    row.built_by, row.words, row.state = actor.account_id, words.strip() or row.words, ItemState.DONE
    session.flush()
    told = {"item": row.item, "cost_fen": cost_fen}
    note(session, bed, "bed.item_done", by=actor, now=now, new=told)


def waive_item(session: Session, *, bed_id: int, item_id: int, words: str, actor: Actor, now: datetime) -> None:
    """Leave a change out after all, and say why: the family does not want it, or it cannot be done.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the home is not being fitted out
    :raises NotYourStep: if the actor is no clerk there
    :raises ThingMoved: if it is done or waived already
    :raises Invalid: if no reason is given
    """
    bed = _begin(session, bed_id, BUILDING, actor, waives=True)
    row = _get_item(session, bed, item_id)
    if row.state != ItemState.WANTED:
        raise ThingMoved
    row.state, row.words = ItemState.WAIVED, _reason(words)
    session.flush()
    note(session, bed, "bed.item_waived", by=actor, now=now, new={"item": row.item}, reason=words)


def install(
    session: Session,
    *,
    bed_id: int,
    kind: str,
    serial: str,
    installed_on: date,
    actor: Actor,
    now: datetime,
) -> BedDevice:
    """Write down that a device stands in the home: one that was wanted, or another.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if nothing is installed at this time of the bed's life
    :raises NotYourStep: if the actor does not manage the provider
    :raises SerialTaken: if it stands in a home already
    :raises Invalid: if the kind is not in the rules' list, or the day lies ahead or before the application
    """
    bed = _begin(session, bed_id, INSTALLING, actor, builds=True)
    if kind not in terms_for(session, bed, on=business_day(now)).device_titles:
        raise Invalid(errors={"kind": [_l("This is not in the list of the rules.")]})
    _check_day("installed_on", installed_on, bed, business_day(now))
    wanted = select(BedDevice).where(
        BedDevice.bed_id == bed.id, BedDevice.kind == kind, BedDevice.state == DeviceState.WANTED
    )
    row = session.scalars(wanted.order_by(BedDevice.id).limit(1)).first() or BedDevice(bed_id=bed.id, kind=kind)
    try:
        with session.begin_nested():
            row.serial, row.installed_on, row.installed_by = serial, installed_on, actor.account_id
            row.state = DeviceState.INSTALLED
            session.add(row)
    except IntegrityError as error:
        raise SerialTaken from error
    note(session, bed, "bed.device_installed", by=actor, now=now, new={"kind": kind, "serial": serial})
    return row


def record_test(
    session: Session, *, bed_id: int, device_id: int, works: bool, actor: Actor, now: datetime, words: str = ""
) -> None:
    """Write down whether a device works, as somebody found who did not install it.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if nothing is tested at this time of the bed's life
    :raises NotYourStep: if the actor neither accepts nor supervises there
    :raises SamePerson: if the actor installed it
    :raises ThingMoved: if it is not in the home
    :raises Invalid: if it does not work and nothing is said of it
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(actor))
    if State(bed.state) not in TESTING:
        raise WrongStep
    if not TESTERS & roles_for(actor, bed):
        raise NotYourStep
    row = _get_device(session, bed, device_id)
    if row.state not in (DeviceState.INSTALLED, DeviceState.FAULTY, DeviceState.TESTED):
        raise ThingMoved
    if row.installed_by == actor.account_id:
        raise SamePerson
    row.words = words.strip() if works else _reason(words)
    row.tested_on, row.tested_by = business_day(now), actor.account_id
    row.state = DeviceState.TESTED if works else DeviceState.FAULTY
    session.flush()
    told = {"kind": row.kind, "serial": row.serial, "works": works}
    note(session, bed, "bed.device_tested", by=actor, now=now, new=told, reason=words)


def waive_device(session: Session, *, bed_id: int, device_id: int, words: str, actor: Actor, now: datetime) -> None:
    """Leave a device out, and say why: the family has one, or does not want it.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the home is not being fitted out
    :raises NotYourStep: if the actor is no clerk there
    :raises ThingMoved: if it is installed or waived already
    :raises Invalid: if no reason is given
    """
    bed = _begin(session, bed_id, BUILDING, actor, waives=True)
    row = _get_device(session, bed, device_id)
    if row.state != DeviceState.WANTED:
        raise ThingMoved
    row.state, row.words = DeviceState.WAIVED, _reason(words)
    session.flush()
    note(session, bed, "bed.device_waived", by=actor, now=now, new={"kind": row.kind}, reason=words)


def finish_building(session: Session, *, bed_id: int, actor: Actor, now: datetime, words: str = "") -> None:
    """Say that the home is fitted out and can be accepted.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the home is not being fitted out
    :raises NotYourStep: if the actor does not manage the provider
    :raises NotBuilt: with what is missing
    """
    bed = begin(session, bed_id=bed_id, step=Step.ADAPT, actor=actor)
    lacks = list_lacks(session, bed, on=business_day(now))
    if lacks:
        raise NotBuilt(tell_lacks(lacks, terms_for(session, bed, on=business_day(now))))
    take(session, bed, Step.ADAPT, by=actor, now=now, words=words)


def send_back(session: Session, *, bed_id: int, words: str, actor: Actor, now: datetime) -> None:
    """Send a home back to be put right, and say what is wrong.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if nothing waits to be accepted
    :raises Invalid: if nothing is said
    """
    bed = begin(session, bed_id=bed_id, step=Step.SEND_BACK, actor=actor)
    take(session, bed, Step.SEND_BACK, by=actor, now=now, words=_reason(words))


def accept(session: Session, *, bed_id: int, actor: Actor, now: datetime, words: str = "") -> None:
    """Accept what was built: pictures of before and after, every device tested, by somebody who built none of it.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if nothing waits to be accepted
    :raises SamePerson: if the actor had a hand in it
    :raises NotBuilt: with what is missing or untested
    """
    bed = begin(session, bed_id=bed_id, step=Step.ACCEPT, actor=actor)
    works, fittings = list_works(session, bed.id), list_fittings(session, bed.id)
    declared = select(BedStep.by_id).where(BedStep.bed_id == bed.id, BedStep.step == Step.ADAPT)
    if has_built(actor.account_id, works, fittings) or actor.account_id in set(session.scalars(declared)):
        raise SamePerson
    terms = terms_for(session, bed, on=business_day(now))
    lacks = list_unproved(works, fittings, required=_required(bed, terms))
    if lacks:
        raise NotBuilt(tell_lacks(lacks, terms))
    take(session, bed, Step.ACCEPT, by=actor, now=now, words=words, detail={"devices": [f.kind for f in fittings]})


def list_lacks(session: Session, bed: CareBed, *, on: date) -> Sequence[Lack]:
    """Return what is not built yet."""
    terms = terms_for(session, bed, on=on)
    return list_unbuilt(list_works(session, bed.id), list_fittings(session, bed.id), required=_required(bed, terms))


def list_works(session: Session, bed_id: int) -> Sequence[Work]:
    """Return the changes to a home as values."""
    rows = session.scalars(select(BedAdaptation).where(BedAdaptation.bed_id == bed_id).order_by(BedAdaptation.id))
    return [
        Work(
            item=row.item,
            state=ItemState(row.state),
            has_before=row.before_picture_id is not None,
            has_after=row.after_picture_id is not None,
            builder=row.built_by,
        )
        for row in rows
    ]


def list_fittings(session: Session, bed_id: int) -> Sequence[Fitting]:
    """Return the devices of a home as values."""
    rows = session.scalars(select(BedDevice).where(BedDevice.bed_id == bed_id).order_by(BedDevice.id))
    return [Fitting(kind=row.kind, state=DeviceState(row.state), installer=row.installed_by) for row in rows]


def may_see_picture(session: Session, actor: Actor, picture: Picture) -> bool:
    """Say whether somebody may see a picture of a home: whoever reaches the bed, and the family if it may know."""
    # Only by what lets somebody read beds: a carer's own provider shows a carer no home.
    reader = actor.narrowed(frozenset(READERS))
    query = select(CareBed.id).join(BedAdaptation, BedAdaptation.bed_id == CareBed.id)
    is_reached = session.scalar(query.where(BedAdaptation.id == int(picture.owner_ref), visible_to(reader))) is not None
    return is_reached or _may_know(session, actor, picture)


def _may_know(session: Session, actor: Actor, picture: Picture) -> bool:
    reached = list_reached(session, actor=actor, today=business_day(clock.now()))
    return any(each.senior_id == picture.senior_id and Topic.VISITS in each.topics for each in reached)


def _required(bed: CareBed, terms: BedTerms) -> Sequence[str]:
    programme = terms.find_programme(bed.programme)
    return programme.devices if programme else ()


def _begin(
    session: Session,
    bed_id: int,
    states: Sequence[State],
    actor: Actor,
    *,
    builds: bool = False,
    waives: bool = False,
) -> CareBed:
    """Hold a bed that is being fitted out.

    :param builds: only the provider does this
    :param waives: only the street does this
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(actor))
    is_clerk, is_provider = Role.STREET_CLERK in roles_for(actor, bed), is_provider_of(actor, bed.provider_id)
    if not ((is_clerk and not builds) or (is_provider and not waives)):
        raise NotYourStep
    if State(bed.state) not in states:
        raise WrongStep
    return bed


def _get_item(session: Session, bed: CareBed, item_id: int) -> BedAdaptation:
    row = session.get(BedAdaptation, item_id, with_for_update=True, populate_existing=True)
    if row is None or row.bed_id != bed.id:
        raise NotFound
    return row


def _get_device(session: Session, bed: CareBed, device_id: int) -> BedDevice:
    row = session.get(BedDevice, device_id, with_for_update=True, populate_existing=True)
    if row is None or row.bed_id != bed.id:
        raise NotFound
    return row


def _keep(session: Session, bed: CareBed, row: BedAdaptation, **kept: Any) -> Picture:
    return keep(
        session,
        owner_kind=ADAPTATION,
        owner_ref=str(row.id),
        area_code=bed.area_code,
        senior_id=bed.senior_id,
        **kept,
    )


def _reason(words: str) -> str:
    if len(words.strip()) < 2:
        raise Invalid(errors={"words": [_l("Say why.")]})
    return words.strip()


def _check_day(field: str, day: date, bed: CareBed, today: date) -> None:
    if day > today:
        raise Invalid(errors={field: [_l("This day lies ahead.")]})
    if day < bed.applied_on:
        raise Invalid(errors={field: [_l("This lies before the application.")]})
