"""What the API and the forms of applications take and give."""

import base64
import binascii
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from app.areas.checking import check_code
from subsidies.applications.models import MEDIA_TYPES, OUTCOMES, RELATIONS, STATES
from subsidies.applications.queries import CURSOR, OPEN, PAGE, Filter
from subsidies.applications.services import Applicant

PROGRAMME = validate.Regexp(r"\A[a-z0-9][a-z0-9_.:/-]{0,79}\Z")
REASON = validate.Length(max=2000)
LONGEST_UPLOAD = 14_000_000  # ten megabytes as base64; the rules say what is too large
ID = validate.Range(min=1, max=2**63 - 1)


def _check_printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError(str(_l("There is a character in it that cannot be printed.")))


class ApplicationsIn(Schema):
    """Which applications to list; ``open`` are all that wait for somebody."""

    state = fields.String(load_default=OPEN, validate=validate.OneOf([OPEN, *STATES]))
    programme = fields.String(load_default="", validate=validate.Length(max=80))
    area = fields.String(load_default=None, validate=check_code, metadata={"example": "330106003"})
    senior_id = fields.Integer(load_default=None, validate=ID)
    after = fields.String(load_default=None, validate=validate.Regexp(CURSOR))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=200))

    @post_load
    def as_filters(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give what narrows the list as one value."""
        filters = Filter(
            state=data["state"],
            programme=data["programme"],
            area_code=data["area"] or "",
            senior_id=data["senior_id"],
        )
        return {"filters": filters, "after": data["after"], "limit": data["limit"]}


class ApplicationPlaceIn(ApplicationsIn):
    """The same in the address of a page, where other parts are not ours."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE


class ApplicationIn(Schema):
    """An application for a senior: who asks, and for what."""

    senior_id = fields.Integer(required=True, strict=True, validate=ID)
    programme = fields.String(required=True, validate=PROGRAMME, metadata={"example": "chongyang-disability"})
    relation = fields.String(required=True, validate=validate.OneOf(RELATIONS))
    applicant_name = fields.String(load_default="", validate=[validate.Length(max=50), _check_printable])
    applicant_phone = fields.String(load_default="", validate=validate.Regexp(r"\A(\+?[0-9 -]{5,20})?\Z"))
    applied_on = fields.Date(required=True)
    note = fields.String(load_default="", validate=validate.Length(max=1000))

    @post_load
    def as_application(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give who applies as one value."""
        applicant = Applicant(
            relation=data.pop("relation"), name=data.pop("applicant_name"), phone=data.pop("applicant_phone")
        )
        return data | {"applicant": applicant}


class ApplicationFormIn(ApplicationIn):
    """The form of a new application; the senior stands in its address."""

    class Meta:
        """Whom it is for is no field."""

        exclude = ("senior_id",)


class ApplicationCheckIn(Schema):
    """Whether documents and facts are right, and if not, why."""

    supports = fields.Boolean(required=True)
    reason = fields.String(load_default="", validate=REASON)


class ApplicationDecisionIn(Schema):
    """Approved from a day on, or refused and why."""

    approves = fields.Boolean(required=True)
    reason = fields.String(load_default="", validate=REASON)
    from_on = fields.Date(load_default=None, allow_none=True)
    until_on = fields.Date(load_default=None, allow_none=True)


class ApplicationReasonIn(Schema):
    """Why."""

    reason = fields.String(load_default="", validate=REASON)


class ApplicationEndIn(ApplicationReasonIn):
    """From when on an approval no longer holds, and why."""

    until_on = fields.Date(required=True)


class ApplicationEndingDecisionIn(Schema):
    """Whether an approval ends as somebody else asked."""

    approves = fields.Boolean(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


class ApplicationTitleIn(Schema):
    """What a document is."""

    title = fields.String(required=True, validate=[validate.Length(min=1, max=100), _check_printable])


class ApplicationDocumentIn(ApplicationTitleIn):
    """A document with its content."""

    content = fields.String(
        required=True, validate=validate.Length(min=1, max=LONGEST_UPLOAD), metadata={"description": "base64"}
    )

    @post_load
    def as_bytes(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Give the content as it is.

        :raises ValidationError: if it is no base64
        """
        try:
            content = base64.b64decode(data["content"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValidationError(str(_l("This is no base64.")), "content") from error
        return data | {"content": content}


class ApplicationItemOut(Schema):
    """An application in a list."""

    id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    senior = fields.String(required=True)
    place = fields.String(required=True)
    programme = fields.String(required=True)
    title = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    relation = fields.String(required=True, validate=validate.OneOf(RELATIONS))
    applied_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    is_overdue = fields.Boolean(required=True)


class ApplicationsOut(Schema):
    """Applications and the cursor of the next page."""

    items = fields.List(fields.Nested(ApplicationItemOut), required=True)
    next = fields.String(required=True, allow_none=True)


class ApplicationWordsOut(Schema):
    """The same in both languages."""

    zh = fields.List(fields.String(), required=True)
    en = fields.List(fields.String(), required=True)


class ApplicationStepOut(Schema):
    """A step with what it was judged by."""

    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    by = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True)
    explanation = fields.Nested(ApplicationWordsOut, required=True)
    amount_fen = fields.Integer(required=True)
    policies = fields.List(fields.Integer(), required=True)


class ApplicationDocumentOut(Schema):
    """A document without its content."""

    n = fields.Integer(required=True)
    title = fields.String(required=True)
    media_type = fields.String(required=True, validate=validate.OneOf(MEDIA_TYPES))
    size_bytes = fields.Integer(required=True)
    added_at = fields.AwareDateTime(required=True)


class ApplicationOut(ApplicationItemOut):
    """One application with its story."""

    applicant = fields.String(required=True)
    phone = fields.String(required=True)
    note = fields.String(required=True)
    approved_from = fields.Date(required=True, allow_none=True)
    approved_until = fields.Date(required=True, allow_none=True)
    steps = fields.List(fields.Nested(ApplicationStepOut), required=True)
    documents = fields.List(fields.Nested(ApplicationDocumentOut), required=True)
