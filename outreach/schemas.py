"""What pages and API of outreach take and give."""

from datetime import UTC, date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from outreach.outcomes import PROBLEMS, NextStep, ReferralStep, Result
from outreach.terms import BANDS, Help, Kind, Reported, Way

ONE_LINE = validate.Regexp(r"\A[^\x00-\x1f\x7f\u2028\u2029]*\Z", error=_l("One line of text."))
AREA = validate.Regexp(r"\A[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?\Z")
MAYBE_AREA = validate.Regexp(r"\A([1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?)?\Z")
MONTH = validate.Range(date(2000, 1, 1), date(2100, 1, 1))
MOMENT = validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
LONGEST_WORDS, LONGEST_OFFICE = 500, 80


def optional_words(longest: int = LONGEST_WORDS) -> fields.String:
    """Make a field for a line of text that may be empty."""
    return fields.String(validate=[validate.Length(0, longest), ONE_LINE], load_default="")


class OutreachVisitIn(Schema):
    """What somebody found who visited. ``id`` is made by whoever tells, so that telling twice writes once."""

    id = fields.UUID(required=True)
    way = fields.Enum(Way, by_value=True, required=True)
    result = fields.Enum(Result, by_value=True, required=True)
    words = optional_words()
    next_step = fields.Enum(NextStep, by_value=True, load_default=NextStep.NONE)
    next_on = fields.Date(load_default=None, allow_none=True)
    refer = fields.List(fields.Enum(Help, by_value=True), load_default=list, validate=validate.Length(0, 5))
    office = optional_words(LONGEST_OFFICE)

    @validates_schema
    def check_told(self, data: dict[str, Any], **_options: Any) -> None:
        """Ask for words where somebody must see to it, and for the office that is meant."""
        if data["result"] in PROBLEMS and len(data["words"].strip()) < 2:
            raise ValidationError({"words": [_l("Say what is the matter.")]})
        if Help.OTHER in data["refer"] and not data["office"].strip():
            raise ValidationError({"office": [_l("Say which office.")]})


class OutreachSentVisitIn(OutreachVisitIn):
    """A visit as a program tells it, also later than it was."""

    occurred_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso", validate=MOMENT)


class OutreachReportIn(Schema):
    """What somebody tells of a home."""

    reported = fields.Enum(Reported, by_value=True, required=True)
    words = optional_words()


class OutreachReferralIn(Schema):
    """Where somebody is referred to."""

    kind = fields.Enum(Help, by_value=True, required=True)
    office = optional_words(LONGEST_OFFICE)
    words = optional_words()

    @validates_schema
    def check_office(self, data: dict[str, Any], **_options: Any) -> None:
        """Ask for the office where the help is none of this product."""
        if data["kind"] is Help.OTHER and not data["office"].strip():
            raise ValidationError({"office": [_l("Say which office.")]})


class OutreachReferralStepIn(Schema):
    """What became of a referral."""

    step = fields.Enum(ReferralStep, by_value=True, required=True)
    outcome = optional_words()
    ended_on = fields.Date(load_default=None, allow_none=True)

    @validates_schema
    def check_outcome(self, data: dict[str, Any], **_options: Any) -> None:
        """Ask why, where it was refused."""
        if data["step"] is ReferralStep.REFUSE and len(data["outcome"].strip()) < 2:
            raise ValidationError({"outcome": [_l("Say why it was refused.")]})


class OutreachProblemClosingIn(Schema):
    """How a problem has ended."""

    words = fields.String(required=True, validate=[validate.Length(2, LONGEST_WORDS), ONE_LINE])


class PageIn(Schema):
    """Which page of a list."""

    after = fields.String(load_default=None)
    limit = fields.Integer(validate=validate.Range(1, 200), load_default=50)


class OutreachTasksIn(PageIn):
    """Which visits that are due."""

    area = fields.String(load_default="", validate=MAYBE_AREA)
    band = fields.String(load_default="", validate=validate.OneOf(["", *map(str, BANDS)]))
    kind = fields.String(load_default="", validate=validate.OneOf(["", *map(str, Kind)]))
    late = fields.Boolean(load_default=False)
    level = fields.Integer(load_default=0, validate=validate.Range(0, 2))


class OutreachRoundIn(Schema):
    """How many days ahead."""

    days = fields.Integer(validate=validate.Range(0, 31), load_default=3)


class OutreachCoverageIn(Schema):
    """Which month, and where."""

    month = fields.Date(required=True, validate=MONTH)
    area = fields.String(load_default=None, allow_none=True, validate=AREA)


class OutreachKeyPeopleIn(PageIn):
    """Which key people."""

    month = fields.Date(required=True, validate=MONTH)
    area = fields.String(required=True, validate=AREA)
    missing = fields.Boolean(load_default=False)
    overdue = fields.Boolean(load_default=False)


class OutreachReferralsIn(PageIn):
    """Which referrals."""

    state = fields.String(load_default="open", validate=validate.OneOf(["open", "overdue", "ended"]))


class OutreachTaskOut(Schema):
    """A visit that is due."""

    id = fields.Integer()
    senior_id = fields.Integer()
    name = fields.String()
    area_code = fields.String()
    kind = fields.String()
    band = fields.String()
    causes = fields.List(fields.String())
    due_on = fields.Date()
    next_on = fields.Date(allow_none=True)
    attempts = fields.Integer()
    level = fields.Integer()
    last_visit_on = fields.Date(allow_none=True)
    days_late = fields.Integer()


class OutreachTasksOut(Schema):
    """Visits that are due."""

    items = fields.List(fields.Nested(OutreachTaskOut))
    next = fields.String(allow_none=True)


class OutreachStopOut(Schema):
    """A person on a way, with what is due there."""

    senior_id = fields.Integer()
    name = fields.String()
    band = fields.String()
    due_on = fields.Date()
    tasks = fields.List(fields.Nested(OutreachTaskOut))


class OutreachLegOut(Schema):
    """A community on a way."""

    area_code = fields.String()
    stops = fields.List(fields.Nested(OutreachStopOut))


class OutreachRoundOut(Schema):
    """A worker's way by community."""

    items = fields.List(fields.Nested(OutreachLegOut))


class OutreachCoverageRowOut(Schema):
    """A community's key people of a month."""

    area_code = fields.String()
    due = fields.Integer()
    visited = fields.Integer()
    overdue = fields.Integer()
    percent = fields.Integer()


class OutreachCoverageOut(Schema):
    """Coverage of a month by community."""

    items = fields.List(fields.Nested(OutreachCoverageRowOut))


class OutreachKeyPersonOut(Schema):
    """Somebody who must be visited each month."""

    senior_id = fields.Integer()
    name = fields.String()
    area_code = fields.String()
    band = fields.String()
    is_visited = fields.Boolean()
    is_overdue = fields.Boolean()
    last_on = fields.Date(allow_none=True)


class OutreachKeyPeopleOut(Schema):
    """Those behind a number."""

    items = fields.List(fields.Nested(OutreachKeyPersonOut))
    next = fields.String(allow_none=True)


class OutreachReasonOut(Schema):
    """One factor that counts."""

    factor = fields.String()
    points = fields.Integer()
    of = fields.Raw(allow_none=True, metadata={"description": "From which word or number on it counts."})


class OutreachRiskOut(Schema):
    """How somebody stands; the points of the reasons add up to the score."""

    senior_id = fields.Integer()
    area_code = fields.String()
    score = fields.Integer()
    band = fields.String(validate=validate.OneOf([*map(str, BANDS), "none"]))
    reasons = fields.List(fields.Nested(OutreachReasonOut))
    suggests = fields.List(fields.String())
    policy_id = fields.Integer()
    scored_on = fields.Date()
    band_since_on = fields.Date()
    last_visit_on = fields.Date(allow_none=True)


class OutreachVisitOut(Schema):
    """A visit that was written down."""

    id = fields.UUID()
    senior_id = fields.Integer()
    band = fields.String()
    way = fields.String()
    result = fields.String()
    is_met = fields.Boolean()
    counts = fields.Boolean()
    next_step = fields.String()
    next_on = fields.Date(allow_none=True)
    occurred_at = fields.AwareDateTime()


class OutreachReportOut(Schema):
    """A change that was written down."""

    id = fields.Integer()
    senior_id = fields.Integer()
    reported = fields.String()
    weight = fields.String()
    on_day = fields.Date()


class OutreachReferralOut(Schema):
    """A referral."""

    id = fields.Integer()
    senior_id = fields.Integer()
    area_code = fields.String()
    kind = fields.String()
    office = fields.String()
    state = fields.String()
    due_on = fields.Date()
    ended_on = fields.Date(allow_none=True)
    outcome = fields.String()
    problem_id = fields.Integer(allow_none=True)


class OutreachReferralsOut(Schema):
    """Referrals."""

    items = fields.List(fields.Nested(OutreachReferralOut))
    next = fields.String(allow_none=True)


class OutreachProblemOut(Schema):
    """What a visit found."""

    id = fields.Integer()
    senior_id = fields.Integer()
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
