"""Before the agreement: the assessment taken over, the home surveyed, a provider chosen, the care plan approved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from care_beds.assessment.queries import StandingLevel, find_level
from care_beds.beds.errors import LevelUnfit, NoAssessment, NoProvider, NoSurvey
from care_beds.beds.models import BedAdaptation, BedDevice, BedSurvey, CareBed
from care_beds.beds.providing import hold_place
from care_beds.beds.reach import lock_bed, visible_to
from care_beds.beds.rules import PREPARING, SERVING, BedTerms, State, Step, add_months
from care_beds.beds.taking import begin, check_step, note, settle_proposal, take, terms_for

DWELLINGS = ("flat", "house", "shared", "other")
LIVES_WITH = ("alone", "spouse", "family", "carer", "other")
HAZARDS = ("stairs", "wet_floor", "threshold", "dark", "clutter", "wiring", "gas", "no_heating")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found at home, where the door is, and what is to be built in."""

    surveyed_on: date
    dwelling: str
    lives_with: str
    has_lift: bool
    has_network: bool
    agrees_to_devices: bool
    floor: int | None = None
    hazards: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    words: str = ""
    items: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


def take_over_assessment(session: Session, *, bed_id: int, actor: Actor, now: datetime) -> None:
    """Take over the assessment that is in force: it must say that the programme is for this person.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if it was done before
    :raises NoAssessment: if none is in force
    :raises LevelUnfit: if the programme is not for the level
    """
    bed = begin(session, bed_id=bed_id, step=Step.ASSESS, actor=actor)
    level = get_level(session, bed, on=business_day(now))
    check_level(session, bed, level.level, on=business_day(now))
    keep_level(bed, level)
    take(session, bed, Step.ASSESS, by=actor, now=now, detail=_told(level))


def reassess(session: Session, *, bed_id: int, actor: Actor, now: datetime) -> None:
    """Take over a newer assessment of somebody whose bed serves; a level that no longer fits is told, not refused.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the bed does not serve
    :raises NoAssessment: if there is none newer than the one that the bed rests on
    """
    bed = begin(session, bed_id=bed_id, step=Step.REASSESS, actor=actor)
    level = get_level(session, bed, on=business_day(now))
    if level.assessment_id == bed.assessment_id:
        raise NoAssessment(_l("The bed rests on the newest assessment already. The person is to be assessed anew."))
    before = bed.level
    keep_level(bed, level)
    settle_proposal(bed, "reassess")
    take(session, bed, Step.REASSESS, by=actor, now=now, detail={**_told(level), "level_before": before})


def get_level(session: Session, bed: CareBed, *, on: date) -> StandingLevel:
    """Return the assessment of a bed's person that is in force.

    :raises NoAssessment: if there is none
    """
    found = find_level(session, senior_id=bed.senior_id, on=on)
    if found is None:
        raise NoAssessment
    return found


def check_level(session: Session, bed: CareBed, level: int, *, on: date) -> None:
    """Refuse a level that the bed's programme is not for.

    :raises LevelUnfit: with which levels it is for
    """
    terms = terms_for(session, bed, on=on)
    programme = terms.find_programme(bed.programme)
    if programme and level not in programme.levels:
        levels = ", ".join(str(each) for each in sorted(programme.levels))
        raise LevelUnfit(
            _("The assessment says level %(level)s; the programme is for %(levels)s.", level=level, levels=levels)
        )


def keep_level(bed: CareBed, level: StandingLevel) -> None:
    """Let a bed rest on an assessment."""
    bed.assessment_id, bed.level, bed.assessed_until = level.assessment_id, level.level, level.valid_until


def record_survey(session: Session, *, bed_id: int, survey: Survey, actor: Actor, now: datetime) -> None:
    """Write down what was found at home, and what is to be built in and installed.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the assessment is not taken over yet, or a plan is approved already
    :raises Invalid: if a day lies ahead or before the application, or something is not in the rules' lists
    """
    bed = begin(session, bed_id=bed_id, step=Step.SURVEY, actor=actor)
    terms = terms_for(session, bed, on=business_day(now))
    keep_survey(session, bed, survey, terms=terms, by=actor, now=now)
    programme = terms.find_programme(bed.programme)
    wanted = dict.fromkeys((*(programme.devices if programme else ()), *survey.devices))
    _want(session, bed.id, items=survey.items, devices=wanted)
    told = {"items": list(dict.fromkeys(survey.items)), "devices": list(wanted)}
    take(session, bed, Step.SURVEY, by=actor, now=now, on=survey.surveyed_on, words=survey.words, detail=told)


def _want(session: Session, bed_id: int, *, items: Iterable[str], devices: Iterable[str]) -> None:
    """Write down what is to be built in; what an earlier survey wanted stays."""
    known_items = set(session.scalars(select(BedAdaptation.item).where(BedAdaptation.bed_id == bed_id)))
    known_kinds = set(session.scalars(select(BedDevice.kind).where(BedDevice.bed_id == bed_id)))
    session.add_all(BedAdaptation(bed_id=bed_id, item=each) for each in dict.fromkeys(items) if each not in known_items)
    session.add_all(BedDevice(bed_id=bed_id, kind=each) for each in dict.fromkeys(devices) if each not in known_kinds)


def keep_survey(
    session: Session, bed: CareBed, survey: Survey, *, terms: BedTerms, by: Actor, now: datetime
) -> BedSurvey:
    """Keep a survey, and let its place be the bed's.

    :raises Invalid: if a day lies ahead or before the application, or something is not in the rules' lists
    """
    check_survey(survey, terms=terms, applied_on=bed.applied_on, today=business_day(now))
    row = BedSurvey(
        bed_id=bed.id,
        by_id=by.account_id,
        at=now,
        hazards=list(dict.fromkeys(survey.hazards)),
        **{name: getattr(survey, name) for name in PLAIN},
    )
    session.add(row)
    bed.lat, bed.lon = survey.lat, survey.lon
    return row


PLAIN = (
    "surveyed_on",
    "dwelling",
    "floor",
    "has_lift",
    "has_network",
    "agrees_to_devices",
    "lives_with",
    "lat",
    "lon",
    "words",
)


def check_survey(survey: Survey, *, terms: BedTerms, applied_on: date, today: date) -> None:
    """Refuse a survey that cannot be.

    :raises Invalid: naming each field
    """
    errors: dict[str, Any] = {}
    if survey.surveyed_on > today:
        errors["surveyed_on"] = [_l("This day lies ahead.")]
    elif survey.surveyed_on < applied_on:
        errors["surveyed_on"] = [_l("This lies before the application.")]
    if (survey.lat is None) != (survey.lon is None):
        errors["lat"] = [_l("Give both numbers of the place, or none.")]
    for name, known in (("items", terms.item_titles), ("devices", terms.device_titles), ("hazards", HAZARDS)):
        if any(each not in known for each in getattr(survey, name)):
            errors[name] = [_l("This is not in the list of the rules.")]
    if errors:
        raise Invalid(errors=errors)


def choose_provider(
    session: Session, *, bed_id: int, provider_id: int, actor: Actor, now: datetime, words: str = ""
) -> None:
    """Choose with the family who is to look after the bed: a provider with papers that hold and a place free.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the assessment is not taken over yet, or a plan is approved already
    :raises ProviderNotFound: if there is no such provider
    :raises ProviderUnfit: if its papers do not hold
    :raises ProviderFull: if it has no place free
    """
    bed = begin(session, bed_id=bed_id, step=Step.CHOOSE, actor=actor)
    provider = hold_place(session, provider_id=provider_id, bed_id=bed.id, on=business_day(now))
    bed.provider_id = provider.id
    told = {"provider": provider.id, "provider_name": provider.name}
    take(session, bed, Step.CHOOSE, by=actor, now=now, words=words, detail=told)


def adopt_plan(session: Session, *, bed_id: int, plan_id: int, by: Actor, now: datetime) -> None:
    """Take over a care plan that was approved; called by whoever approves it, in the same transaction.

    A later plan of a bed that is further on takes the place of the one before.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the home is not surveyed yet, or the bed has ended
    :raises NotYourStep: if another role approves plans
    :raises NoProvider: if nobody is to look after the bed yet
    :raises NoSurvey: if the survey is too old
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(by))
    state = State(bed.state)
    is_later = state in SERVING or (state in PREPARING and PREPARING.index(state) >= PREPARING.index(State.PLANNED))
    if is_later:
        bed.plan_id = plan_id
        note(session, bed, "bed.plan_changed", by=by, now=now, new={"plan": plan_id})
        return
    check_step(bed, Step.PLAN, actor=by)
    if bed.provider_id is None:
        raise NoProvider
    check_survey_age(session, bed, on=business_day(now))
    bed.plan_id = plan_id
    take(session, bed, Step.PLAN, by=by, now=now, detail={"plan": plan_id})


def find_survey(session: Session, bed_id: int) -> BedSurvey | None:
    """Return the newest survey of a bed's home."""
    query = select(BedSurvey).where(BedSurvey.bed_id == bed_id).order_by(BedSurvey.id.desc()).limit(1)
    return session.scalars(query).first()


def check_survey_age(session: Session, bed: CareBed, *, on: date) -> None:
    """Refuse to build on a survey that is too old.

    :raises NoSurvey: with how long one holds
    """
    survey, terms = find_survey(session, bed.id), terms_for(session, bed, on=on)
    if survey is None or add_months(survey.surveyed_on, terms.survey_months) <= on:
        raise NoSurvey(_("A survey holds for %(n)s months.", n=terms.survey_months))


def _told(level: StandingLevel) -> dict[str, Any]:
    return {
        "assessment": level.assessment_id,
        "level": level.level,
        "valid_until": level.valid_until.isoformat(),
    }
