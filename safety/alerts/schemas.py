"""What the API of alerts takes and gives."""

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, validate

from safety.alerts.answering import Said
from safety.alerts.rules import Lane, State

ID = validate.Range(1, 2**63 - 1)
ONE_LINE = validate.Regexp(r"\A[^\x00-\x1f\x7f\u2028\u2029]*\Z", error=_l("One line of text."))
CODE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,29}\Z")
LONGEST_WORDS, LONGEST_REASON, LONGEST_NAME = 500, 200, 80


def optional_words(longest: int = LONGEST_WORDS) -> fields.String:
    """Make a field for a line of text that may be empty."""
    return fields.String(validate=[validate.Length(0, longest), ONE_LINE], load_default="")


def needed_words(longest: int = LONGEST_WORDS) -> fields.String:
    """Make a field for a line of text that says something."""
    return fields.String(required=True, validate=[validate.Length(2, longest), ONE_LINE])


class AlertsIn(Schema):
    """Which alerts to list."""

    state = fields.Enum(State, by_value=True, load_default=None)
    lane = fields.Enum(Lane, by_value=True, load_default=None)
    home_id = fields.Integer(validate=ID, load_default=None)
    senior_id = fields.Integer(validate=ID, load_default=None)
    after = fields.String(load_default=None)
    limit = fields.Integer(validate=validate.Range(1, 200), load_default=50)


class AlertWordsIn(Schema):
    """Why, or what more there is to say."""

    words = optional_words()


class AlertNoteIn(Schema):
    """What is written down."""

    words = needed_words()


class AlertHandOverIn(Schema):
    """To whom an alert is handed over."""

    account_id = fields.Integer(required=True, strict=True, validate=ID)
    words = optional_words()


class StepResultIn(Schema):
    """What came of a step: a code of the document of the place."""

    result = fields.String(required=True, validate=CODE)
    words = optional_words()


class ShelveAlertIn(Schema):
    """Until when an alert rests, and why."""

    until = fields.AwareDateTime(required=True, format="iso")
    reason = needed_words(LONGEST_REASON)


class ArrivalIn(Schema):
    """Who is there, and since when."""

    who = needed_words(LONGEST_NAME)
    at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


class CloseAlertIn(Schema):
    """What came of an alert; ``seen`` is how often it had repeated when it was looked at."""

    outcome = fields.String(required=True, validate=CODE)
    cause = fields.String(load_default="", validate=validate.Regexp(r"\A([a-z][a-z0-9_]{1,29})?\Z"))
    who = optional_words(LONGEST_NAME)
    arrived_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso")
    follow_up_on = fields.Date(load_default=None, allow_none=True)
    words = optional_words()
    seen = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))


class AlertShiftIn(Schema):
    """Where somebody is on duty, and whether they heard the test tone."""

    area_code = fields.String(required=True, validate=validate.Regexp(r"\A[0-9]{6,12}\Z"))
    sound_heard = fields.Boolean(required=True, truthy={True}, falsy={False})


class SafetyTaskAnswerIn(Schema):
    """What somebody says who is asked to go there."""

    said = fields.Enum(Said, by_value=True, required=True)
    words = optional_words()


class CallAnswerIn(Schema):
    """What came of a call that the product made."""

    means = fields.String(required=True, validate=validate.OneOf(["coming", "well", "help", "none"]))


class ServiceRequestsIn(Schema):
    """Which wishes of the green key to list."""

    state = fields.String(validate=validate.OneOf(["open", "done"]), load_default="open")
    after = fields.String(load_default=None)


class SafetyTargetsIn(Schema):
    """Of which days; ``until_on`` is the first day without."""

    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)


class AlertOut(Schema):
    """An alert."""

    id = fields.Integer(required=True)
    lane = fields.String(required=True)
    priority = fields.Integer(required=True)
    state = fields.String(required=True)
    rule = fields.String(required=True)
    place = fields.String(required=True)
    raised_at = fields.AwareDateTime(required=True)
    opened_at = fields.AwareDateTime(required=True)
    last_at = fields.AwareDateTime(required=True)
    repeats = fields.Integer(required=True)
    unanswered_at = fields.AwareDateTime(required=True, allow_none=True)
    taken_by = fields.Integer(required=True, allow_none=True)
    taken_name = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    attended_at = fields.AwareDateTime(required=True, allow_none=True)
    arrived_who = fields.String(required=True)
    cleared_at = fields.AwareDateTime(required=True, allow_none=True)
    shelved_until = fields.AwareDateTime(required=True, allow_none=True)
    shelved_reason = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    reopens_id = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(required=True)
    cause = fields.String(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    home_id = fields.Integer(required=True, allow_none=True)
    gateway_id = fields.Integer(required=True, allow_none=True)
    senior_id = fields.Integer(required=True, allow_none=True)
    senior_name = fields.String(required=True)
    area_code = fields.String(required=True)
    why = fields.Dict(required=True)


class AlertsOut(Schema):
    """Some alerts, the newest first, and the cursor of the next ones."""

    items = fields.List(fields.Nested(AlertOut), required=True)
    next = fields.String(required=True, allow_none=True)


class AlertStepOut(Schema):
    """Somebody who is asked, and what came of it."""

    id = fields.Integer(required=True)
    round = fields.Integer(required=True)
    position = fields.Integer(required=True)
    kind = fields.String(required=True)
    nth = fields.Integer(required=True)
    target = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    result = fields.String(required=True)
    means = fields.String(required=True)
    words = fields.String(required=True)
    by_account = fields.Integer(required=True, allow_none=True)
    skipped_reason = fields.String(required=True)


class AlertSignalOut(Schema):
    """One thing that was heard."""

    rule = fields.String(required=True)
    place = fields.String(required=True)
    priority = fields.Integer(required=True)
    kind = fields.String(required=True)
    occurred_at = fields.AwareDateTime(required=True)
    received_at = fields.AwareDateTime(required=True)
    why = fields.Dict(required=True)


class AlertRingOut(Schema):
    """That it rang, and who answered."""

    kind = fields.String(required=True)
    priority = fields.Integer(required=True)
    began_at = fields.AwareDateTime(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class AlertRemarkOut(Schema):
    """What was done or written down."""

    at = fields.AwareDateTime(required=True)
    by_account = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True)
    words = fields.String(required=True)


class AlertStoryOut(Schema):
    """An alert with everything that was heard, asked, answered and written down."""

    alert = fields.Nested(AlertOut, required=True)
    steps = fields.List(fields.Nested(AlertStepOut), required=True)
    signals = fields.List(fields.Nested(AlertSignalOut), required=True)
    rings = fields.List(fields.Nested(AlertRingOut), required=True)
    notes = fields.List(fields.Nested(AlertRemarkOut), required=True)


class AlertShiftOut(Schema):
    """A shift."""

    id = fields.Integer(required=True)
    account_id = fields.Integer(required=True)
    area_code = fields.String(required=True)
    from_at = fields.AwareDateTime(required=True)
    until_at = fields.AwareDateTime(required=True, allow_none=True)
    sound_heard = fields.Boolean(required=True)
    words = fields.String(required=True)


class SafetyTaskOut(Schema):
    """Where somebody is asked to go."""

    step_id = fields.Integer(required=True)
    incident_id = fields.Integer(required=True)
    home_id = fields.Integer(required=True, allow_none=True)
    senior_name = fields.String(required=True)
    rule = fields.String(required=True)
    place = fields.String(required=True)
    priority = fields.Integer(required=True)
    raised_at = fields.AwareDateTime(required=True)
    asked_at = fields.AwareDateTime(required=True)
    is_coming = fields.Boolean(required=True)


class SafetyTasksOut(Schema):
    """Where the caller is asked to go."""

    items = fields.List(fields.Nested(SafetyTaskOut), required=True)


class ServiceRequestOut(Schema):
    """A wish of the green key."""

    id = fields.Integer(required=True)
    home_id = fields.Integer(required=True)
    senior_id = fields.Integer(required=True)
    senior_name = fields.String(required=True)
    state = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)
    last_at = fields.AwareDateTime(required=True)
    repeats = fields.Integer(required=True)
    taken_by = fields.Integer(required=True, allow_none=True)
    taken_name = fields.String(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    words = fields.String(required=True)


class ServiceRequestsOut(Schema):
    """Some wishes, and the cursor of the next ones."""

    items = fields.List(fields.Nested(ServiceRequestOut), required=True)
    next = fields.String(required=True, allow_none=True)


class ServiceRequestStateOut(Schema):
    """How a wish stands now."""

    id = fields.Integer(required=True)
    state = fields.String(required=True)


class SafetyGoalOut(Schema):
    """So many of a thousand within so many seconds."""

    seconds = fields.Function(lambda goal: int(goal.within.total_seconds()), required=True)
    permille = fields.Integer(required=True)


class SafetyScoreOut(Schema):
    """What became of a goal."""

    goal = fields.Nested(SafetyGoalOut, required=True)
    counted = fields.Integer(required=True)
    met = fields.Integer(required=True)
    permille = fields.Integer(required=True, allow_none=True)
    is_met = fields.Boolean(required=True)


class SafetyMissOut(Schema):
    """A wait that was longer than promised."""

    incident_id = fields.Integer(required=True)
    senior_name = fields.String(required=True)
    rule = fields.String(required=True)
    priority = fields.Integer(required=True)
    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(required=True, allow_none=True)
    by = fields.String(required=True)


class SafetyTargetsOut(Schema):
    """What became of the promises in a period, and each that was broken."""

    answered = fields.List(fields.Nested(SafetyScoreOut), required=True)
    attended = fields.List(fields.Nested(SafetyScoreOut), required=True)
    idle = fields.Integer(required=True)
    is_part = fields.Boolean(required=True)
    answered_late = fields.List(fields.Nested(SafetyMissOut), required=True)
    attended_late = fields.List(fields.Nested(SafetyMissOut), required=True)
