"""Who assesses and who reads, and how an assessment is found for them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth import Actor, Role
from app.auth.actor import PROVIDER_ROLES
from app.auth.queries import current_roles
from app.clock import business_day
from app.errors import NotFound
from app.people.queries import check_visible
from app.people.relatives.queries import is_linked
from care_beds.assessment.errors import (
    STAKE_WORDS,
    AssessmentMoved,
    AssessmentNotFound,
    MayNotAssess,
    NoAssessmentRules,
)
from care_beds.assessment.models import Assessment
from care_beds.assessment.policy import find_assessment_rules
from care_beds.assessment.rules import AssessmentRules, State

ASSESSORS = (Role.ASSESSOR,)
# Whoever takes over what another area found: the paper is seen by two of them.
RECOGNISERS = (Role.ASSESSOR, Role.STREET_CLERK, Role.DISTRICT_APPROVER)
SIGNERS = RECOGNISERS
NOTERS = (*RECOGNISERS, Role.SUPERVISOR)
READERS = (*RECOGNISERS, Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR)


def get_assessment(session: Session, *, assessment_id: int, actor: Actor, lock: bool = False) -> Assessment:
    """Return an assessment of the actor's area, or of a person who lives there now.

    :raises AssessmentNotFound: if there is none
    """
    query = select(Assessment).where(Assessment.id == assessment_id).execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None or not _may_see(session, found, actor):
        raise AssessmentNotFound
    return found


def lock_in_state(session: Session, *, assessment_id: int, actor: Actor, state: State) -> Assessment:
    """Return an assessment in a state for a change, locked until the end of the transaction.

    :raises AssessmentNotFound: if there is none in the actor's area
    :raises AssessmentMoved: if it is in another state
    """
    found = get_assessment(session, assessment_id=assessment_id, actor=actor, lock=True)
    if found.state != state:
        raise AssessmentMoved(found.state)
    return found


def get_rules(session: Session, *, area_code: str, now: datetime) -> AssessmentRules:
    """Return the rules of a place for today.

    :raises NoAssessmentRules: if nobody has published any
    """
    found = find_assessment_rules(session, area_code=area_code, on=business_day(now))
    if found is None:
        raise NoAssessmentRules
    return found


def check_no_stake(session: Session, *, senior_id: int, rules: AssessmentRules, by: Actor, now: datetime) -> None:
    """Make sure that whoever assesses gains nothing by the result.

    :raises MayNotAssess: if they work for a provider of care or are the person's family, where the rules forbid it
    """
    roles = current_roles(session, account_id=by.account_id, now=now)
    if not rules.provider_staff and roles & PROVIDER_ROLES:
        raise MayNotAssess(STAKE_WORDS["provider"])
    if not rules.relatives and is_linked(session, senior_id=senior_id, account_id=by.account_id):
        raise MayNotAssess(STAKE_WORDS["relative"])


def _may_see(session: Session, found: Assessment, actor: Actor) -> bool:
    if is_within_any(found.area_code, actor.area_codes):
        return True
    try:
        check_visible(session, senior_id=found.senior_id, actor=actor)
    except NotFound:
        return False
    return True
