"""What the API of visits at the door takes and gives."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from care_beds.rounds.evidence import Mark
from care_beds.rounds.marks import Report
from care_beds.rounds.rules import CannotReason, Condition, Fix, NoFix, Point
from care_beds.rounds.words import ALL_MEASURES, REVOKE_REASONS
from care_beds.visits.rules import Decision

LONGEST_CODE, LONGEST_ITEM, LONGEST_WORDS, MOST_ITEMS = 200, 40, 500, 60
LONGEST_ANSWER = 300  # it becomes the reason of what is paid back
# A phone that knows no better says the size of a town; beyond it is a slip.
ACCURACY = validate.Range(0, 1_000_000)
AGE = validate.Range(0, 30 * 24 * 3600)
PLAIN = validate.Regexp(r"\A[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*\Z", error=_l("Text without control characters."))
SIX_DIGITS = validate.Regexp(r"\A[0-9]{6}\Z", error=_l("Six digits, as on the family's page."))


def words(longest: int, **options: Any) -> fields.String:
    """Make a field for a few words that may be empty."""
    return fields.String(load_default="", validate=[validate.Length(0, longest), PLAIN], **options)


class MarkIn(Schema):
    """What a phone says of coming or leaving. All of it may be missing but the moment: what is missing is looked at."""

    occurred_at = fields.AwareDateTime(required=True)
    clock_suspect = fields.Boolean(load_default=False)
    sticker = words(LONGEST_CODE, metadata={"description": "What was scanned, or the twelve digits below it."})
    lat = fields.Float(load_default=None, validate=validate.Range(-90, 90))
    lon = fields.Float(load_default=None, validate=validate.Range(-180, 180))
    accuracy_m = fields.Float(load_default=None, validate=ACCURACY)
    fix_age_s = fields.Float(load_default=None, validate=AGE)
    no_fix_reason = fields.String(load_default=NoFix.NOT_ASKED, validate=validate.OneOf([str(each) for each in NoFix]))

    @validates_schema
    def check_fix(self, data: Mapping[str, Any], **_others: Any) -> None:
        """Refuse half a location."""
        if len({data[name] is None for name in ("lat", "lon", "accuracy_m", "fix_age_s")}) > 1:
            raise ValidationError(_l("Send lat, lon, accuracy_m and fix_age_s together, or none of them."), "lat")

    @post_load
    def to_mark(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the value that the service takes."""
        lat, lon, accuracy, age = (data.pop(name) for name in ("lat", "lon", "accuracy_m", "fix_age_s"))
        fix = None if lat is None else Fix(at=Point(lat, lon), accuracy_m=accuracy, age_seconds=age)
        named = ("occurred_at", "clock_suspect", "sticker", "no_fix_reason")
        return {"mark": Mark(fix=fix, **{name: data.pop(name) for name in named}), **data}


class CheckInIn(MarkIn):
    """Coming to a bed."""


def _measure_fields() -> dict[str, fields.Field[Any]]:
    return {
        each.name: fields.Float(load_default=None, validate=validate.Range(each.least, each.most))
        for each in ALL_MEASURES
    }


class VitalsIn(Schema.from_dict(_measure_fields(), name="MeasuresIn")):  # type: ignore[misc]
    """What was measured; each of it may be missing."""


class CheckOutIn(MarkIn, VitalsIn):
    """Leaving a bed, with what was done, measured and noticed."""

    items = fields.List(
        fields.String(validate=[validate.Length(1, LONGEST_ITEM), PLAIN]),
        load_default=list,
        validate=validate.Length(0, MOST_ITEMS),
    )
    condition = fields.Enum(Condition, by_value=True, load_default=Condition.SAME)
    words = words(LONGEST_WORDS)

    @post_load
    def to_mark(self, data: dict[str, Any], **others: Any) -> dict[str, Any]:
        """Make the values that the service takes."""
        given = super().to_mark(data, **others)
        vitals = {each.name: given.pop(each.name) for each in ALL_MEASURES}
        measured = {name: value for name, value in vitals.items() if value is not None}
        report = Report(vitals=measured, **{name: given.pop(name) for name in ("items", "condition", "words")})
        return {"mark": given["mark"], "report": report}


class PictureIn(Schema):
    """The picture of a mark: JPEG, PNG or WebP, at most 8 MB."""

    picture = fields.Raw(load_default=None, metadata={"type": "string", "format": "binary"})


class MarkedOut(Schema):
    """What became of a mark."""

    visit_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    distance_m = fields.Integer(required=True, allow_none=True)
    doubts = fields.List(fields.String(), required=True, metadata={"description": "What a supervisor looks at."})


class ConfirmationIn(Schema):
    """The family's word as the carer brings it: its code, or why there is none."""

    how = fields.String(required=True, validate=validate.OneOf(["code", "cannot"]))
    code = fields.String(load_default=None, allow_none=True, validate=SIX_DIGITS)
    reason = fields.Enum(CannotReason, by_value=True, load_default=None, allow_none=True)
    words = words(LONGEST_WORDS)
    occurred_at = fields.AwareDateTime(required=True)

    @validates_schema
    def check_word(self, data: Mapping[str, Any], **_others: Any) -> None:
        """Refuse a word that says nothing."""
        if data["how"] == "code" and not data["code"]:
            raise ValidationError(_l("Send the six digits."), "code")
        if data["how"] == "cannot" and data["reason"] is None:
            raise ValidationError(_l("Say why nobody can confirm."), "reason")
        if data["reason"] is CannotReason.OTHER and len(data["words"]) < 2:
            raise ValidationError(_l("Say in a few words why."), "words")


class ConfirmedOut(Schema):
    """Where a visit stands after the family's word."""

    visit_id = fields.Integer(required=True)
    how = fields.String(required=True)
    state = fields.String(required=True)


class StopOut(Schema):
    """One visit of a carer's day."""

    id = fields.Integer(required=True)
    bed_id = fields.Integer(required=True)
    state = fields.String(required=True)
    planned_from = fields.AwareDateTime(required=True)
    planned_until = fields.AwareDateTime(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    note = fields.String(required=True)
    service = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    items = fields.Function(
        lambda stop: [{"code": code, "name": dict(name)} for code, name in stop.items],
        metadata={"type": "array", "items": {"type": "object"}},
    )
    least_minutes = fields.Integer(required=True)
    photos_in = fields.Integer(required=True)
    photos_out = fields.Integer(required=True)


class StopsOut(Schema):
    """A carer's day."""

    items = fields.List(fields.Nested(StopOut), required=True)


class StickerOut(Schema):
    """A sticker at a bed."""

    id = fields.Integer(required=True)
    bed_id = fields.Integer(required=True)
    serial = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "What its QR code says."})
    issued_at = fields.AwareDateTime(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class StickersOut(Schema):
    """The last stickers of a bed."""

    items = fields.List(fields.Nested(StickerOut), required=True)


class RevocationIn(Schema):
    """Why a sticker goes out of use."""

    reason = fields.String(required=True, validate=validate.OneOf(REVOKE_REASONS))


class RatingIn(Schema):
    """Stars and a word."""

    stars = fields.Integer(required=True, validate=validate.Range(1, 5))
    words = words(LONGEST_WORDS)


class ObjectionIn(Schema):
    """What was not right."""

    words = fields.String(required=True, validate=[validate.Length(2, LONGEST_WORDS), PLAIN])


class AnswerIn(Schema):
    """What a supervisor answers."""

    is_upheld = fields.Boolean(required=True)
    answer = fields.String(required=True, validate=[validate.Length(2, LONGEST_ANSWER), PLAIN])


class LateDecisionIn(Schema):
    """Whether a visit that was told of too late counts."""

    decision = fields.Enum(Decision, by_value=True, required=True)
    words = fields.String(required=True, validate=[validate.Length(2, LONGEST_WORDS), PLAIN])


class LateVisitOut(Schema):
    """A visit that was told of too late, and what was decided."""

    id = fields.Integer(required=True)
    visit_id = fields.Integer(required=True)
    why = fields.String(required=True)
    raised_at = fields.AwareDateTime(required=True)
    decision = fields.String(required=True, allow_none=True)
    made_visit_id = fields.Integer(required=True, allow_none=True)


class RatingOut(Schema):
    """A rating as it is kept."""

    visit_id = fields.Integer(required=True)
    stars = fields.Integer(required=True)
    words = fields.String(required=True)


class ObjectionOut(Schema):
    """An objection and how far it is."""

    id = fields.Integer(required=True)
    visit_id = fields.Integer(required=True)
    words = fields.String(required=True)
    state = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    answer = fields.String(required=True)
