"""Who may see photos of visits: who took them, and the offices of the place."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.areas.rules import is_within_any
from app.auth.actor import Actor, Role
from app.pictures.models import Picture
from app.pictures.services import register_owner
from outreach.models import OutreachVisit

VISIT = "outreach_visit"
OFFICES = frozenset({Role.GRID_WORKER, Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR})


def may_see(session: Session, actor: Actor, picture: Picture) -> bool:
    """Say whether somebody may see a photo of a visit."""
    visit = session.get(OutreachVisit, UUID(picture.owner_ref))
    if visit is None:
        return False
    return any(each.role in OFFICES and is_within_any(visit.area_code, [each.area_code]) for each in actor.held)


def register_pictures() -> None:
    """Let photos of visits be kept and shown."""
    register_owner(VISIT, may_see)
