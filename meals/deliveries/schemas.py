"""What the API of deliveries takes and gives."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, post_load, validate

from meals.canteen_schemas import ID, note
from meals.deliveries.carrying import HandOver
from meals.deliveries.fetching import Fetcher
from meals.deliveries.models import LAST_POSITION
from meals.deliveries.ordering import Order
from meals.deliveries.rules import FetchReason, Outcome, Place, Receiver, Relation, Source, State, Trouble
from meals.deliveries.words import CANCEL_REASONS
from meals.documents.schema import WINDOW_NAMES
from meals.schemas import ITEMS_AT_MOST, ItemIn

CARD_NUMBER = validate.Regexp(r"\A[0-9]{1,32}\Z", error=_l("Send a card number, 19 digits 0 to 9."))
LONGEST_ADDRESS, LONGEST_NOTE, LONGEST_NAME, LONGEST_WORDS = 120, 100, 40, 200
CASH = validate.Range(0, 100_000)


class OrderedMealIn(Schema):
    """Which meal, from where, what, and where to bring it."""

    canteen_id = fields.Integer(required=True, strict=True, validate=ID)
    meal_on = fields.Date(required=True)
    window = fields.String(required=True, validate=validate.OneOf(WINDOW_NAMES))
    items = fields.List(fields.Nested(ItemIn()), required=True, validate=validate.Length(1, ITEMS_AT_MOST))
    address = note(LONGEST_ADDRESS, metadata={"description": "Only if not the registered address."})
    note = note(LONGEST_NOTE, metadata={"description": "What to watch for at the door."})


class DeliveryIn(OrderedMealIn):
    """An order at the counter, for whoever a card belongs to."""

    card = fields.String(required=True, validate=CARD_NUMBER, metadata={"example": "6021000000000000004"})

    @post_load
    def to_order(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the values that the service takes."""
        card = data.pop("card")
        items = tuple((item["dish_id"], item["count"]) for item in data.pop("items"))
        return {"card": card, "order": Order(items=items, **data)}


class CancellationIn(Schema):
    """Why a meal is cancelled."""

    reason = fields.String(required=True, validate=validate.OneOf([key for key in CANCEL_REASONS if key != "family"]))


class AssignmentIn(Schema):
    """Who brings a meal, and as which one on the way."""

    deliverer_id = fields.Integer(required=True, allow_none=True, strict=True, validate=ID)
    position = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, LAST_POSITION))


class DepartureIn(Schema):
    """Whether the guest was asked about full price."""

    full_price_too = fields.Boolean(load_default=False)


class HandOverIn(Schema):
    """Who took a meal, where, and what was paid at the door."""

    place = fields.Enum(Place, by_value=True, required=True)
    received_by = fields.Enum(Receiver, by_value=True, required=True)
    receiver = note(LONGEST_NAME)
    cash_fen = fields.Integer(load_default=None, allow_none=True, strict=True, validate=CASH)

    @post_load
    def to_hand_over(self, data: dict[str, Any], **_others: Any) -> HandOver:
        """Make the value that the service takes."""
        return HandOver(**data)


class TryIn(Schema):
    """Why a meal could not be handed over, and what becomes of it."""

    trouble = fields.Enum(Trouble, by_value=True, required=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    words = note(LONGEST_WORDS)


class FetchIn(Schema):
    """Who fetched the meal of a sale: by a card of one's own, or by name; and why the guest did not come."""

    relation = fields.Enum(Relation, by_value=True, required=True)
    reason = fields.Enum(FetchReason, by_value=True, required=True)
    card = fields.String(load_default="", validate=validate.Regexp(r"\A[0-9]{0,32}\Z"))
    name = note(LONGEST_NAME)
    words = note(LONGEST_WORDS)

    @post_load
    def to_fetcher(self, data: dict[str, Any], **_others: Any) -> Fetcher:
        """Make the value that the service takes."""
        return Fetcher(**data)


class FetchOut(Schema):
    """Who fetched the meal of a sale, the name masked."""

    checkout_id = fields.UUID(required=True)
    relation = fields.String(required=True)
    fetcher = fields.String(required=True)
    reason = fields.String(required=True)
    words = fields.String(required=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")
    recorded_by = fields.String(required=True)


class TryOut(Schema):
    """A time at the door that came to nothing."""

    at = fields.AwareDateTime(required=True, format="iso")
    trouble = fields.String(required=True)
    outcome = fields.String(required=True)
    words = fields.String(required=True)
    by = fields.String(required=True)


class DeliveryOut(Schema):
    """A delivery, the guest's name masked. ``fee_fen`` is what the public pays the canteen for the way."""

    id = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in State]))
    source = fields.String(required=True)
    guest = fields.String(required=True)
    canteen_id = fields.Integer(required=True)
    canteen = fields.String(required=True)
    meal_on = fields.Date(required=True)
    window = fields.String(required=True)
    items = fields.List(fields.Dict(), required=True)
    price_fen = fields.Integer(required=True)
    deliverer = fields.String(required=True, allow_none=True)
    position = fields.Integer(required=True)
    ordered_at = fields.AwareDateTime(required=True, format="iso")
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    cancel_reason = fields.String(required=True)
    checkout_id = fields.UUID(required=True, allow_none=True)
    is_subsidised = fields.Boolean(required=True)
    due_fen = fields.Integer(required=True, metadata={"description": "Cash that the guest pays at the door."})
    out_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    handed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    hand_place = fields.String(required=True, allow_none=True)
    received_by = fields.String(required=True, allow_none=True)
    receiver = fields.String(required=True, allow_none=True)
    cash_fen = fields.Integer(required=True, allow_none=True)
    fee_fen = fields.Integer(required=True)
    fee_txn_id = fields.UUID(required=True, allow_none=True)
    fee_why = fields.Dict(required=True, allow_none=True)
    fee_is_back = fields.Boolean(required=True)
    tries = fields.List(fields.Nested(TryOut), required=True)


class DeliveriesIn(Schema):
    """Which deliveries."""

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    window = fields.String(load_default=None, validate=validate.OneOf(WINDOW_NAMES))
    state = fields.Enum(State, by_value=True, load_default=None)
    source = fields.Enum(Source, by_value=True, load_default=None)
    after = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class DeliveriesOut(Schema):
    """Deliveries, the latest day first."""

    items = fields.List(fields.Nested(DeliveryOut), required=True)
    next = fields.String(required=True, allow_none=True)


class RoundOut(Schema):
    """What somebody brings today, and what nobody brings yet, in the order of the way."""

    items = fields.List(fields.Nested(DeliveryOut), required=True)
