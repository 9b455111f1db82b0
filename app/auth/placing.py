"""Where a role is held, read from the form: a canteen, a provider or a shop brings its own area."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth.actor import CANTEEN_ROLES, PROVIDER_ROLES, SHOP_ROLES, Role
from app.auth.workplaces import Trade, find_workplaces
from app.errors import Invalid

TRADES = (
    (CANTEEN_ROLES, Trade.CANTEEN, _l("Choose the canteen this role is for.")),
    (PROVIDER_ROLES, Trade.PROVIDER, _l("Choose the provider this role is for.")),
    (SHOP_ROLES, Trade.SHOP, _l("Choose the shop this role is for.")),
)


def place_of(session: Session, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``area_code``, ``canteen_id``, ``provider_id`` and ``shop_id`` of a role that is asked for.

    :raises Invalid: if the place that this role needs is missing or unknown
    """
    role = Role(asked["role"])
    nowhere = {"canteen_id": None, "provider_id": None, "shop_id": None}
    for roles, trade, refusal in TRADES:
        if role in roles:
            return {**nowhere, **_workplace(session, asked, trade, refusal)}
    if not asked.get("area_code"):
        raise Invalid(errors={"area_code": [_l("Choose the area this role is for.")]})
    return {**nowhere, "area_code": asked["area_code"]}


def _workplace(session: Session, asked: Mapping[str, Any], trade: Trade, refusal: Any) -> dict[str, Any]:
    field = f"{trade}_id"
    places = find_workplaces(session, ids=[asked[field]], trade=trade) if asked.get(field) else []
    if not places:
        raise Invalid(errors={field: [refusal]})
    return {"area_code": places[0].area_code, field: places[0].id}
