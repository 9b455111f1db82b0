"""What the API of shifts takes and gives."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, post_load, validate

from meals.canteen_schemas import ID, note
from meals.shifts.rules import COUNTED_FEN_AT_MOST, DENOMINATIONS_FEN, FLOAT_FEN_AT_MOST, LocalCount

COUNT = validate.Range(0, 100_000)
AMOUNT = validate.Range(0, 10**12)
LONGEST_REASON = 200


class ShiftIn(Schema):
    """The money that lies in the drawer at the start."""

    float_fen = fields.Integer(required=True, strict=True, validate=validate.Range(0, FLOAT_FEN_AT_MOST))


class LocalCountIn(Schema):
    """What a till counted by itself: sales answered since the shift was opened, and those that wait."""

    waiting = fields.Integer(required=True, strict=True, validate=COUNT)
    count = fields.Integer(required=True, strict=True, validate=COUNT)
    price_fen = fields.Integer(required=True, strict=True, validate=AMOUNT)
    points_fen = fields.Integer(required=True, strict=True, validate=AMOUNT)
    cash_fen = fields.Integer(required=True, strict=True, validate=AMOUNT)

    @post_load
    def to_count(self, data: dict[str, Any], **_others: Any) -> LocalCount:
        """Make the value that the service takes."""
        return LocalCount(**data)


class ClosingIn(Schema):
    """What was counted in the drawer, and what the till knows."""

    counted_fen = fields.Integer(required=True, strict=True, validate=validate.Range(0, COUNTED_FEN_AT_MOST))
    counts = fields.Dict(
        keys=fields.Integer(
            validate=validate.OneOf(DENOMINATIONS_FEN, error=_l("There is no such note or coin. Worth is in fen."))
        ),
        values=fields.Integer(strict=True, validate=COUNT),
        load_default=dict,
        metadata={"description": "How many of each note and coin, by its worth in fen."},
    )
    local = fields.Nested(
        LocalCountIn,
        load_default=None,
        allow_none=True,
        metadata={"description": "Left out, only the canteen's manager may close, with a reason."},
    )
    reason = note(LONGEST_REASON)


class ShiftSumOut(Schema):
    """What some sales come to."""

    count = fields.Integer(required=True)
    subsidised = fields.Integer(required=True)
    price_fen = fields.Integer(required=True)
    city_fen = fields.Integer(required=True)
    district_fen = fields.Integer(required=True)
    street_fen = fields.Integer(required=True)
    community_fen = fields.Integer(required=True)
    charity_fen = fields.Integer(required=True)
    concession_fen = fields.Integer(required=True)
    points_fen = fields.Integer(required=True)
    cash_fen = fields.Integer(required=True)
    unpaid_fen = fields.Integer(required=True)
    public_fen = fields.Integer(required=True)


class ShiftTotalsOut(Schema):
    """Sold, undone, and what is left."""

    sold = fields.Nested(ShiftSumOut, required=True)
    undone = fields.Nested(ShiftSumOut, required=True)
    net = fields.Nested(ShiftSumOut, required=True)


class ShiftOut(Schema):
    """A shift: an X reading while it is open, a Z reading once it is closed."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    number = fields.Integer(required=True)
    canteen_id = fields.Integer(required=True)
    canteen = fields.String(required=True)
    till_id = fields.Integer(required=True)
    till_number = fields.Integer(required=True)
    day = fields.Date(required=True)
    opened_at = fields.AwareDateTime(required=True, format="iso")
    opened_by = fields.String(required=True)
    float_fen = fields.Integer(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    closed_by = fields.String(required=True, allow_none=True)
    totals = fields.Nested(ShiftTotalsOut, required=True)
    expected_fen = fields.Integer(required=True)
    counted_fen = fields.Integer(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    difference_fen = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)
    is_forced = fields.Boolean(required=True)


class TillShiftOut(Schema):
    """The shift that is open at a till, if one is, and the float of the last one."""

    shift = fields.Nested(ShiftOut, required=True, allow_none=True)
    last_float_fen = fields.Integer(required=True)


class ShiftsIn(Schema):
    """Which shifts."""

    from_on = fields.Date(data_key="from", load_default=None)
    until_on = fields.Date(data_key="until", load_default=None)
    canteen_id = fields.Integer(data_key="canteen", load_default=None, validate=ID)
    after = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class ShiftsOut(Schema):
    """Shifts, the latest first; those still open without totals."""

    items = fields.List(fields.Nested(ShiftOut), required=True)
    next = fields.String(required=True, allow_none=True)
