"""Shapes of events over HTTP."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from safety.judging.events import KINDS

MOST_EVENTS = 1000
WORD = {"type": "string", "maxLength": 60}
EVENT = {
    "type": "object",
    "description": "What a device said. `device` is the name by which the gateway calls it; `id` makes it safe to"
    " repeat (left out: the same content is the same event); `at` is the device's own time.",
    "properties": {
        "id": {"type": "string", "maxLength": 100},
        "at": {"type": "string", "format": "date-time"},
        "device": {"type": "string", "maxLength": 100},
        "kind": {"type": "string", "enum": [kind for kind in KINDS if kind != "end"]},
        "place": WORD,
        "state": {"type": "string", "maxLength": 40},
        "value": {"type": "number"},
        "battery": {"type": "number", "minimum": 0, "maximum": 100},
        "linkquality": {"type": "number", "minimum": 0, "maximum": 255},
    },
}


class EventField(fields.Raw):
    """An event, read later one by one: what is wrong with one keeps no other from being taken."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, metadata=EVENT, **options)


class SafetyEventsIn(Schema):
    """A batch of events; an empty one says that the gateway is alive."""

    class Meta:
        """A gateway may send more than we ask."""

        unknown = EXCLUDE

    events = fields.List(EventField(), required=True, validate=validate.Length(max=MOST_EVENTS))
    # Read like the times of events: a gateway whose clock is wrong, or speaks otherwise, loses no call for help.
    sent_at = fields.Raw(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "string",
            "format": "date-time",
            "description": "The gateway's own time of sending: shows whether its clock is right; without a zone it"
            " tells nothing",
        },
    )


class SafetyEventsOut(Schema):
    """What became of a batch: what is wrong is told by the event's place in it, in words and as stable codes."""

    accepted = fields.Integer(required=True)
    repeated = fields.Integer(required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.List(fields.String())),
        required=True,
    )
    codes = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.String()), required=True
    )
