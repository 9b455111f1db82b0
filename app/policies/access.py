"""Which roles read, write and decide policy documents, and which places they concern."""

from collections.abc import Collection

from app.areas.rules import is_within
from app.auth import Actor, Role

READERS = (
    Role.CASHIER,
    Role.CANTEEN_MANAGER,
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.ASSESSOR,
    Role.SUPERVISOR,
    Role.PROVIDER_MANAGER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
MAKERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.ADMINISTRATOR)
CHECKERS = (Role.DISTRICT_APPROVER, Role.ADMINISTRATOR)


def reading_areas(actor: Actor) -> tuple[str, ...]:
    """Return the places whose rules concern somebody: those looked after, and those worked in."""
    return tuple(sorted({held.area_code for held in actor.held}))


def looks_after(actor: Actor, area_code: str, roles: Collection[Role]) -> bool:
    """Say whether somebody holds one of these roles in a place."""
    return any(held.role in roles and is_within(area_code, held.area_code) for held in actor.held)
