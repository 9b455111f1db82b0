"""Who sees findings, who asks and decides, who answers."""

from sqlalchemy import ColumnElement, and_, or_

from app.areas import queries as areas
from app.auth import Actor, Role
from subsidies.findings.models import Finding
from subsidies.findings.rules import AskedOf

DECIDERS = (Role.AUDITOR, Role.DISTRICT_APPROVER)
# The street clerk answers for people and places, the canteen manager for sales, the provider's for visits.
ANSWERERS = (Role.STREET_CLERK, Role.CANTEEN_MANAGER, Role.PROVIDER_MANAGER)
READERS = (*DECIDERS, *ANSWERERS, Role.ADMINISTRATOR)
# Who sees how often a check was right; a manager is not to learn which checks sleep.
OVERSEERS = (*DECIDERS, Role.STREET_CLERK, Role.ADMINISTRATOR)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for findings of an actor: all of their areas, and what their own places were asked about."""
    asked_canteen = and_(Finding.canteen_id.in_(actor.canteen_ids), Finding.asked_of == AskedOf.CANTEEN)
    asked_provider = and_(Finding.provider_id.in_(actor.provider_ids), Finding.asked_of == AskedOf.PROVIDER)
    return or_(areas.within(Finding.area_code, actor.area_codes), asked_canteen, asked_provider)
