"""What judgement says: a signal is raised or cleared, for a reason that can be put into words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Rule(StrEnum):
    """Every rule there is."""

    SOS = "sos"
    SMOKE = "smoke"
    GAS = "gas"
    FLOOD = "flood"
    FALL = "fall"
    QUIET = "quiet"
    NOT_HOME = "not_home"
    BATHROOM = "bathroom"
    DOOR_NIGHT = "door_night"
    DOOR_OPEN = "door_open"
    WATER_STOPPED = "water_stopped"
    WATER_RUNNING = "water_running"
    NO_MEAL = "no_meal"
    GREEN_KEY = "green_key"
    DEVICE_SILENT = "device_silent"
    LOW_BATTERY = "low_battery"
    TAMPER = "tamper"
    DOOR_STUCK = "door_stuck"


PRIORITIES: Mapping[Rule, int] = {
    Rule.SOS: 1,
    Rule.SMOKE: 1,
    Rule.GAS: 1,
    Rule.FLOOD: 1,
    Rule.FALL: 1,
    Rule.QUIET: 2,
    Rule.NOT_HOME: 2,
    Rule.BATHROOM: 2,
    Rule.DOOR_NIGHT: 2,
    Rule.DOOR_OPEN: 2,
    Rule.WATER_STOPPED: 2,
    Rule.WATER_RUNNING: 2,
    Rule.NO_MEAL: 2,
    Rule.GREEN_KEY: 3,
    Rule.DEVICE_SILENT: 3,
    Rule.LOW_BATTERY: 3,
    Rule.TAMPER: 3,
    Rule.DOOR_STUCK: 3,
}
# Faults of a device, not of a life: they have a lane of their own.
DEVICE_RULES = frozenset({Rule.DEVICE_SILENT, Rule.LOW_BATTERY, Rule.TAMPER, Rule.DOOR_STUCK})
RAISE, CLEAR = "raise", "clear"


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: a code that ``wording`` knows, and the values in it."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Write it for a column."""
        return {"code": self.code, "values": dict(self.values)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Why":
        """Read it from a column."""
        return cls(code=raw["code"], values=raw.get("values", {}))


@dataclass(frozen=True, slots=True)
class Signal:
    """Something begins to be wrong at a place, or is over."""

    rule: Rule
    priority: int
    place: str
    at: datetime
    kind: str
    why: Why


def raised(rule: Rule, place: str, at: int, code: str = "", **values: Any) -> Signal:
    """Say that something is wrong, from a second on."""
    return _signal(rule, place, at, RAISE, Why(code or str(rule), values))


def cleared(rule: Rule, place: str, at: int, code: str = "over", **values: Any) -> Signal:
    """Say that it is over."""
    return _signal(rule, place, at, CLEAR, Why(code, values))


def _signal(rule: Rule, place: str, at: int, kind: str, why: Why) -> Signal:
    return Signal(rule, PRIORITIES[rule], place, datetime.fromtimestamp(at, UTC), kind, why)
