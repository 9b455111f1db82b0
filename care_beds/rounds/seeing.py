"""Who may see the pictures of a visit: who took them, who answers for the carer, the offices, and the family."""

from sqlalchemy.orm import Session

from app import clock
from app.areas.rules import is_within_any
from app.auth import Actor, Role
from app.auth.actor import PERSONAL_ROLES
from app.clock import business_day
from app.people.relatives.reach import followers
from app.people.relatives.rules import Topic
from app.pictures.models import Picture
from app.pictures.services import register_owner
from care_beds.rounds.evidence import VISIT
from care_beds.visits.models import CareVisit

OFFICES = frozenset({Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.ASSESSOR, Role.SUPERVISOR, Role.AUDITOR})


def may_see(session: Session, actor: Actor, picture: Picture) -> bool:
    """Say whether somebody may see a picture of a visit."""
    visit = session.get(CareVisit, int(picture.owner_ref))
    if visit is None:
        return False
    # A carer's own pictures of a home, for as long as the carer works there.
    is_own = picture.kept_by == actor.account_id and actor.is_of(Role.CARER, visit.provider_id)
    if is_own or actor.is_of(Role.PROVIDER_MANAGER, visit.provider_id):
        return True
    if any(each.role in OFFICES and is_within_any(visit.area_code, [each.area_code]) for each in actor.held):
        return True
    return bool(PERSONAL_ROLES & actor.roles) and _follows(session, actor, visit)


def register_pictures() -> None:
    """Let pictures of visits be kept and shown."""
    register_owner(VISIT, may_see)


def _follows(session: Session, actor: Actor, visit: CareVisit) -> bool:
    today = business_day(clock.now())
    found = followers(session, senior_ids=[visit.senior_id], topic=Topic.VISITS, today=today)
    return actor.account_id in found.get(visit.senior_id, ())
