"""Taking a step: who may, what it leads to, by when the next one is due, and writing it down for good."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.auth.actor import PERSONAL_ROLES, Actor
from app.clock import business_day
from app.policies.queries import get_policy
from care_beds.beds.errors import OBJECTIONS
from care_beds.beds.following import tell_step
from care_beds.beds.models import BedStep, CareBed
from care_beds.beds.policy import find_terms, terms_of
from care_beds.beds.reach import lock_bed, roles_for, visible_to
from care_beds.beds.rules import PREPARING, BedTerms, State, Step, find_due_on, leads_to, object_to

MOVED = ("state", "since_on", "due_on", "active_during")


def begin(session: Session, *, bed_id: int, step: Step, actor: Actor) -> CareBed:
    """Hold a bed that somebody is about to lead on.

    :raises BedNotFound: if there is no such bed for the actor
    :raises WrongStep: if the step does not follow where the bed stands
    :raises NotYourStep: if another role takes it
    """
    bed = lock_bed(session, bed_id=bed_id, within=visible_to(actor))
    check_step(bed, step, actor=actor)
    return bed


def check_step(bed: CareBed, step: Step, *, actor: Actor) -> None:
    """Refuse a step that cannot be taken now, or not by this person.

    :raises WrongStep: if the step does not follow where the bed stands
    :raises NotYourStep: if another role takes it
    """
    roles = roles_for(actor, bed) | {str(role) for role in actor.roles & PERSONAL_ROLES}
    objection = object_to(step, state=State(bed.state), roles=roles)
    if objection:
        raise OBJECTIONS[objection]


def terms_for(session: Session, bed: CareBed, *, on: date) -> BedTerms:
    """Return the terms of a bed: those it was applied for under, and once it serves those in force."""
    kept = terms_of(get_policy(session, bed.policy_id))
    if State(bed.state) in PREPARING:
        return kept
    return find_terms(session, area_code=bed.area_code, on=on) or kept


def take(
    session: Session,
    bed: CareBed,
    step: Step,
    *,
    by: Actor | None,
    now: datetime,
    on: date | None = None,
    words: str = "",
    detail: Mapping[str, Any] | None = None,
) -> BedStep:
    """Write a step down; the database moves the bed by it, and refuses one that does not follow."""
    day = on or business_day(now)
    before = None if step is Step.APPLY else State(bed.state)
    after = leads_to(step, before or State.APPLIED)
    row = BedStep(
        bed_id=bed.id,
        step=step,
        from_state=before,
        to_state=after,
        on_day=day,
        due_on=_due_on(session, bed, before, after, day),
        at=now,
        by_id=by.account_id if by else None,
        words=words.strip(),
        detail=dict(detail or {}),
    )
    session.add(row)
    session.flush()
    session.refresh(bed, MOVED)
    told = {"number": bed.number, "senior": bed.senior_id, "state": bed.state, "on": day, **(detail or {})}
    note(session, bed, f"bed.{step}", by=by, now=now, new=told, reason=words)
    tell_step(session, bed=bed, step=step, on=day, by=by, now=now)
    return row


def settle_proposal(bed: CareBed, *steps: str) -> None:
    """Take back what was proposed, if it is one of these steps: somebody acted on it."""
    if bed.proposal in steps:
        bed.proposal = bed.proposal_reason = bed.proposed_on = None


def note(
    session: Session,
    bed: CareBed,
    action: str,
    *,
    by: Actor | None,
    now: datetime,
    new: Mapping[str, Any],
    reason: str = "",
) -> None:
    """Write in the audit log what was done with a bed, in its place."""
    subject = f"bed:{bed.id}"
    audit.record(
        session, actor=by, action=action, subject=subject, area_code=bed.area_code, now=now, new=new, reason=reason
    )


def _due_on(session: Session, bed: CareBed, before: State | None, after: State, day: date) -> date | None:
    if before is after and after is not State.IN_SERVICE:
        return bed.due_on
    return find_due_on(after, on=day, terms=terms_for(session, bed, on=day), valid_until=bed.assessed_until)
