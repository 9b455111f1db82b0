"""What every step of an application shares: holding it, its terms, who may take the step, and writing it down."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.audit import services as audit
from app.auth.actor import Actor
from app.errors import Invalid, NotFound
from app.policies.queries import find_policy, get_policy
from subsidies.applications.basis import Basis, weigh
from subsidies.applications.errors import ERRORS, NoRules
from subsidies.applications.models import Application, Step
from subsidies.applications.policy import NAME, terms_of
from subsidies.applications.rules import Terms, object_to


def lock(session: Session, *, application_id: int, actor: Actor) -> Application:
    """Return an application of the actor's areas, held until the end of the transaction.

    :raises NotFound: if there is none
    """
    found = session.get(Application, application_id, with_for_update=True, populate_existing=True)
    if found is None or not is_within_any(found.area_code, actor.area_codes):
        raise NotFound
    return found


def find_terms(session: Session, *, area_code: str, on: date) -> Terms | None:
    """Return the terms that hold for applications of a place, or nothing."""
    document = find_policy(session, kind=NAME, area_code=area_code, on=on)
    return terms_of(document) if document else None


def get_terms(session: Session, *, area_code: str, on: date) -> Terms:
    """Return the terms that hold for applications of a place.

    :raises NoRules: if there are none
    """
    found = find_terms(session, area_code=area_code, on=on)
    if found is None:
        raise NoRules
    return found


def terms_of_application(session: Session, application: Application, *, on: date) -> Terms:
    """Return the terms an application was recorded under: they are kept to the end, with the days off known by now.

    A year's public holidays are told late in the year before; what is counted from then on must know them.
    """
    kept = terms_of(get_policy(session, application.policy_id))
    known = find_terms(session, area_code=application.area_code, on=on) or kept
    return replace(kept, holidays=known.holidays, workdays=known.workdays)


def weigh_application(session: Session, application: Application, on: date) -> Basis:
    """Ask the programmes what an application would come to on a day."""
    return weigh(session, senior_id=application.senior_id, programme=application.programme, on=on)


def check_step(
    step: str,
    application: Application,
    *,
    actor: Actor,
    others: Collection[int | None] = (),
    today: date | None = None,
    due_on: date | None = None,
) -> None:
    """Refuse a step that cannot be taken now, or not by this person.

    :raises WrongState: if the application is not where the step begins
    :raises SamePerson: if the actor is one of the others
    :raises TooLate: if the last day for it has passed
    """
    objection = object_to(step, state=application.state, by=actor.account_id, others=others, today=today, due_on=due_on)
    if objection:
        raise ERRORS[objection]


def ask_reason(reason: str) -> None:
    """Refuse a step that goes against somebody without saying why.

    :raises Invalid: if no reason is given
    """
    if not reason.strip():
        raise Invalid(errors={"reason": [_l("Say why: the applicant will read it.")]})


def take(
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
