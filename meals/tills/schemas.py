"""What devices send, and what they are told."""

from typing import Any

from marshmallow import EXCLUDE, INCLUDE, Schema, fields, pre_load, validate

from meals.canteen_schemas import MenuItemOut
from meals.tills.policy import TillRulesIn
from meals.tills.sent import FIRST_MOMENT, LAST_MOMENT, storable

BATCH = 50


class EnrolmentIn(Schema):
    """The code of a one-time QR."""

    code = fields.String(required=True, validate=validate.Length(1, 200))
    version = fields.String(load_default="", validate=validate.Length(0, 80))


class DeviceOut(Schema):
    """A device's number in the books, and its number at its till."""

    id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    last_seq = fields.Integer(required=True, metadata={"description": "The last number it gave, as far as is known."})


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


class QueuedMoment(fields.AwareDateTime):
    """Since when something waits; a moment that cannot be is left out, so that it keeps no sale from coming."""

    def _deserialize(self, value: Any, *others: Any, **more: Any) -> Any:
        found = super()._deserialize(value, *others, **more)
        return found if FIRST_MOMENT <= found < LAST_MOMENT else None


class DeviceStateIn(Schema):
    """How a device stands; what is left out stays as it was."""

    class Meta:
        """A newer till may say more."""

        unknown = EXCLUDE

    version = fields.String(load_default=None, validate=validate.Length(0, 80))
    queue_length = fields.Integer(load_default=None, strict=True, validate=validate.Range(0, 100_000))
    oldest_queued_at = QueuedMoment(load_default=None, allow_none=True, format="iso")
    clock_skew_ms = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(-(10**13), 10**13))
    is_persistent = fields.Boolean(load_default=None, allow_none=True)
    last_seq = fields.Integer(load_default=None, strict=True, validate=validate.Range(0, 2**53))


class SalesIn(Schema):
    """What a device did, oldest first; each entry is read by itself: a bad one keeps no other from being booked."""

    device_state = fields.Nested(DeviceStateIn, load_default=dict)
    sales = fields.List(fields.Raw(allow_none=True), required=True, validate=validate.Length(0, BATCH))

    @pre_load
    def make_storable(self, data: Any, **_others: Any) -> Any:
        """Take out what cannot be stored, one letter and not the whole batch."""
        return storable(data)


class ReasonOut(Schema):
    """Why people will look at it: a stable code, and what belongs to it."""

    class Meta:
        """Each code has parameters of its own."""

        unknown = INCLUDE

    code = fields.String(required=True)


class SaleFindingOut(Schema):
    """The check that names something, and its reasons."""

    code = fields.String(required=True, metadata={"example": "OFF1"})
    reasons = fields.List(fields.Nested(ReasonOut), required=True)


class AnswerOut(Schema):
    """What became of one entry. An id that is missing among the answers was not taken: send it again."""

    id = fields.Raw(required=True, metadata={"type": "string"})
    outcome = fields.String(required=True, validate=validate.OneOf(["booked", "replayed", "refused_shape"]))
    receipt = fields.Dict(allow_none=True, required=True, metadata={"description": "As of a checkout or reversal."})
    findings = fields.List(fields.Nested(SaleFindingOut), required=True)
    errors = fields.Dict()


class AnswersOut(Schema):
    """What became of what a device sent."""

    server_time = fields.AwareDateTime(required=True, format="iso")
    answers = fields.List(fields.Nested(AnswerOut), required=True)


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
