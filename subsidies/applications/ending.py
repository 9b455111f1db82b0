"""Ending what was approved: one person asks from which day on and why, another of the district decides."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals import services as approvals
from app.approvals.rules import DRAFT, SUBMITTED
from app.audit import services as audit
from app.auth.actor import Actor
from app.clock import business_day
from app.errors import Invalid
from subsidies.allowance.services import end_entry
from subsidies.applications.errors import EndingAsked, EndingNotAsked
from subsidies.applications.models import ENDED, Application, Ending
from subsidies.applications.queries import ACCOUNT
from subsidies.applications.steps import ask_reason, check_step, lock, take, weigh_application


@dataclass(frozen=True, slots=True)
class AskedEnding:
    """An ending that waits for somebody else's decision."""

    until_on: date
    why: str
    asked_by: int
    asked_name: str


def ask_ending(
    session: Session, *, application_id: int, until_on: date, reason: str, actor: Actor, now: datetime
) -> None:
    """Ask that what was approved ends from a day on; what was granted before stays.

    :param until_on: the first day on which it no longer holds
    :raises NotFound: if there is no such application in the actor's areas
    :raises WrongState: if it is not approved
    :raises Invalid: if no reason is given, or the day lies behind, or after an end that was set before
    :raises EndingAsked: if somebody has asked before and nobody has decided
    """
    application = lock(session, application_id=application_id, actor=actor)
    _check(application, until_on, actor=actor, today=business_day(now))
    ask_reason(reason)
    if _find(session, application_id) is not None:
        raise EndingAsked
    asked = Ending(
        application_id=application_id, until_on=until_on, why=reason.strip(), state=DRAFT, maker_id=actor.account_id
    )
    approvals.submit(asked, by=actor.account_id, now=now)
    session.add(asked)
    session.flush()
    _note(session, "application.ending_asked", application, asked, actor=actor, now=now)


def decide_ending(
    session: Session, *, application_id: int, approves: bool, reason: str, actor: Actor, now: datetime
) -> None:
    """End what was approved as somebody else asked, or let it go on.

    :raises NotFound: if there is no such application in the actor's areas
    :raises EndingNotAsked: if nobody asked for it
    :raises SelfApproval: if the actor asked
    :raises WrongState: if the application is not approved any more
    :raises Invalid: if it is refused without a reason, or the day lies behind by now
    """
    application = lock(session, application_id=application_id, actor=actor)
    asked = _find(session, application_id)
    if asked is None:
        raise EndingNotAsked
    if not approves:
        approvals.check_deciding(asked, by=actor.account_id)
        ask_reason(reason)
        approvals.reject(asked, reason=reason.strip(), by=actor.account_id, now=now)
        session.flush()
        _note(session, "application.ending_refused", application, asked, actor=actor, now=now)
        return
    approvals.approve(asked, state=ENDED, by=actor.account_id, now=now)
    today, until_on = business_day(now), asked.until_on
    _check(application, until_on, actor=actor, today=today)
    application.approved_until, application.due_on = until_on, today
    end_entry(session, senior_id=application.senior_id, programme=application.programme, until_on=until_on)
    basis = weigh_application(session, application, today)
    take(session, application, "ended", actor=actor, now=now, basis=basis, reason=asked.why)


def find_ending(session: Session, *, application_id: int) -> AskedEnding | None:
    """Return the ending of an application that waits for a decision."""
    asked = _find(session, application_id)
    if asked is None:
        return None
    name = session.scalar(select(ACCOUNT.c.name).where(ACCOUNT.c.id == asked.maker_id))
    return AskedEnding(asked.until_on, asked.why, asked.maker_id, name or "")


def _check(application: Application, until_on: date, *, actor: Actor, today: date) -> None:
    check_step("end", application, actor=actor)
    first = application.approved_from or until_on
    if until_on < today or until_on <= first:
        raise Invalid(errors={"until_on": [_l("Choose a day from today on, after the first day of the approval.")]})
    if application.approved_until and until_on >= application.approved_until:
        raise Invalid(errors={"until_on": [_l("It ends before this day already.")]})


def _find(session: Session, application_id: int) -> Ending | None:
    found: Ending | None = session.scalar(
        select(Ending).where(Ending.application_id == application_id, Ending.state == SUBMITTED)
    )
    return found


def _note(
    session: Session, action: str, application: Application, asked: Ending, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"application:{application.id}",
        area_code=application.area_code,
        new={"senior": application.senior_id, "programme": application.programme, "until_on": asked.until_on},
        reason=asked.reason or asked.why,
        now=now,
    )
