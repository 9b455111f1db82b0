"""The forms of deliveries: what the API takes, as people type and choose it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from app.areas.checking import check_code
from meals.canteen_forms import Yuan
from meals.canteen_schemas import ID, line, note
from meals.deliveries.carrying import HandOver
from meals.deliveries.fetching import Fetcher
from meals.deliveries.models import LAST_POSITION
from meals.deliveries.ordering import Order
from meals.deliveries.rules import FetchReason, Outcome, Place, Receiver, Relation, Source, State, Trouble
from meals.deliveries.schemas import (
    CARD_NUMBER,
    LONGEST_ADDRESS,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_WORDS,
    CancellationIn,
)
from meals.documents.schema import WINDOW_NAMES
from meals.schemas import COUNT_AT_MOST


class FilterIn(Schema):
    """The filters in the address; what cannot be read is left out and said."""

    class Meta:
        """Other parts of the address, such as the cursor, are not filters."""

        unknown = EXCLUDE

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    area = fields.String(load_default=None, validate=check_code)
    window = fields.String(load_default=None, validate=validate.OneOf(WINDOW_NAMES))
    state = fields.Enum(State, by_value=True, load_default=None)
    source = fields.Enum(Source, by_value=True, load_default=None)


class MealForm(Schema):
    """Which meal, from where, what, and where to bring it: a dish, and perhaps another one."""

    canteen_id = fields.Integer(required=True, validate=ID)
    meal_on = fields.Date(required=True)
    window = fields.String(required=True, validate=validate.OneOf(WINDOW_NAMES))
    dish_id = fields.Integer(required=True, validate=ID)
    count = fields.Integer(load_default=1, validate=validate.Range(1, COUNT_AT_MOST))
    other_id = fields.Integer(load_default=None, validate=ID)
    address = note(LONGEST_ADDRESS)
    note = note(LONGEST_NOTE)


class FamilyOrderForm(MealForm):
    """An order by the family."""

    @post_load
    def to_order(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the value that the service takes."""
        return {"order": _order(data)}


class OrderForm(MealForm):
    """An order at the counter."""

    card = fields.String(required=True, validate=CARD_NUMBER)

    @post_load
    def to_order(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the values that the service takes."""
        return {"card": data.pop("card"), "order": _order(data)}


class AssignmentForm(Schema):
    """Who brings a meal, and as which one on the way."""

    deliverer_id = fields.Integer(load_default=None, validate=ID)
    position = fields.Integer(load_default=0, validate=validate.Range(0, LAST_POSITION))


class DepartureForm(Schema):
    """Whether the guest was asked about full price."""

    full_price_too = fields.Boolean(load_default=False)


class SendAllForm(Schema):
    """Which meal of today leaves the kitchen."""

    canteen_id = fields.Integer(required=True, validate=ID)
    window = fields.String(required=True, validate=validate.OneOf(WINDOW_NAMES))


class CancellationForm(CancellationIn):
    """Why a meal is cancelled."""


class Cash(Yuan):
    """What was paid at the door, typed in yuan."""

    least_fen = 0


class HandOverForm(Schema):
    """Who took a meal, where, and what was paid at the door."""

    place = fields.Enum(Place, by_value=True, required=True)
    received_by = fields.Enum(Receiver, by_value=True, required=True)
    receiver = note(LONGEST_NAME)
    cash_fen = Cash(data_key="cash", load_default=None)

    @post_load
    def to_hand_over(self, data: dict[str, Any], **_others: Any) -> dict[str, HandOver]:
        """Make the value that the service takes."""
        return {"handed": HandOver(**data)}


class TryForm(Schema):
    """Why a meal could not be handed over, and what becomes of it."""

    trouble = fields.Enum(Trouble, by_value=True, required=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    words = note(LONGEST_WORDS)


class FetchForm(Schema):
    """Which sale was fetched by whom, and why."""

    number = line(20, required=True)
    relation = fields.Enum(Relation, by_value=True, required=True)
    reason = fields.Enum(FetchReason, by_value=True, required=True)
    card = fields.String(load_default="", validate=CARD_NUMBER)
    name = note(LONGEST_NAME)
    words = note(LONGEST_WORDS)

    @post_load
    def to_fetcher(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the values that the service takes."""
        return {"number": data.pop("number"), "fetcher": Fetcher(**data)}


def _order(data: dict[str, Any]) -> Order:
    dish_id, count, other_id = (data.pop(name) for name in ("dish_id", "count", "other_id"))
    others = ((other_id, 1),) if other_id not in (None, dish_id) else ()
    return Order(items=((dish_id, count), *others), **data)
