"""What the API of plans and visits takes and gives."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, post_load, validate

from care_beds.visits.plans import Line
from care_beds.visits.rules import OWN_CANCELLED, OWN_MISSED, Cancelled, Change, Decision, Missed, PlanState, State

ID = validate.Range(1, 2**63 - 1)
# No line breaks and no control characters: what people wrote stands in one line of a list.
ONE_LINE = validate.Regexp(r"\A[^\x00-\x1f\x7f\u2028\u2029]*\Z", error=_l("One line of text."))
CLOCK = validate.Regexp(r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z", error=_l("This must be a time such as 09:30."))
SERVICE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,29}\Z")
LONGEST_WORDS, LONGEST_NOTE = 200, 500
WEEKDAY = validate.Range(1, 7)
WEEKDAYS_CHOSEN = validate.Length(1, 7, error=_l("Choose at least one weekday."))
MINUTES = validate.Range(5, 720)
EVERY_WEEKS = validate.Range(1, 8)


def optional_words(longest: int = LONGEST_WORDS) -> fields.String:
    """Make a field for a line of text that may be empty."""
    return fields.String(validate=[validate.Length(0, longest), ONE_LINE], load_default="")


def needed_words(longest: int = LONGEST_WORDS) -> fields.String:
    """Make a field for a line of text that says something."""
    return fields.String(required=True, validate=[validate.Length(2, longest), ONE_LINE])


def own_words(kind: Any, own: frozenset[Any]) -> fields.String:
    """Make a field for one of the reasons that people may give; the others are the product's own."""
    return fields.String(required=True, validate=validate.OneOf([str(each) for each in kind if each not in own]))


def moment() -> fields.AwareDateTime:
    """Make a field for a moment that is given."""
    return fields.AwareDateTime(required=True, format="iso")


class CarePlanDaysIn(Schema):
    """On which days a plan holds; ``until_on`` is the first day without it."""

    from_on = fields.Date(required=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    note = optional_words(LONGEST_NOTE)


class CarePlanIn(CarePlanDaysIn):
    """A plan to begin."""

    bed_id = fields.Integer(required=True, strict=True, validate=ID)


class PlanLineIn(Schema):
    """A service of a plan."""

    service = fields.String(required=True, validate=SERVICE)
    weekdays = fields.List(
        fields.Integer(strict=True, validate=WEEKDAY),
        required=True,
        validate=WEEKDAYS_CHOSEN,
        metadata={"description": "ISO weekdays, Monday is 1."},
    )
    every_weeks = fields.Integer(load_default=1, strict=True, validate=EVERY_WEEKS)
    starts = fields.String(required=True, validate=CLOCK, metadata={"example": "09:30"})
    minutes = fields.Integer(required=True, strict=True, validate=MINUTES)
    carer_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=ID)

    @post_load
    def to_line(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the value that the service takes."""
        hours, _, minutes = data.pop("starts").partition(":")
        mask = sum(1 << day - 1 for day in set(data.pop("weekdays")))
        return {"line": Line(weekdays=mask, start_minute=int(hours) * 60 + int(minutes), **data)}


class PlanCarerIn(Schema):
    """Who comes for a line from now on; nobody chosen yet leaves gaps."""

    carer_id = fields.Integer(required=True, allow_none=True, strict=True, validate=ID)


class CareWordsIn(Schema):
    """Why."""

    words = needed_words()


class VisitMoveIn(Schema):
    """To when a visit is moved, and why."""

    starts_at = moment()
    reason = own_words(Change, frozenset({Change.GAP}))
    words = optional_words()


class VisitCoverIn(Schema):
    """Who comes instead, and why."""

    carer_id = fields.Integer(required=True, strict=True, validate=ID)
    reason = own_words(Change, frozenset({Change.GAP}))
    words = optional_words()


class VisitMissIn(Schema):
    """Why nobody visited."""

    reason = own_words(Missed, OWN_MISSED)
    words = optional_words()


class VisitCancelIn(Schema):
    """Why nobody will visit."""

    reason = own_words(Cancelled, OWN_CANCELLED)
    words = optional_words()


class ExtraVisitIn(Schema):
    """A visit that no plan asks for."""

    bed_id = fields.Integer(required=True, strict=True, validate=ID)
    service = fields.String(required=True, validate=SERVICE)
    carer_id = fields.Integer(required=True, strict=True, validate=ID)
    starts_at = moment()
    minutes = fields.Integer(required=True, strict=True, validate=MINUTES)


class GapVisitIn(Schema):
    """Who comes for a gap, and when if not at its own time."""

    carer_id = fields.Integer(required=True, strict=True, validate=ID)
    starts_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


class ExceptionDecisionIn(Schema):
    """What is decided about something that does not fit."""

    decision = fields.Enum(Decision, by_value=True, required=True)
    words = needed_words()


class PlanLineOut(Schema):
    """A service of a plan."""

    id = fields.Integer(required=True)
    service = fields.String(required=True)
    weekdays = fields.List(fields.Integer(), required=True)
    every_weeks = fields.Integer(required=True)
    starts = fields.String(required=True)
    minutes = fields.Integer(required=True)
    carer_id = fields.Integer(required=True, allow_none=True)
    carer = fields.String(required=True, allow_none=True)
    first_on = fields.Date(required=True, allow_none=True, metadata={"description": "The first day it falls on."})


class CarePlanOut(Schema):
    """A care plan with its services."""

    id = fields.Integer(required=True)
    bed_id = fields.Integer(required=True)
    bed_number = fields.String(required=True)
    senior = fields.String(required=True)
    provider_id = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in PlanState]))
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)
    words = fields.String(required=True)
    lines = fields.List(fields.Nested(PlanLineOut), required=True)
    month_visits = fields.Integer(required=True, metadata={"description": "Visits in a month of 30 days."})
    month_minutes = fields.Integer(required=True)
    month_fen = fields.Integer(required=True, metadata={"description": "What they cost by the catalogue."})


class CareVisitOut(Schema):
    """A visit."""

    id = fields.Integer(required=True)
    bed_id = fields.Integer(required=True)
    bed_number = fields.String(required=True)
    senior = fields.String(required=True)
    provider_id = fields.Integer(required=True)
    provider = fields.String(required=True)
    carer_id = fields.Integer(required=True)
    carer = fields.String(required=True)
    covered = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, attribute="service_code")
    visit_on = fields.Date(required=True)
    due_on = fields.Date(required=True, metadata={"description": "The day of the plan."})
    starts_at = fields.AwareDateTime(required=True, format="iso")
    ends_at = fields.AwareDateTime(required=True, format="iso")
    moved_from = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in State]))
    change_reason = fields.String(required=True)
    missed_reason = fields.String(required=True)
    cancel_reason = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    finished_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    items_done = fields.List(fields.Raw(), required=True)
    exception = fields.String(required=True)


class VisitGapOut(Schema):
    """A day of a plan for which nobody can come."""

    id = fields.Integer(required=True)
    bed_id = fields.Integer(required=True)
    senior = fields.String(required=True)
    provider_id = fields.Integer(required=True)
    carer_id = fields.Integer(required=True, allow_none=True)
    carer = fields.String(required=True, allow_none=True)
    service = fields.String(required=True, attribute="service_code")
    due_on = fields.Date(required=True)
    starts_at = fields.AwareDateTime(required=True, format="iso")
    ends_at = fields.AwareDateTime(required=True, format="iso")
    reason = fields.String(required=True)
    state = fields.String(required=True)
    visit_id = fields.Integer(required=True, allow_none=True)


class VisitExceptionOut(Schema):
    """Something about a visit that does not fit."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.Dict(required=True)
    raised_at = fields.AwareDateTime(required=True, format="iso")
    decision = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    words = fields.String(required=True)
    visit = fields.Nested(CareVisitOut, required=True)


class VisitsIn(Schema):
    """Which visits of a provider: those of the week around a day, some carers at a time."""

    provider_id = fields.Integer(data_key="provider", required=True, validate=ID)
    week = fields.Date(load_default=None)
    after = fields.String(load_default=None)


class CareVisitsOut(Schema):
    """A week's visits by carer and hour, and its gaps."""

    items = fields.List(fields.Nested(CareVisitOut), required=True)
    gaps = fields.List(fields.Nested(VisitGapOut), required=True)
    next = fields.String(required=True, allow_none=True)


class VisitExceptionsIn(Schema):
    """Which exceptions."""

    is_open = fields.Boolean(data_key="open", load_default=True)
    code = fields.String(load_default=None, validate=validate.Regexp(r"\A[a-z_]{2,40}\Z"))
    provider_id = fields.Integer(data_key="provider", load_default=None, validate=ID)
    after = fields.String(load_default=None)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class VisitExceptionsOut(Schema):
    """Exceptions, the oldest open ones first."""

    items = fields.List(fields.Nested(VisitExceptionOut), required=True)
    next = fields.String(required=True, allow_none=True)


class CareCatalogueQueryIn(Schema):
    """Where and when."""

    bed_id = fields.Integer(data_key="bed", required=True, validate=ID)


class CareItemOut(Schema):
    """Something that is ticked."""

    code = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class CareServiceOut(Schema):
    """A service of the catalogue."""

    code = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    group = fields.String(required=True)
    unit = fields.String(required=True)
    minutes = fields.Integer(required=True)
    price_fen = fields.Integer(required=True)
    items = fields.List(fields.Nested(CareItemOut), required=True)


class CareServicesOut(Schema):
    """The services that can be given at a bed today."""

    items = fields.List(fields.Nested(CareServiceOut), required=True)
