"""What the sale's API takes and gives."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from meals.deciding import BILL_FEN_AT_MOST
from meals.sale import Bill

ITEMS_AT_MOST = 20
COUNT_AT_MOST = 50
FIRST_YEAR, LAST_YEAR = 1900, 9000
CARD = validate.Regexp(
    r"\A(?:[0-9]{1,32}|CY[0-9A-Z]{1,200})\Z",
    error=_l("Send a card number, 19 digits 0 to 9, or a meal code as it was scanned."),
)
ID = validate.Range(1, 2**63 - 1)


def check_moment(moment: datetime) -> None:
    """Refuse years that no calendar of the computer can carry into another time zone."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(str(_l("Write a moment as 2026-11-21T11:48:00+08:00.")))


class ItemIn(Schema):
    """A dish and how many of it."""

    dish_id = fields.Integer(required=True, strict=True, validate=ID)
    count = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, COUNT_AT_MOST))


class BillIn(Schema):
    """Whose card, where, and what was eaten: dishes, or an amount."""

    card = fields.String(
        required=True,
        validate=CARD,
        metadata={
            "example": "6021000000000000004",
            "description": "A card's number, or a meal code: its text as scanned, or the 18 digits below it.",
        },
    )
    canteen_id = fields.Integer(required=True, strict=True, validate=ID)
    till_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=ID)
    items = fields.List(fields.Nested(ItemIn()), load_default=list, validate=validate.Length(1, ITEMS_AT_MOST))
    amount_fen = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, BILL_FEN_AT_MOST))
    occurred_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso", validate=check_moment)

    @validates_schema
    def check_one_of(self, data: dict[str, Any], **_others: Any) -> None:
        """Refuse a bill with both dishes and an amount, or neither."""
        if bool(data.get("items")) == (data.get("amount_fen") is not None):
            raise ValidationError(str(_l("Send either items or amount_fen.")), "items")

    @post_load
    def to_bill(self, data: dict[str, Any], **_others: Any) -> Bill:
        """Make the value that the services take."""
        items = tuple((item["dish_id"], item["count"]) for item in data.pop("items"))
        return Bill(items=items, **data)


class ReversalIn(Schema):
    """Why a sale is undone."""

    reason = fields.String(required=True, validate=validate.Length(2, 200))


class WordsOut(Schema):
    """The same in both languages."""

    zh = fields.Raw(required=True)
    en = fields.Raw(required=True)


class ShareOut(Schema):
    """What one payer bears."""

    payer = fields.String(required=True)
    kind = fields.String(
        required=True, validate=validate.OneOf(["city", "district", "street", "community", "charity", "concession"])
    )
    amount_fen = fields.Integer(required=True)


class GuestOut(Schema):
    """Who was served, as much as a cashier may see."""

    name = fields.String()
    card_tail = fields.String()
    age = fields.Integer()
    tier = fields.Nested(WordsOut, allow_none=True)


class LeftOut(Schema):
    """What a counter has left."""

    per = fields.String(validate=validate.OneOf(["window", "day", "month"]))
    subsidised = fields.Integer(allow_none=True)
    public_fen = fields.Integer(allow_none=True)


class LineOut(Schema):
    """A line of the bill."""

    id = fields.Integer()
    name = fields.String()
    name_en = fields.String()
    kind = fields.String()
    price_fen = fields.Integer()
    count = fields.Integer()


class QuoteOut(Schema):
    """Who pays what, and why. price_fen = shares + points_fen + cash_fen."""

    price_fen = fields.Integer(required=True)
    shares = fields.List(fields.Nested(ShareOut), required=True)
    public_fen = fields.Integer(required=True)
    concession_fen = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    balance_fen = fields.Integer(required=True, metadata={"description": "Points that are good today."})
    meal_points_fen = fields.Integer(metadata={"description": "Those of them that pay for meals."})
    subsidised = fields.Boolean(required=True)
    window = fields.String(allow_none=True)
    explanation = fields.Nested(WordsOut, required=True)
    reasons = fields.List(fields.Dict())
    policies = fields.List(fields.Integer())
    left = fields.List(fields.Nested(LeftOut))
    items = fields.List(fields.Nested(LineOut))
    guest = fields.Nested(GuestOut)
    canteen = fields.Dict()
    till = fields.Integer(allow_none=True)


class ReceiptOut(QuoteOut):
    """A sale. price_fen = shares + points_fen + cash_fen, and unpaid_fen where a till took points that were gone."""

    id = fields.UUID(required=True)
    unpaid_fen = fields.Integer()
    number = fields.String(required=True)
    sold_at = fields.AwareDateTime(required=True, format="iso")


class ReversalOut(Schema):
    """A sale undone: what went back to the points, what to hand back in cash."""

    id = fields.UUID(required=True)
    checkout_id = fields.UUID(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    reversed_at = fields.AwareDateTime(required=True, format="iso")
    reason = fields.String(required=True)
