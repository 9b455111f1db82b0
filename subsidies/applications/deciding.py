"""Decisions on applications: approved or refused, appealed, decided again, and ended."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from subsidies.allowance.rules import Why
from subsidies.allowance.services import approve_entry
from subsidies.applications.basis import explain_reasons
from subsidies.applications.errors import NotEntitled
from subsidies.applications.models import Application
from subsidies.applications.steps import (
    ask_reason,
    check_step,
    lock,
    take,
    terms_of_application,
    weigh_application,
)
from subsidies.applications.telling import tell_decision
from subsidies.expiry.rules import next_month


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
    check_step("decide", application, actor=actor, others=(application.recorded_by, application.checked_by))
    if approves:
        _approve(session, application, "approved", (from_on, until_on), reason=reason, actor=actor, now=now)
        return
    ask_reason(reason)
    today = business_day(now)
    terms = terms_of_application(session, application, on=today)
    application.state, application.decided_by = "refused", actor.account_id
    application.due_on = terms.due(today, terms.appeal_days)
    basis = weigh_application(session, application, today)
    take(session, application, "refused", actor=actor, now=now, basis=basis, reason=reason)
    tell_decision(session, application, approves=False, step="decision", now=now)


def appeal(session: Session, *, application_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Record that the applicant asks for second thoughts, and why.

    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it was not refused, or appealed before
    :raises TooLate: if the last day for it has passed
    :raises Invalid: if nothing is said against the refusal
    """
    application, today = lock(session, application_id=application_id, actor=actor), business_day(now)
    check_step("appeal", application, actor=actor, today=today, due_on=application.due_on)
    ask_reason(reason)
    terms = terms_of_application(session, application, on=today)
    application.state, application.appeal_recorded_by = "appealed", actor.account_id
    application.due_on = terms.due(today, terms.decide_appeal_days)
    basis = weigh_application(session, application, today)
    take(session, application, "appealed", actor=actor, now=now, basis=basis, reason=reason)


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
    check_step("decide_appeal", application, actor=actor, others=before)
    ask_reason(reason)
    if approves:
        _approve(session, application, "appeal_approved", (from_on, until_on), reason=reason, actor=actor, now=now)
        return
    today = business_day(now)
    basis = weigh_application(session, application, today)
    application.state, application.due_on, application.appeal_decided_by = "upheld", today, actor.account_id
    take(session, application, "appeal_upheld", actor=actor, now=now, basis=basis, reason=reason)
    tell_decision(session, application, approves=False, step="appeal", now=now)


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
    basis = weigh_application(session, application, from_on)
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
    take(session, application, outcome, actor=actor, now=now, basis=basis, reason=reason)
    approve_entry(
        session,
        senior_id=application.senior_id,
        programme=application.programme,
        from_on=from_on,
        until_on=until_on,
        application_id=application.id,
    )
    step = "decision" if outcome == "approved" else "appeal"
    tell_decision(session, application, approves=True, step=step, now=now)
