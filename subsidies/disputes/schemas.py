"""What the API and the forms of disputes take and give."""

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, validate

from subsidies.disputes.queries import CURSOR, PAGE
from subsidies.disputes.rules import Reason, State

ID = validate.Range(min=1, max=2**63 - 1)
LONGEST = 1000
# Blanks are no answer; the database says so too.
SAYS_SOMETHING = validate.Regexp(r"\s*\S", error=_l("Please fill this in."))
STATES = [str(state) for state in State]


class FamilyDisputeReasonIn(Schema):
    """What is not right about a line."""

    reason = fields.Enum(Reason, by_value=True, required=True)
    words = fields.String(load_default="", validate=validate.Length(max=LONGEST))


class FamilyDisputeIn(FamilyDisputeReasonIn):
    """Which line of whose statement is not right."""

    senior_id = fields.Integer(required=True, strict=True, validate=ID)
    txn_id = fields.UUID(required=True)


class FamilyAnswerIn(Schema):
    """Who is right, and why."""

    is_upheld = fields.Boolean(required=True)
    answer = fields.String(required=True, validate=[validate.Length(min=2, max=LONGEST), SAYS_SOMETHING])


class FamilyDisputesIn(Schema):
    """Which disputes to list; ``all`` are those of every state."""

    state = fields.String(load_default=State.OPEN, validate=validate.OneOf(["all", *STATES]))
    after = fields.String(load_default=None, validate=validate.Regexp(CURSOR))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(min=1, max=200))


class FamilyDisputePlaceIn(FamilyDisputesIn):
    """The same in the address of a page, where other parts are not ours."""

    class Meta:
        """Other parts of the address are not ours."""

        unknown = EXCLUDE


class FamilyDisputeOut(Schema):
    """A dispute."""

    id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    senior = fields.String(required=True)
    txn_id = fields.UUID(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)
    words = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    opened_at = fields.AwareDateTime(required=True, format="iso")
    due_on = fields.Date(required=True)
    is_overdue = fields.Boolean(required=True)
    answer = fields.String(required=True)
    answered_by = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class FamilyDisputesOut(Schema):
    """Some disputes, and the cursor of the next page."""

    items = fields.List(fields.Nested(FamilyDisputeOut), required=True)
    next = fields.String(required=True, allow_none=True)
