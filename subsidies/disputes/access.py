"""Who opens disputes, who sees and answers them."""

from sqlalchemy import ColumnElement

from app.areas import queries as areas
from app.auth import Actor, Role
from app.auth.actor import PERSONAL_ROLES
from subsidies.disputes.models import Dispute

FAMILIES = tuple(sorted(PERSONAL_ROLES))
ANSWERERS = (Role.STREET_CLERK,)
READERS = (*ANSWERERS, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for disputes about the people of an actor's areas."""
    return areas.within(Dispute.area_code, actor.area_codes)
