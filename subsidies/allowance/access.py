"""Who prepares, approves and reads grant runs."""

from app.auth import Actor, Role
from subsidies.access import WALLET_READERS

MAKERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER)
CHECKERS = (Role.DISTRICT_APPROVER,)
READERS = WALLET_READERS


def makes(actor: Actor) -> bool:
    """Say whether to offer somebody to prepare a run."""
    return bool(actor.roles & set(MAKERS))


def checks(actor: Actor, *, maker_id: int) -> bool:
    """Say whether to offer somebody to decide what another person made."""
    return bool(actor.roles & set(CHECKERS)) and actor.account_id != maker_id
