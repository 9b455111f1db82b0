"""Steps of an application: recorded, checked, decided, appealed, decided again, or withdrawn."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.areas.rules import is_within_any
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from app.people.queries import check_visible, profile_on
from app.people.rules import Status
from subsidies.allowance.terms import By, Mark
from subsidies.applications.basis import Basis, explain_reasons, list_approved, weigh
from subsidies.applications.deciding import appeal, decide, decide_appeal
from subsidies.applications.ending import ask_ending, decide_ending
from subsidies.applications.errors import (
    AlreadyApplied,
    AlreadyApproved,
    Deceased,
    Excluded,
    NotByApplication,
)
from subsidies.applications.models import Application
from subsidies.applications.steps import (
    ask_reason,
    check_step,
    get_terms,
    lock,
    take,
    terms_of_application,
    weigh_application,
)

__all__ = [
    "Applicant",
    "appeal",
    "apply",
    "ask_ending",
    "check",
    "decide",
    "decide_appeal",
    "decide_ending",
    "withdraw",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who asks for the senior: in which relation, under which name and number."""

    relation: str
    name: str = ""
    phone: str = ""


def apply(
    session: Session,
    *,
    senior_id: int,
    programme: str,
    applicant: Applicant,
    applied_on: date,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> int:
    """Record an application; conflicts with other programmes are looked at first. Return its number.

    :raises NotFound: if there is no such senior in the actor's areas
    :raises Deceased: if the senior has died
    :raises NotByApplication: if the programme does not hold for the senior, or needs no application
    :raises AlreadyApproved: if the senior is in the programme already
    :raises AlreadyApplied: if an application for it is open
    :raises Excluded: if another programme, by a source that was found, rules this one out
    :raises NoRules: if no deadlines are in force there
    :raises Invalid: if the day lies ahead
    """
    today = business_day(now)
    check_visible(session, senior_id=senior_id, actor=actor)
    if applied_on > today:
        raise Invalid(errors={"applied_on": [_l("This day lies ahead.")]})
    profile = profile_on(session, senior_id=senior_id, day=today)
    if profile.status is Status.DECEASED:
        raise Deceased
    at_home = is_within_any(profile.residence_area, actor.area_codes)
    area_code = profile.residence_area if at_home else profile.hukou_area
    terms = get_terms(session, area_code=area_code, on=today)
    basis = weigh(session, senior_id=senior_id, programme=programme, on=today)
    _check_possible(session, basis, senior_id=senior_id, today=today)
    application = Application(
        senior_id=senior_id,
        programme=programme,
        area_code=area_code,
        state="submitted",
        relation=applicant.relation,
        applicant_sealed=vault.seal(applicant.name) if applicant.name else None,
        phone_sealed=vault.seal(applicant.phone) if applicant.phone else None,
        note=note,
        applied_on=applied_on,
        due_on=terms.due(applied_on, terms.check_days),
        policy_id=terms.policy_id,
        recorded_by=actor.account_id,
        recorded_at=now,
        updated_at=now,
    )
    _add(session, application)
    take(session, application, "recorded", actor=actor, now=now, basis=basis)
    return application.id


def check(session: Session, *, application_id: int, supports: bool, reason: str, actor: Actor, now: datetime) -> None:
    """Have the street say whether documents and facts are right, and hand it on to the district.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it was checked before
    :raises Invalid: if there is a doubt without a reason
    """
    application = lock(session, application_id=application_id, actor=actor)
    check_step("check", application, actor=actor)
    if not supports:
        ask_reason(reason)
    today = business_day(now)
    terms = terms_of_application(session, application, on=today)
    application.state, application.checked_by = "checked", actor.account_id
    application.due_on = terms.due(today, terms.decide_days)
    basis = weigh_application(session, application, today)
    outcome = "supported" if supports else "doubted"
    take(session, application, outcome, actor=actor, now=now, basis=basis, reason=reason)


def withdraw(session: Session, *, application_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Record that the applicant takes an open application back.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it is decided, or was withdrawn before
    :raises Invalid: if no reason is given
    """
    application = lock(session, application_id=application_id, actor=actor)
    check_step("withdraw", application, actor=actor)
    ask_reason(reason)
    application.state, application.due_on = "withdrawn", business_day(now)
    take(session, application, "withdrawn", actor=actor, now=now, reason=reason)


def _check_possible(session: Session, basis: Basis, *, senior_id: int, today: date) -> None:
    found = basis.programmes.get(basis.programme)
    if found is None or found.by is not By.APPLICATION:
        raise NotByApplication(errors={"programme": [NotByApplication.detail]})
    if basis.programme in list_approved(session, senior_id=senior_id, on=today):
        raise AlreadyApproved
    reason = basis.excluded(mark=Mark.FOUND)
    if reason:
        raise Excluded(explain_reasons(session, [reason]))


def _add(session: Session, application: Application) -> None:
    is_open = select(Application.id).where(
        Application.senior_id == application.senior_id,
        Application.programme == application.programme,
        Application.state.in_(("submitted", "checked", "appealed")),
    )
    if session.scalar(is_open):
        raise AlreadyApplied
    try:
        # Two clerks at the same moment: both see none, the index lets one in.
        with session.begin_nested():
            session.add(application)
    except IntegrityError as error:
        raise AlreadyApplied from error
