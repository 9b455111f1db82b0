"""Who may look at beds, and how far each reaches."""

from app import vault
from app.auth.actor import Actor, Role
from app.people.access import sees_name

# By their area.
AREA_READERS = (
    Role.STREET_CLERK,
    Role.ASSESSOR,
    Role.SUPERVISOR,
    Role.DISTRICT_APPROVER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
# By their provider: what lies with it.
PROVIDERS = (Role.PROVIDER_MANAGER,)
READERS = (*AREA_READERS, *PROVIDERS)
# See names and addresses in full where they need them for their work; the others see them masked.
KNOWS_NAMES = (Role.STREET_CLERK, Role.ASSESSOR, Role.SUPERVISOR, Role.DISTRICT_APPROVER)
VISITS_PEOPLE = (*PROVIDERS, Role.CARER)
CLERKS = (Role.STREET_CLERK,)
# Who takes which steps; the rules say once more which, bed by bed.
ASSESSORS = (Role.STREET_CLERK, Role.ASSESSOR)
SURVEYORS = (*ASSESSORS, Role.SUPERVISOR)
ACCEPTORS = (Role.STREET_CLERK, Role.SUPERVISOR, Role.DISTRICT_APPROVER)
BUILDERS = PROVIDERS
BOTH = (Role.STREET_CLERK, *PROVIDERS)
# Go to the home, or call there.
REVEALERS = (*SURVEYORS, *PROVIDERS)


def knows_name(actor: Actor | None, *, area_code: str, provider_id: int | None) -> bool:
    """Say whether the actor works with somebody: in the bed's place, or for its provider; without an actor, yes."""
    if actor is None or sees_name(actor, area_code, roles=KNOWS_NAMES):
        return True
    return provider_id is not None and any(actor.is_of(role, provider_id) for role in VISITS_PEOPLE)


def show_name(actor: Actor | None, name: str, *, area_code: str, provider_id: int | None) -> str:
    """Return the name of somebody with a bed as the actor may read it: whole or masked; without an actor, whole."""
    return name if knows_name(actor, area_code=area_code, provider_id=provider_id) else vault.mask_name(name)
