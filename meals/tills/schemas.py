"""What devices send, and what they are told."""

from marshmallow import Schema, fields, validate

from meals.canteen_schemas import MenuItemOut
from meals.tills.policy import TillRulesIn


class EnrolmentIn(Schema):
    """The code of a one-time QR."""

    code = fields.String(required=True, validate=validate.Length(1, 200))
    version = fields.String(load_default="", validate=validate.Length(0, 80))


class DeviceOut(Schema):
    """A device's number in the books, and its number at its till."""

    id = fields.Integer(required=True)
    number = fields.Integer(required=True)


class TillPlaceOut(Schema):
    """A till."""

    id = fields.Integer(required=True)
    number = fields.Integer(required=True)


class CanteenPlaceOut(Schema):
    """Where a till stands."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    area_code = fields.String(required=True)


class EnrolmentOut(Schema):
    """A device's token, told this once, and how far it may go by itself."""

    token = fields.String(required=True)
    device = fields.Nested(DeviceOut, required=True)
    till = fields.Nested(TillPlaceOut, required=True)
    canteen = fields.Nested(CanteenPlaceOut, required=True)
    limits = fields.Nested(TillRulesIn, allow_none=True, required=True)


class RosterIn(Schema):
    """The version that the till has."""

    since = fields.String(load_default="", validate=validate.Length(0, 80))


class RosterDayOut(Schema):
    """A day that a roster is good for."""

    on = fields.Date(required=True)
    open = fields.Boolean(required=True)
    terms = fields.Integer(allow_none=True, required=True, metadata={"description": "Which of the terms hold."})
    items = fields.List(fields.Nested(MenuItemOut), required=True)


class RosterTermsOut(Schema):
    """A document that prices are made by."""

    valid_from = fields.Date(required=True)
    valid_until = fields.Date(allow_none=True, required=True)
    terms = fields.Dict(required=True)


class RosterOut(Schema):
    """What a till sells by while the line is cut. People stand in rows, one for each card."""

    version = fields.String(required=True)
    server_time = fields.AwareDateTime(required=True, format="iso")
    full = fields.Boolean(required=True, metadata={"description": "All of it: what the till had before is over."})
    on = fields.Date(required=True)
    till = fields.Dict(required=True)
    canteen = fields.Dict(required=True)
    days = fields.List(fields.Nested(RosterDayOut), required=True)
    terms = fields.List(fields.Nested(RosterTermsOut), required=True)
    sale_rules = fields.Dict(allow_none=True, required=True)
    till_rules = fields.Nested(TillRulesIn, allow_none=True, required=True)
    keys = fields.List(fields.Dict(), required=True)
    columns = fields.List(fields.String(), required=True)
    people = fields.List(fields.List(fields.Raw()), required=True)
    gone = fields.List(fields.String(), required=True)
