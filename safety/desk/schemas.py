"""What is typed at the desk."""

from marshmallow import Schema, fields, validate

LINE, TEXT, LONG = validate.Length(max=300), validate.Length(max=500), validate.Length(max=1000)


class ResultIn(Schema):
    """What came of a call."""

    result = fields.String(required=True, validate=validate.Length(max=50))
    words = fields.String(load_default="", validate=LINE)


class WordsIn(Schema):
    """A sentence that must be there."""

    words = fields.String(required=True, validate=TEXT)


class ShelfIn(Schema):
    """How long an alert rests, and why."""

    minutes = fields.Integer(required=True, validate=validate.Range(min=1, max=100_000))
    reason = fields.String(required=True, validate=validate.Length(max=200))


class HandOverIn(Schema):
    """Who goes on, and what they must know."""

    account_id = fields.Integer(required=True, validate=validate.Range(min=1, max=2**63 - 1))
    words = fields.String(required=True, validate=TEXT)


class EndIn(Schema):
    """How an alert ended."""

    seen = fields.Integer(required=True, validate=validate.Range(min=0, max=2**63 - 1))
    outcome = fields.String(required=True, validate=validate.Length(max=50))
    cause = fields.String(load_default="", validate=validate.Length(max=50))
    who = fields.String(load_default="", validate=validate.Length(max=100))
    follow_up_on = fields.Date(load_default=None)
    words = fields.String(load_default="", validate=TEXT)


class ShiftIn(Schema):
    """Where a shift is, and whether the test of the sound was heard."""

    area_code = fields.String(required=True, validate=validate.Length(max=12))
    sound_heard = fields.Boolean(load_default=False)


class ShiftEndIn(Schema):
    """What the next one must know."""

    words = fields.String(load_default="", validate=LONG)
