"""What the API of policy documents takes and gives."""

from marshmallow import Schema, fields, validate

from app.policies.documents import FOUND, INFER
from app.policies.fields import AreaCode, line

STATES = ("draft", "submitted", "published", "rejected")
ID = validate.Range(1, 2**63 - 1)


class PolicyListIn(Schema):
    """Which documents to list."""

    kind = fields.String(load_default="", validate=validate.Length(max=50))
    state = fields.String(load_default="", validate=validate.OneOf(STATES))
    area = AreaCode(load_default="", metadata={"description": "the area and all within it"})
    on = fields.Date(load_default=None, metadata={"description": "only what is in force on this day"})
    after = fields.Integer(load_default=None, validate=ID)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class PolicyEffectiveIn(Schema):
    """Which document decides."""

    kind = fields.String(required=True, validate=validate.Length(1, 50))
    area = AreaCode(required=True)
    on = fields.Date(load_default=None, metadata={"description": "today when left out"})


class PolicyRejectionIn(Schema):
    """Why a document is sent back."""

    reason = line(300, required=True)


class PolicyTitleOut(Schema):
    """The same in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class PolicySourceOut(Schema):
    """Where a document comes from."""

    mark = fields.String(required=True, validate=validate.OneOf([FOUND, INFER]))
    text = fields.String(required=True)
    url = fields.String()
    infer = fields.List(fields.String())


class PolicyOut(Schema):
    """A policy document."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    area = fields.String(required=True, attribute="area_code")
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    title = fields.Nested(PolicyTitleOut, required=True)
    source = fields.Nested(PolicySourceOut, required=True)
    body = fields.Dict(keys=fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    maker_id = fields.Integer(required=True)
    checker_id = fields.Integer(required=True, allow_none=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    reason = fields.String(required=True)
    replaces_id = fields.Integer(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class PoliciesOut(Schema):
    """A page of documents, newest first."""

    items = fields.List(fields.Nested(PolicyOut), required=True)
    next = fields.Integer(required=True, allow_none=True)
