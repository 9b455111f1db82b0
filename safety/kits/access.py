"""Who may look at kits and work on them, each within their area."""

from app.auth.actor import Actor, Role
from app.people import access

READERS = (
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.OPERATOR,
    Role.INSTALLER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)
# See names in full where they need them for their work; the others see them masked.
KNOWS_NAMES = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.OPERATOR, Role.INSTALLER)
CLERKS = (Role.STREET_CLERK,)
FITTERS = (Role.STREET_CLERK, Role.INSTALLER)
# Stand at the door, or talk to whoever does.
REVEALERS = (Role.STREET_CLERK, Role.INSTALLER, Role.OPERATOR)
# Hear first who has moved, who has the key now, and who is with the children this week.
LISTERS = (Role.STREET_CLERK, Role.INSTALLER, Role.OPERATOR)
AWAY_SETTERS = (Role.STREET_CLERK, Role.OPERATOR)
GATEWAY_KEEPERS = (Role.INSTALLER, Role.ADMINISTRATOR)
SETTING_MAKERS = (Role.STREET_CLERK, Role.OPERATOR)
SETTING_CHECKERS = (Role.DISTRICT_APPROVER,)


def show_name(actor: Actor, name: str, area_code: str) -> str:
    """Return the name of somebody whose home is watched as the actor may read it: whole or masked."""
    return access.show_name(actor, name, area_code, roles=KNOWS_NAMES)
