"""What the API of money gives."""

from typing import Any

from marshmallow import Schema, fields

from care_beds.money.forms import LIMIT, BuiltIn, MonthField, MonthsIn, PaymentsIn
from care_beds.money.reading import PAGE
from care_beds.money.rules import MonthState
from care_beds.money.terms import Payer
from care_beds.money.wording import explain


class Explained(fields.Field[Any]):
    """Reasons as sentences in both languages."""

    def _serialize(self, value: Any, *_place: Any, **_options: Any) -> Any:
        return explain(value)


def explanation() -> Explained:
    """Make a field for reasons in both languages."""
    return Explained(
        required=True,
        attribute="reasons",
        metadata={
            "type": "object",
            "properties": {name: {"type": "array", "items": {"type": "string"}} for name in ("zh", "en")},
        },
    )


class FunderShareOut(Schema):
    """What one funder pays."""

    funder = fields.String(required=True)
    amount_fen = fields.Integer(required=True)


class ListPaymentsIn(PaymentsIn):
    """Which payments, and how many."""

    limit = fields.Integer(load_default=PAGE, validate=LIMIT)


class ListMonthsIn(MonthsIn):
    """Which months, and how many."""

    month = MonthField(required=True, metadata={"type": "string", "example": "2026-10"})
    limit = fields.Integer(load_default=PAGE, validate=LIMIT)


class ListBuiltIn(BuiltIn):
    """Which accepted beds, and how many."""

    limit = fields.Integer(load_default=PAGE, validate=LIMIT)


class VisitPaymentOut(Schema):
    """A paid visit, the name masked for whoever may not see it."""

    visit_id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    senior = fields.String(required=True)
    bed_id = fields.Integer(required=True)
    bed_number = fields.String(required=True)
    provider_id = fields.Integer(required=True)
    provider = fields.String(required=True)
    visit_on = fields.Date(required=True)
    service = fields.String(required=True)
    payer = fields.Enum(Payer, by_value=True, required=True)
    planned_minutes = fields.Integer(required=True)
    present_minutes = fields.Integer(required=True)
    minutes = fields.Integer(required=True, metadata={"description": "Charged; never more than present_minutes"})
    price_fen = fields.Integer(required=True)
    shares = fields.List(fields.Nested(FunderShareOut), required=True)
    explanation = explanation()
    txn_id = fields.UUID(required=True, allow_none=True)
    paid_at = fields.AwareDateTime(required=True, format="iso")
    external_ref = fields.String(required=True)
    reversed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    reversal_reason = fields.String(required=True)


class VisitPaymentsOut(Schema):
    """Some payments, and the cursor of the next page."""

    items = fields.List(fields.Nested(VisitPaymentOut), required=True)
    next = fields.String(required=True, allow_none=True)


class BedMonthOut(Schema):
    """A bed's month with its verdict."""

    bed_id = fields.Integer(required=True)
    bed_number = fields.String(required=True)
    senior_id = fields.Integer(required=True)
    senior = fields.String(required=True)
    provider_id = fields.Integer(required=True, allow_none=True)
    provider = fields.String(required=True)
    month = MonthField(required=True, metadata={"type": "string", "example": "2026-10"})
    state = fields.String(required=True, metadata={"enum": list(map(str, MonthState))})
    visits = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    minimum_visits = fields.Integer(required=True)
    minimum_minutes = fields.Integer(required=True)
    subsidy_fen = fields.Integer(required=True)
    shares = fields.List(fields.Nested(FunderShareOut), required=True)
    explanation = explanation()
    run_id = fields.Integer(required=True, allow_none=True)
    txn_id = fields.UUID(required=True, allow_none=True)
    paid_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    is_shaken = fields.Boolean(required=True, metadata={"description": "Paid, but visits were undone since"})
    reversed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    reversal_reason = fields.String(required=True)


class BedMonthsOut(Schema):
    """Some beds with their month, and the cursor of the next page."""

    items = fields.List(fields.Nested(BedMonthOut), required=True)
    next = fields.String(required=True, allow_none=True)


class BedMonthRunOut(Schema):
    """Months that were handed in together."""

    id = fields.Integer(required=True)
    area = fields.String(required=True, attribute="area_code")
    month = MonthField(required=True, metadata={"type": "string", "example": "2026-10"})
    beds = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.String(required=True)
    maker = fields.String(required=True)
    checker = fields.String(required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    decided_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    reason = fields.String(required=True)
    paid_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class BuiltItemOut(Schema):
    """An accepted bed, and how far the subsidy for building it is."""

    bed_id = fields.Integer(required=True)
    bed_number = fields.String(required=True)
    senior = fields.String(required=True)
    provider = fields.String(required=True)
    accepted_on = fields.Date(required=True)
    state = fields.String(required=True)
    amount_fen = fields.Integer(required=True, allow_none=True)
    paid_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class BuiltItemsOut(Schema):
    """Some accepted beds, and the cursor of the next page."""

    items = fields.List(fields.Nested(BuiltItemOut), required=True)
    next = fields.String(required=True, allow_none=True)


class BedPaybackOut(Schema):
    """What was asked to be taken back of the building of a bed."""

    bed_id = fields.Integer(required=True)
    closed_on = fields.Date(required=True)
    close_reason = fields.String(required=True)
    served_months = fields.Integer(required=True)
    keep_months = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)
    state = fields.String(required=True)
    maker = fields.String(required=True)
    checker = fields.String(required=True)
    reason = fields.String(required=True)


class BedConstructionOut(Schema):
    """What was asked for building a bed."""

    bed_id = fields.Integer(required=True)
    amount_fen = fields.Integer(required=True)
    adaptations_fen = fields.Integer(required=True)
    devices = fields.List(fields.Dict(), required=True)
    shares = fields.List(fields.Nested(FunderShareOut), required=True)
    explanation = explanation()
    state = fields.String(required=True)
    maker = fields.String(required=True)
    checker = fields.String(required=True)
    reason = fields.String(required=True)
    txn_id = fields.UUID(required=True, allow_none=True)
    paid_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
