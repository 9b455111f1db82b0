"""Who may look at kits and work on them, each within their area."""

from app import vault
from app.auth.actor import Actor, Role
from app.people.access import reaching

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


def show_name(name: str, actor: Actor, area_code: str) -> str:
    """Return the name of somebody whose home is watched as the actor may read it: whole or masked."""
    return name if reaching(actor, KNOWS_NAMES, [area_code]) else vault.mask_name(name)
