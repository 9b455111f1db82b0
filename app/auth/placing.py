"""Where a role is held, read from the form: a canteen brings its own area."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth.actor import CANTEEN_ROLES, Role
from app.auth.workplaces import find_workplaces
from app.errors import Invalid


def place_of(session: Session, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``area_code`` and ``canteen_id`` of a role that is asked for.

    :raises Invalid: if the place that this role needs is missing or unknown
    """
    if Role(asked["role"]) not in CANTEEN_ROLES:
        if not asked.get("area_code"):
            raise Invalid(errors={"area_code": [_l("Choose the area this role is for.")]})
        return {"area_code": asked["area_code"], "canteen_id": None}
    places = find_workplaces(session, ids=[asked["canteen_id"]]) if asked.get("canteen_id") else []
    if not places:
        raise Invalid(errors={"canteen_id": [_l("Choose the canteen this role is for.")]})
    return {"area_code": places[0].area_code, "canteen_id": places[0].id}
