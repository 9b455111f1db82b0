"""Who pays, proposes, approves and reads the money of care beds, how far each reaches, and that they say why."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_

from app.areas import queries as areas
from app.auth import Actor, Role
from app.errors import Invalid

MAKERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER)
CHECKERS = (Role.DISTRICT_APPROVER,)
AREA_READERS = (*MAKERS, Role.AUDITOR, Role.ADMINISTRATOR)
READERS = (*AREA_READERS, Role.PROVIDER_MANAGER)
# Who notes under which number the insurance took a visit over.
NOTERS = (*MAKERS, Role.PROVIDER_MANAGER)
LONGEST_REASON = 300


def reached(table: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a row lies in somebody's areas, or belongs to a provider they work for."""
    return or_(areas.within(table.area_code, actor.area_codes), table.provider_id.in_(actor.provider_ids))


def read_reason(typed: str) -> str:
    """Return why somebody sends money back, in one line.

    :raises Invalid: if it says nothing, or too much
    """
    words = " ".join(typed.split())
    if not 2 <= len(words) <= LONGEST_REASON:
        raise Invalid(errors={"reason": [_l("Say why, in 2 to 300 characters.")]})
    return words
