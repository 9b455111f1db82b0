"""What devices send, and what they are told."""

from marshmallow import Schema, fields, validate

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
