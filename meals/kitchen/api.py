"""The kitchen over HTTP: what went out, and what is sold out."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app import clock
from app.auth import allow, current_actor
from app.db import transaction
from meals.canteen_schemas import MenuItemOut, MenuWindowOut
from meals.kitchen import reading, services
from meals.kitchen.pages import WATCHERS

blueprint = Blueprint("meals_kitchen", __name__, url_prefix="/api/v1/meals", description="Portions and sold-out dishes")


class PortionCountOut(Schema):
    """How often a dish was sold."""

    all_day = fields.Integer(required=True)
    this_meal = fields.Integer(required=True)
    lately = fields.Integer(required=True, metadata={"description": "In the last ten minutes."})
    by_now = fields.Integer(required=True, metadata={"description": "Until this time of the day."})


class PortionsOut(Schema):
    """A dish with its portions."""

    dish = fields.Nested(MenuItemOut, required=True)
    today = fields.Nested(PortionCountOut, required=True)
    week_ago = fields.Nested(PortionCountOut, required=True)


class KitchenOut(Schema):
    """A canteen's kitchen at one moment."""

    canteen_id = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    window = fields.Nested(MenuWindowOut, required=True, allow_none=True)
    portions = fields.Integer(required=True)
    rows = fields.List(fields.Nested(PortionsOut), required=True)


class SoldOutIn(Schema):
    """Whether nothing is left of a dish today."""

    is_sold_out = fields.Boolean(required=True)


@blueprint.get("/canteens/<int:canteen_id>/kitchen")
@allow(*WATCHERS)
@blueprint.response(200, KitchenOut)
def get_kitchen(canteen_id: int) -> Any:
    """Return the portions of each dish sold today."""
    with transaction() as session:
        return reading.get_kitchen(session, canteen_id=canteen_id, actor=current_actor(), now=clock.now())


@blueprint.put("/canteens/<int:canteen_id>/dishes/<int:dish_id>/sold-out")
@allow(*WATCHERS)
@blueprint.arguments(SoldOutIn)
@blueprint.response(204)
def switch_sold_out(body: dict[str, Any], canteen_id: int, dish_id: int) -> None:
    """Say that nothing is left of a dish today, or that there is some again."""
    with transaction() as session:
        services.switch_sold_out(
            session, canteen_id=canteen_id, dish_id=dish_id, **body, by=current_actor(), now=clock.now()
        )
