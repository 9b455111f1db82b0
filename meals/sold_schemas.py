"""What the API of sales that were made and of failed scans takes and gives."""

from marshmallow import Schema, fields, validate

from meals.canteen_schemas import ID, PageIn
from meals.queries import SaleState

WINDOWS = ("breakfast", "lunch", "dinner")


class CheckoutsIn(PageIn):
    """Which sales; the days of the meals, both included, today if left out."""

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(load_default=None, validate=ID)
    window = fields.String(load_default=None, validate=validate.OneOf(WINDOWS))
    state = fields.Enum(SaleState, by_value=True, load_default=None)
    find = fields.String(
        load_default="", validate=validate.Length(0, 40), metadata={"description": "Receipt number, or end of a card."}
    )


class FailedScansIn(PageIn):
    """Which scans that sold nothing; the days, both included, today if left out."""

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(load_default=None, validate=ID)
    reason = fields.String(load_default=None, validate=validate.Length(1, 80))


class CheckoutLineOut(Schema):
    """A sale as lists show it."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    guest = fields.String(required=True, metadata={"description": "Masked."})
    age = fields.Integer(allow_none=True)
    card_tail = fields.String()
    canteen_id = fields.Integer()
    canteen = fields.String()
    till = fields.Integer(allow_none=True)
    meal_on = fields.Date()
    window = fields.String(allow_none=True)
    price_fen = fields.Integer(required=True)
    public_fen = fields.Integer(required=True)
    concession_fen = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    unpaid_fen = fields.Integer(metadata={"description": "Points a till took that were gone, and were not taken."})
    state = fields.Enum(SaleState, by_value=True, required=True)
    occurred_at = fields.AwareDateTime()
    booked_at = fields.AwareDateTime()


class CheckoutsOut(Schema):
    """A page of sales, the latest first."""

    items = fields.List(fields.Nested(CheckoutLineOut), required=True)
    next = fields.String(allow_none=True, required=True)


class SoldShareOut(Schema):
    """What one payer bore."""

    payer = fields.String(required=True)
    kind = fields.String(required=True)
    amount_fen = fields.Integer(required=True)


class ExplanationOut(Schema):
    """The same sentences in both languages."""

    zh = fields.List(fields.String(), required=True)
    en = fields.List(fields.String(), required=True)


class CheckoutOut(CheckoutLineOut):
    """One sale, explained."""

    cashier = fields.String()
    items = fields.List(fields.Dict())
    shares = fields.List(fields.Nested(SoldShareOut), required=True)
    explanation = fields.Nested(ExplanationOut, required=True)
    facts = fields.Dict()
    reasons = fields.List(fields.Dict())
    policies = fields.List(fields.Integer(), attribute="policy_ids")
    reversal_id = fields.UUID(allow_none=True)
    reversed_at = fields.AwareDateTime(allow_none=True)
    reversed_by = fields.String(allow_none=True)
    reversal_reason = fields.String(allow_none=True)


class FailedScanOut(Schema):
    """A scan that sold nothing."""

    id = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    canteen_id = fields.Integer(required=True)
    canteen = fields.String(required=True)
    till = fields.Integer(allow_none=True)
    reason = fields.String(required=True)
    code_tail = fields.String(required=True)
    guest = fields.String(allow_none=True, metadata={"description": "Masked."})
    cashier = fields.String(required=True)


class FailedScansOut(Schema):
    """A page of scans that sold nothing, the latest first."""

    items = fields.List(fields.Nested(FailedScanOut), required=True)
    next = fields.String(allow_none=True, required=True)
