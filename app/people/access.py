"""Which roles read, change and unmask seniors, and how far each reaches one of them."""

from collections.abc import Collection, Iterable

from app import vault
from app.areas.rules import is_within_any
from app.auth.actor import Actor, Role

READERS = (
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.ASSESSOR,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
WRITERS = (Role.STREET_CLERK, Role.ADMINISTRATOR)
REVEALERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.ASSESSOR, Role.ADMINISTRATOR)
# Who reads people's names whole; all others get them masked.
SEES_NAMES = frozenset({Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.ASSESSOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
# Who knows people at the counter, at home and in the file; whoever checks the books or the accounts writes nothing.
NOTE_WRITERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.ASSESSOR, Role.SUPERVISOR)
# What is told in confidence is for those who answer for the person, and for whoever checks them.
CONFIDANTS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR)
# Who takes a person's file out of the house on paper.
PRINTERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR)


def reaching(actor: Actor, roles: Collection[Role], places: Iterable[str]) -> Actor | None:
    """Return the actor with these roles alone, or nothing if they do not reach a person of these places.

    Somebody who is a clerk in one street and an auditor in another does not see a clerk's part in the other street.
    """
    if not actor.roles & frozenset(roles):
        return None
    narrowed = actor.narrowed(frozenset(roles)) if actor.held else actor
    return narrowed if any(is_within_any(place, narrowed.area_codes) for place in places) else None


def sees_name(actor: Actor, *places: str, roles: Collection[Role] = SEES_NAMES) -> bool:
    """Say whether the actor reads the name of somebody of these places whole, by one of some roles."""
    return reaching(actor, roles, places) is not None


def show_name(actor: Actor, name: str, *places: str, roles: Collection[Role] = SEES_NAMES) -> str:
    """Return the name of somebody of these places as the actor may read it: whole or masked."""
    return name if sees_name(actor, *places, roles=roles) else vault.mask_name(name)
