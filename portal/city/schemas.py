"""Shapes of the picture over HTTP."""

from marshmallow import Schema, fields, validate

from portal.city.rules import Group, Kind


class MonthIn(Schema):
    """Which month; this one unless told otherwise."""

    month = fields.String(
        load_default="", validate=validate.Regexp(r"^(\d{4}-\d{2})?$"), metadata={"example": "2026-11"}
    )


class FigureOut(Schema):
    """One figure: how much, of how much, the month before, its target in thousandths, and when it was counted."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    group = fields.Enum(Group, by_value=True, required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    amount = fields.Integer(required=True, metadata={"description": "A count, or fen"})
    whole = fields.Integer(required=True, allow_none=True)
    permille = fields.Integer(required=True, allow_none=True)
    before_amount = fields.Integer(required=True)
    before_whole = fields.Integer(required=True, allow_none=True)
    at_least_permille = fields.Integer(required=True, allow_none=True)
    at_most_permille = fields.Integer(required=True, allow_none=True)
    is_met = fields.Boolean(required=True, allow_none=True)
    definition = fields.String(required=True)
    counted_at = fields.AwareDateTime(required=True, allow_none=True)


class PlaceOut(Schema):
    """A place within."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    sums = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class PictureOut(Schema):
    """The picture of a place in a month."""

    area_code = fields.String(required=True)
    name = fields.String(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    figures = fields.List(fields.Nested(FigureOut), required=True)
    parts = fields.List(fields.Nested(PlaceOut), required=True)


class DayOut(Schema):
    """What was counted of a day."""

    on_day = fields.Date(required=True)
    sums = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class DaysOut(Schema):
    """A month day by day."""

    items = fields.List(fields.Nested(DayOut), required=True)
