"""Who pays, proposes, approves and reads the money of care beds, and how far each reaches."""

from typing import Any

from sqlalchemy import ColumnElement, or_

from app.areas import queries as areas
from app.auth import Actor, Role

MAKERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER)
CHECKERS = (Role.DISTRICT_APPROVER,)
AREA_READERS = (*MAKERS, Role.AUDITOR, Role.ADMINISTRATOR)
READERS = (*AREA_READERS, Role.PROVIDER_MANAGER)
# Who notes under which number the insurance took a visit over.
NOTERS = (*MAKERS, Role.PROVIDER_MANAGER)


def reached(table: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a row lies in somebody's areas, or belongs to a provider they work for."""
    return or_(areas.within(table.area_code, actor.area_codes), table.provider_id.in_(actor.provider_ids))
