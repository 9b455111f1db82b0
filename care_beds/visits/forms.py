"""The forms of plans and visits: what the API takes, as people type and choose it."""

from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from app.clock import ZONE
from care_beds.visits.plans import Line
from care_beds.visits.rules import OWN_CANCELLED, OWN_MISSED, Cancelled, Change, Decision, Missed
from care_beds.visits.schemas import (
    CLOCK,
    EVERY_WEEKS,
    ID,
    LONGEST_NOTE,
    MINUTES,
    SERVICE,
    WEEKDAY,
    WEEKDAYS_CHOSEN,
    needed_words,
    optional_words,
    own_words,
)


class ClockField(fields.Field[time]):
    """A time of day as a browser sends it: 09:30, or 09:30:00."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own declaration
        "invalid": _l("This must be a time such as 09:30."),
    }

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> time:
        try:
            found = time.fromisoformat(str(value)[:8])
        except ValueError as error:
            raise self.make_error("invalid") from error
        return found.replace(second=0, microsecond=0)


class BoardIn(Schema):
    """What the board's address says; what cannot be read is left out."""

    class Meta:
        """Other parts of the address, such as the cursor, are read elsewhere."""

        unknown = EXCLUDE

    provider_id = fields.Integer(data_key="provider", load_default=None, validate=ID)
    day = fields.Date(load_default=None)


class ExceptionFilterIn(Schema):
    """The filters of the list of what does not fit."""

    class Meta:
        """Other parts of the address, such as the cursor, are no filters."""

        unknown = EXCLUDE

    state = fields.String(load_default="open", validate=validate.OneOf(["open", "decided"]))
    code = fields.String(load_default=None, validate=validate.Regexp(r"\A[a-z_]{2,40}\Z"))


class NewPlanForm(Schema):
    """A plan to begin, from the page of a bed."""

    bed_id = fields.Integer(required=True, validate=ID)
    from_on = fields.Date(required=True)


class PlanDaysForm(Schema):
    """On which days a plan holds, the last one included, as people say it."""

    from_on = fields.Date(required=True)
    last_on = fields.Date(load_default=None)
    note = optional_words(LONGEST_NOTE)

    @post_load
    def to_days(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the first day without the plan."""
        last: date | None = data.pop("last_on")
        until_on = date.fromordinal(last.toordinal() + 1) if last and last < date.max else None
        return {**data, "until_on": until_on}


class LineForm(Schema):
    """A service of a plan."""

    service = fields.String(required=True, validate=SERVICE)
    weekdays = fields.List(
        fields.Integer(validate=WEEKDAY),
        required=True,
        validate=WEEKDAYS_CHOSEN,
        error_messages={"required": _l("Choose at least one weekday.")},
    )
    every_weeks = fields.Integer(load_default=1, validate=EVERY_WEEKS)
    starts = fields.String(required=True, validate=CLOCK)
    minutes = fields.Integer(required=True, validate=MINUTES)
    carer_id = fields.Integer(load_default=None, validate=ID)

    @post_load
    def to_line(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the value that the service takes."""
        hours, _, minutes = data.pop("starts").partition(":")
        mask = sum(1 << day - 1 for day in set(data.pop("weekdays")))
        return {"line": Line(weekdays=mask, start_minute=int(hours) * 60 + int(minutes), **data)}


class CarerForm(Schema):
    """Who comes for a line from now on."""

    carer_id = fields.Integer(load_default=None, validate=ID)


class CareWordsForm(Schema):
    """Why."""

    words = needed_words()


class TimeForm(Schema):
    """A day and a time, as browsers send them apart."""

    on = fields.Date(required=True)
    at = ClockField(required=True)

    @post_load
    def to_moment(self, data: dict[str, Any], **_others: Any) -> dict[str, Any]:
        """Make the moment, by the wall clock."""
        starts_at = datetime.combine(data.pop("on"), data.pop("at"), tzinfo=ZONE)
        return {**data, "starts_at": starts_at}


class MoveForm(TimeForm):
    """To when a visit is moved, and why."""

    reason = own_words(Change, frozenset({Change.GAP}))
    words = optional_words()


class CoverForm(Schema):
    """Who comes instead, and why."""

    carer_id = fields.Integer(required=True, validate=ID)
    reason = own_words(Change, frozenset({Change.GAP}))
    words = optional_words()


class MissForm(Schema):
    """Why nobody visited."""

    reason = own_words(Missed, OWN_MISSED)
    words = optional_words()


class CancelForm(Schema):
    """Why nobody will visit."""

    reason = own_words(Cancelled, OWN_CANCELLED)
    words = optional_words()


class ExtraForm(TimeForm):
    """A visit that no plan asks for."""

    bed_id = fields.Integer(required=True, validate=ID)
    service = fields.String(required=True, validate=SERVICE)
    minutes = fields.Integer(required=True, validate=MINUTES)
    carer_id = fields.Integer(required=True, validate=ID)


class GapForm(TimeForm):
    """Who comes for a gap, and when."""

    carer_id = fields.Integer(required=True, validate=ID)


class DecisionForm(Schema):
    """What is decided about something that does not fit."""

    decision = fields.Enum(Decision, by_value=True, required=True)
    words = needed_words()
