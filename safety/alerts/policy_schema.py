"""The shape of a ``safety_ladders`` document."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from app.policies.fields import MISSING, PlainSchema, choice, flag, line, listed, part, whole
from safety.alerts.ladders import Means, Rung, Tells
from safety.alerts.terms import Group, Moment

CODE = validate.Regexp(r"\A[a-z][a-z0-9_]{1,29}\Z", error=_l("A code has 2 to 30 small letters, digits and _."))
DAY_SECONDS, WEEK_MINUTES = 24 * 3600, 7 * 24 * 60


def code_field(**options: Any) -> fields.String:
    """Make a field for the code by which others know a thing."""
    return fields.String(validate=CODE, error_messages={**MISSING, "invalid": _l("This must be text.")}, **options)


class AlertWordIn(PlainSchema):
    """What a thing is called."""

    zh = line(40, required=True)
    en = line(80, required=True)


class LadderStepIn(PlainSchema):
    """One step: whom, after how long, and when the product asks by itself."""

    ask = choice([str(each) for each in Rung], required=True)
    nth = whole(1, 5, load_default=1)
    after_seconds = whole(0, DAY_SECONDS, load_default=None, allow_none=True)
    tells = choice([str(each) for each in Tells], required=True)


class LadderIn(PlainSchema):
    """One ladder, and the alerts it is for."""

    name = code_field(required=True)
    priority = whole(1, 2, required=True)
    rules = listed(code_field(), most=40, load_default=list)
    steps = listed(fields.Nested(LadderStepIn), least=1, most=20, required=True)
    repeat_minutes = whole(1, 24 * 60, required=True)
    contact_rounds = whole(1, 20, required=True)


class IdleIn(PlainSchema):
    """After how many minutes without a step an alert that was taken rings again."""

    p1 = whole(1, 60, required=True)
    p2 = whole(1, 24 * 60, required=True)
    p3 = whole(5, WEEK_MINUTES, required=True)


class ShelveIn(PlainSchema):
    """For how long an alert may rest at most; one of the first priority never does."""

    p2 = whole(0, 24 * 60, required=True)
    p3 = whole(0, 4 * WEEK_MINUTES, required=True)


class TellFamilyIn(PlainSchema):
    """When families hear of an alert, by its priority."""

    p1 = listed(choice([str(each) for each in Moment]), most=3, required=True)
    p2 = listed(choice([str(each) for each in Moment]), most=3, required=True)
    p3 = listed(choice([str(each) for each in Moment]), most=3, required=True)


class AnswerResultIn(PlainSchema):
    """What can come of a call."""

    code = code_field(required=True)
    name = part(AlertWordIn, required=True)
    means = choice([str(each) for each in Means], required=True)


class OutcomeIn(PlainSchema):
    """How an alert can end."""

    code = code_field(required=True)
    name = part(AlertWordIn, required=True)
    group = choice([str(each) for each in Group], required=True)
    needs_arrival = flag(load_default=False)
    needs_follow_up = flag(load_default=False)


class CauseIn(PlainSchema):
    """Why an alarm was a false one."""

    code = code_field(required=True)
    name = part(AlertWordIn, required=True)


class GoalIn(PlainSchema):
    """So many of a thousand within so many seconds."""

    seconds = whole(1, DAY_SECONDS, required=True)
    permille = whole(1, 1000, required=True)


class SilentIn(PlainSchema):
    """After how many seconds a part of the product counts as silent."""

    scheduler = whole(10, 3600, required=True)
    keeper = whole(5, 3600, required=True)
    listener = whole(10, 3600, required=True)
    sweep = whole(30, 3600, required=True)


class UnansweredIn(PlainSchema):
    """What becomes of an alert whose whole ladder was climbed in vain."""

    every_minutes = whole(5, 24 * 60, required=True)
    most = whole(1, 200, required=True)


class SafetyLaddersIn(PlainSchema):
    """Body of a ``safety_ladders`` document."""

    ladders = listed(fields.Nested(LadderIn), least=1, most=20, required=True)
    idle_minutes = part(IdleIn, required=True)
    coming_minutes = whole(5, 120, required=True)
    shelve_minutes = part(ShelveIn, required=True)
    clears = listed(code_field(), most=40, required=True)
    settle_minutes = whole(1, 24 * 60, required=True)
    tell_family = part(TellFamilyIn, required=True)
    reopen_hours = whole(1, 168, required=True)
    answered = listed(fields.Nested(GoalIn), least=1, most=3, required=True)
    attended = listed(fields.Nested(GoalIn), least=1, most=3, required=True)
    results = listed(fields.Nested(AnswerResultIn), least=2, most=20, required=True)
    outcomes = listed(fields.Nested(OutcomeIn), least=2, most=20, required=True)
    causes = listed(fields.Nested(CauseIn), least=1, most=30, required=True)
    silent_seconds = part(SilentIn, required=True)
    remind_minutes = whole(1, 24 * 60, required=True)
    # Earlier editions of the document do not know these.
    desk_silent_minutes = whole(2, 60, load_default=3)
    unanswered = part(UnansweredIn, load_default=lambda: {"every_minutes": 30, "most": 12})
