"""What the API of judgement takes and gives."""

from typing import Any

from marshmallow import Schema, fields, validate

from safety.judging.trying import COUNTED_DAYS
from safety.judging.wording import say
from safety.judging.words import RULE_NAMES


class RhythmHalfHourOut(Schema):
    """Half an hour of the day: how long quiet is usual there, and allowed."""

    from_minute = fields.Integer(required=True, metadata={"description": "Minutes after midnight."})
    usual_minutes = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Stayed under on 95 of 100 days, once known."}
    )
    allowed_minutes = fields.Integer(required=True)


class HomeRhythmOut(Schema):
    """What is known of a home's rhythm, and when it calls for which reason if nobody is seen before."""

    home_id = fields.Integer(required=True)
    days = fields.Integer(required=True, metadata={"description": "From how many days it was learned."})
    seen_at = fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "The last sign of life."})
    place = fields.String(required=True, metadata={"description": "Where that was; bed and seat while pressed."})
    is_out = fields.Boolean(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    why = fields.Method("tell_why", required=True, metadata={"type": "string"})
    day = fields.List(fields.Nested(RhythmHalfHourOut), required=True)

    def tell_why(self, home: Any) -> str:
        """Say what is said then."""
        return say(home.why) if home.why else ""


class SafetyTrialIn(Schema):
    """Which draft to try."""

    policy_id = fields.Integer(required=True, validate=validate.Range(1, 2**63 - 1))


class SafetyTrialRuleOut(Schema):
    """Alarms of one rule, as it was and as it would be."""

    rule = fields.String(required=True)
    title = fields.Function(lambda each: str(RULE_NAMES[each.rule]), required=True, metadata={"type": "string"})
    priority = fields.Integer(required=True)
    old = fields.Integer(required=True)
    new = fields.Integer(required=True)


class SafetyTrialOut(Schema):
    """A draft lived through beside the rules in force: alarms of P1 and P2 a home and week, and by rule."""

    policy_id = fields.Integer(required=True)
    asked_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    homes = fields.Integer(required=True, metadata={"description": "Homes that are tried."})
    homes_known = fields.Integer(required=True, metadata={"description": "Homes of the area they stand for."})
    looked_at = fields.Integer(required=True)
    days = fields.Constant(COUNTED_DAYS, required=True)
    a_week_old = fields.Float(required=True)
    a_week_new = fields.Float(required=True)
    rules = fields.List(fields.Nested(SafetyTrialRuleOut), required=True)
