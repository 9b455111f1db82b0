"""Applying for a bed, refusing it, and taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from app.people.queries import Profile, check_visible, profile_on
from app.people.rules import Status
from app.web.wording import in_language
from care_beds.beds.agreeing import end_agreements
from care_beds.beds.errors import (
    BedExists,
    DevicesThere,
    NoBedRules,
    ProgrammeUnfit,
    SeniorGone,
)
from care_beds.beds.models import BedDevice, CareBed
from care_beds.beds.policy import find_terms
from care_beds.beds.rules import LIVE, STANDING, BedTerms, Programme, Step, list_unfit, number_of
from care_beds.beds.taking import begin, settle_proposal, take
from care_beds.beds.words import UNFIT_NAMES

GONE = frozenset({Status.DECEASED, Status.MOVED_AWAY, Status.IN_INSTITUTION})
NUMBER = func.nextval("care_bed_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who asks for the senior: in which relation, under which name and number."""

    relation: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A programme that could be applied for, and why it is not for this person, if it is not."""

    programme: Programme
    unfit: Sequence[str]


def apply(
    session: Session,
    *,
    senior_id: int,
    programme: str,
    applicant: Applicant,
    applied_on: date,
    actor: Actor,
    now: datetime,
    address: str = "",
    note: str = "",
) -> CareBed:
    """Record an application at the street office where the senior lives.

    :raises NotFound: if there is no such senior in the actor's areas
    :raises Invalid: if the day lies ahead, the programme is unknown, or the senior lives in another street
    :raises SeniorGone: if the senior has died, moved away, or lives in an institution
    :raises NoBedRules: if no rules hold there
    :raises ProgrammeUnfit: if the programme is not for the senior
    :raises BedExists: if there is a bed, or an application for one
    """
    check_visible(session, senior_id=senior_id, actor=actor)
    if applied_on > business_day(now):
        raise Invalid(errors={"applied_on": [_l("This day lies ahead.")]})
    profile = profile_on(session, senior_id=senior_id, day=business_day(now))
    if not is_within_any(profile.residence_area, actor.area_codes):
        raise Invalid(errors={"senior_id": [_l("This person lives elsewhere. The street office there records it.")]})
    texts = {"note": note, "address": address}
    return _apply(session, profile, programme, applicant, applied_on=applied_on, texts=texts, by=actor, now=now)


def apply_as_family(
    session: Session,
    *,
    senior_id: int,
    programme: str,
    applicant: Applicant,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> CareBed:
    """Record an application by the senior or a relative; the link and the consent were checked by the caller.

    :raises Invalid: if the programme is unknown
    :raises SeniorGone: if the senior has died, moved away, or lives in an institution
    :raises NoBedRules: if no rules hold there
    :raises ProgrammeUnfit: if the programme is not for the senior
    :raises BedExists: if there is a bed, or an application for one
    """
    today = business_day(now)
    profile = profile_on(session, senior_id=senior_id, day=today)
    texts = {"note": note, "address": ""}
    return _apply(session, profile, programme, applicant, applied_on=today, texts=texts, by=actor, now=now)


def refuse(session: Session, *, bed_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Refuse an application, and say why; the applicant reads it.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if it is agreed on already, or ended
    :raises Invalid: if no reason is given
    """
    _end(session, bed_id, Step.REFUSE, reason, actor=actor, now=now)


def withdraw(session: Session, *, bed_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Write down that the applicant takes an application back, before the service began.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if it serves already, or ended
    :raises DevicesThere: if devices stand in the home
    :raises Invalid: if no reason is given
    """
    _end(session, bed_id, Step.WITHDRAW, reason, actor=actor, now=now)


def list_choices(session: Session, *, senior_id: int, on: date) -> Sequence[Choice]:
    """Return the programmes that hold where a senior lives, with what speaks against each."""
    profile = profile_on(session, senior_id=senior_id, day=on)
    terms = find_terms(session, area_code=profile.residence_area, on=on)
    return [Choice(programme=each, unfit=_unfit(each, profile)) for each in terms.programmes] if terms else ()


def has_devices(session: Session, bed_id: int) -> bool:
    """Say whether devices of a bed stand in the home."""
    there = exists().where(BedDevice.bed_id == bed_id, BedDevice.state.in_(STANDING))
    return bool(session.scalar(select(there)))


def ask_reason(reason: str) -> None:
    """Refuse a step that goes against somebody without saying why.

    :raises Invalid: if no reason is given
    """
    if len(reason.strip()) < 2:
        raise Invalid(errors={"reason": [_l("Say why: the applicant will read it.")]})


def _apply(
    session: Session,
    profile: Profile,
    programme: str,
    applicant: Applicant,
    *,
    applied_on: date,
    texts: Mapping[str, str],
    by: Actor,
    now: datetime,
) -> CareBed:
    terms = _check(session, profile, programme, on=business_day(now))
    bed = CareBed(
        number=number_of(profile.residence_area, session.scalar(select(NUMBER)) or 0),
        senior_id=profile.senior_id,
        area_code=profile.residence_area,
        address_sealed=vault.seal(texts["address"]) if texts["address"] else None,
        programme=programme,
        policy_id=terms.policy_id,
        since_on=applied_on,
        applied_on=applied_on,
        applied_by=by.account_id,
        note=texts["note"],
        **_sealed(applicant),
    )
    _add(session, bed)
    take(session, bed, Step.APPLY, by=by, now=now, on=applied_on, detail={"programme": programme})
    return bed


def _check(session: Session, profile: Profile, programme: str, *, on: date) -> BedTerms:
    if profile.status in GONE:
        raise SeniorGone
    terms = find_terms(session, area_code=profile.residence_area, on=on)
    if terms is None:
        raise NoBedRules
    found = terms.find_programme(programme)
    if found is None:
        raise Invalid(errors={"programme": [_l("There is no such programme here.")]})
    unfit = _unfit(found, profile)
    if unfit:
        raise ProgrammeUnfit(_("%(programme)s: %(why)s", programme=in_language(found.title), why=" ".join(unfit)))
    return terms


def _unfit(programme: Programme, profile: Profile) -> Sequence[str]:
    found = list_unfit(programme, age=profile.age, income_class=str(profile.income_class))
    return [str(UNFIT_NAMES[each]) % {"age": programme.age_from} for each in found]


def _sealed(applicant: Applicant) -> dict[str, Any]:
    return {
        "relation": applicant.relation,
        "applicant_sealed": vault.seal(applicant.name) if applicant.name else None,
        "phone_sealed": vault.seal(applicant.phone) if applicant.phone else None,
    }


def _add(session: Session, bed: CareBed) -> None:
    if session.scalar(select(CareBed.id).where(CareBed.senior_id == bed.senior_id, CareBed.state.in_(LIVE))):
        raise BedExists
    try:
        # Two at the same moment: both see none, the index lets one in.
        with session.begin_nested():
            session.add(bed)
    except IntegrityError as error:
        raise BedExists from error


def _end(session: Session, bed_id: int, step: Step, reason: str, *, actor: Actor, now: datetime) -> None:
    bed = begin(session, bed_id=bed_id, step=step, actor=actor)
    ask_reason(reason)
    if has_devices(session, bed.id):
        raise DevicesThere
    end_agreements(session, bed.id, on=business_day(now))
    settle_proposal(bed, "withdraw")
    take(session, bed, step, by=actor, now=now, words=reason)
