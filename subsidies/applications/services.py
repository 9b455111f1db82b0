"""Steps of an application: recorded, checked, decided, appealed, decided again, or withdrawn."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import vault
from app.areas.rules import is_within_any
from app.audit import services as audit
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid, NotFound
from app.people.queries import check_visible, profile_on
from app.people.rules import Status
from app.policies.queries import find_policy, get_policy
from subsidies.allowance.rules import Why
from subsidies.allowance.services import approve_entry
from subsidies.allowance.terms import By, Mark
from subsidies.applications.basis import Basis, explain_reasons, list_approved, weigh
from subsidies.applications.errors import (
    ERRORS,
    AlreadyApplied,
    AlreadyApproved,
    Deceased,
    Excluded,
    NoRules,
    NotByApplication,
    NotEntitled,
)
from subsidies.applications.models import Application, Step
from subsidies.applications.policy import NAME, terms_of
from subsidies.applications.rules import Terms, object_to
from subsidies.expiry.rules import next_month


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
    _take(session, application, "recorded", actor=actor, now=now, basis=basis)
    return application.id


def check(session: Session, *, application_id: int, supports: bool, reason: str, actor: Actor, now: datetime) -> None:
    """Have the street say whether documents and facts are right, and hand it on to the district.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it was checked before
    :raises Invalid: if there is a doubt without a reason
    """
    application = lock(session, application_id=application_id, actor=actor)
    _object("check", application, actor=actor)
    if not supports:
        _ask_reason(reason)
    today, terms = business_day(now), _terms(session, application)
    application.state, application.checked_by = "checked", actor.account_id
    application.due_on = terms.due(today, terms.decide_days)
    basis = _weigh(session, application, today)
    outcome = "supported" if supports else "doubted"
    _take(session, application, outcome, actor=actor, now=now, basis=basis, reason=reason)


def decide(
    session: Session,
    *,
    application_id: int,
    approves: bool,
    reason: str,
    actor: Actor,
    now: datetime,
    from_on: date | None = None,
    until_on: date | None = None,
) -> None:
    """Approve from a month on, or refuse and open the term for an appeal.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it was not checked yet, or decided before
    :raises SamePerson: if the actor recorded or checked it
    :raises NotEntitled: if it is approved and the facts as known do not meet the programme, or another rules it out
    :raises Invalid: if it is refused without a reason, or the days make no sense
    """
    application = lock(session, application_id=application_id, actor=actor)
    _object("decide", application, actor=actor, others=(application.recorded_by, application.checked_by))
    if approves:
        _approve(session, application, "approved", (from_on, until_on), reason=reason, actor=actor, now=now)
        return
    _ask_reason(reason)
    today, terms = business_day(now), _terms(session, application)
    application.state, application.decided_by = "refused", actor.account_id
    application.due_on = terms.due(today, terms.appeal_days)
    basis = _weigh(session, application, today)
    _take(session, application, "refused", actor=actor, now=now, basis=basis, reason=reason)


def appeal(session: Session, *, application_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Record that the applicant asks for second thoughts, and why.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it was not refused, or appealed before
    :raises TooLate: if the last day for it has passed
    :raises Invalid: if nothing is said against the refusal
    """
    application, today = lock(session, application_id=application_id, actor=actor), business_day(now)
    _object("appeal", application, actor=actor, today=today, due_on=application.due_on)
    _ask_reason(reason)
    terms = _terms(session, application)
    application.state, application.appeal_recorded_by = "appealed", actor.account_id
    application.due_on = terms.due(today, terms.decide_appeal_days)
    basis = _weigh(session, application, today)
    _take(session, application, "appealed", actor=actor, now=now, basis=basis, reason=reason)


def decide_appeal(
    session: Session,
    *,
    application_id: int,
    approves: bool,
    reason: str,
    actor: Actor,
    now: datetime,
    from_on: date | None = None,
    until_on: date | None = None,
) -> None:
    """Decide again, by somebody who had no hand in it: approve after all, or let the refusal stand.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if no appeal is open
    :raises SamePerson: if the actor recorded, checked or decided it, or recorded the appeal
    :raises NotEntitled: if it is approved and the facts as known do not meet the programme, or another rules it out
    :raises Invalid: if no reason is given, or the days make no sense
    """
    application = lock(session, application_id=application_id, actor=actor)
    before = (application.recorded_by, application.checked_by, application.decided_by, application.appeal_recorded_by)
    _object("decide_appeal", application, actor=actor, others=before)
    _ask_reason(reason)
    if approves:
        _approve(session, application, "appeal_approved", (from_on, until_on), reason=reason, actor=actor, now=now)
        return
    today = business_day(now)
    basis = _weigh(session, application, today)
    application.state, application.due_on, application.appeal_decided_by = "upheld", today, actor.account_id
    _take(session, application, "appeal_upheld", actor=actor, now=now, basis=basis, reason=reason)


def withdraw(session: Session, *, application_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Record that the applicant takes an open application back.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it is decided, or was withdrawn before
    :raises Invalid: if no reason is given
    """
    application = lock(session, application_id=application_id, actor=actor)
    _object("withdraw", application, actor=actor)
    _ask_reason(reason)
    application.state, application.due_on = "withdrawn", business_day(now)
    _take(session, application, "withdrawn", actor=actor, now=now, reason=reason)


def lock(session: Session, *, application_id: int, actor: Actor) -> Application:
    """Return an application of the actor's areas, held until the end of the transaction.

    :raises NotFound: if there is none
    """
    found = session.get(Application, application_id, with_for_update=True, populate_existing=True)
    if found is None or not is_within_any(found.area_code, actor.area_codes):
        raise NotFound
    return found


def get_terms(session: Session, *, area_code: str, on: date) -> Terms:
    """Return the terms that hold for applications of a place.

    :raises NoRules: if there are none
    """
    document = find_policy(session, kind=NAME, area_code=area_code, on=on)
    if document is None:
        raise NoRules
    return terms_of(document)


def _terms(session: Session, application: Application) -> Terms:
    """Return the terms an application was recorded under: they are kept to the end."""
    return terms_of(get_policy(session, application.policy_id))


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


def _approve(
    session: Session,
    application: Application,
    outcome: str,
    days: tuple[date | None, date | None],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    from_on, until_on = days[0] or next_month(business_day(now)), days[1]
    if from_on < application.applied_on.replace(day=1):
        raise Invalid(errors={"from_on": [_l("This lies before the month of the application.")]})
    if until_on and until_on <= from_on:
        raise Invalid(errors={"until_on": [_l("This must lie after the first day.")]})
    basis = _weigh(session, application, from_on)
    against = [
        each
        for each in basis.reasons
        if each.code in {Why.NO_TIER, Why.EXCLUDED} and each.params["programme"] == application.programme
    ]
    if against or application.programme not in basis.programmes:
        raise NotEntitled(explain_reasons(session, against))
    if outcome == "approved":
        application.decided_by = actor.account_id
    else:
        application.appeal_decided_by = actor.account_id
    application.state, application.due_on = "approved", business_day(now)
    application.approved_from, application.approved_until = from_on, until_on
    _take(session, application, outcome, actor=actor, now=now, basis=basis, reason=reason)
    approve_entry(
        session,
        senior_id=application.senior_id,
        programme=application.programme,
        from_on=from_on,
        until_on=until_on,
        application_id=application.id,
    )


def _weigh(session: Session, application: Application, on: date) -> Basis:
    return weigh(session, senior_id=application.senior_id, programme=application.programme, on=on)


def _object(
    step: str,
    application: Application,
    *,
    actor: Actor,
    others: Collection[int | None] = (),
    today: date | None = None,
    due_on: date | None = None,
) -> None:
    objection = object_to(step, state=application.state, by=actor.account_id, others=others, today=today, due_on=due_on)
    if objection:
        raise ERRORS[objection]


def _ask_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(errors={"reason": [_l("Say why: the applicant will read it.")]})


def _take(
    session: Session,
    application: Application,
    outcome: str,
    *,
    actor: Actor,
    now: datetime,
    basis: Basis | None = None,
    reason: str = "",
) -> None:
    """Write a step down, with what it was judged by, and in the audit log."""
    application.updated_at = now
    kept: dict[str, Any] = basis.as_json() if basis else {}
    session.add(
        Step(
            application_id=application.id,
            outcome=outcome,
            by_id=actor.account_id,
            at=now,
            due_on=application.due_on,
            reason=reason.strip(),
            basis=kept,
        )
    )
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"application.{outcome}",
        subject=f"application:{application.id}",
        area_code=application.area_code,
        new={
            "senior": application.senior_id,
            "programme": application.programme,
            "state": application.state,
            "due_on": application.due_on,
        },
        now=now,
    )
