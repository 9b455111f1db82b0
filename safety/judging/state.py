"""What is kept of a home between two events: small enough to be one row that is rewritten with each batch. Pure."""

from collections.abc import Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, field, fields
from typing import Any

from safety.judging.devices import Devices, Heard
from safety.judging.doors import Doors
from safety.judging.lunches import Lunch
from safety.judging.presence import Presence
from safety.judging.stays import Stay
from safety.judging.water import Water


@dataclass(slots=True)
class Quiet:
    """An alarm of quiet that stands: ``rule`` is empty while there is none; ``count`` how many there ever were."""

    rule: str = ""
    place: str = ""
    count: int = 0


@dataclass(slots=True)
class HomeState:
    """A home: where somebody was last seen, what stands open, which devices speak. Times are seconds since 1970."""

    clock: int = 0
    presence: Presence = field(default_factory=Presence)
    quiet: Quiet = field(default_factory=Quiet)
    stay: Stay = field(default_factory=Stay)
    doors: Doors = field(default_factory=Doors)
    water: Water = field(default_factory=Water)
    lunch: Lunch = field(default_factory=Lunch)
    devices: Devices = field(default_factory=dict)
    falls: dict[str, int] = field(default_factory=dict)
    hazards: list[str] = field(default_factory=list)

    def copy(self) -> "HomeState":
        """Return a state that can be changed without changing this one."""
        return deepcopy(self)

    def to_json(self) -> dict[str, Any]:
        """Write it for a column; what is as at the beginning is left out."""
        written = {
            "clock": self.clock,
            "falls": self.falls,
            "hazards": self.hazards,
            "devices": {
                name: [each.at, each.beat_at, each.beat, each.place, each.faults] for name, each in self.devices.items()
            },
        }
        for name, fresh in FRESH.items():
            part = getattr(self, name)
            written[name] = {key: copy(value) for key, first in fresh if (value := getattr(part, key)) != first}
        return {key: value for key, value in written.items() if value}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any] | None) -> "HomeState":
        """Read it from a column."""
        raw = raw or {}
        parts: dict[str, Any] = {name: kind(**raw.get(name, {})) for name, kind in PARTS.items()}
        devices = {name: Heard(*values) for name, values in raw.get("devices", {}).items()}
        return cls(
            clock=raw.get("clock", 0),
            devices=devices,
            falls=dict(raw.get("falls", {})),
            hazards=list(raw.get("hazards", [])),
            **parts,
        )


PARTS: Mapping[str, Any] = {
    "presence": Presence,
    "quiet": Quiet,
    "stay": Stay,
    "doors": Doors,
    "water": Water,
    "lunch": Lunch,
}
# Thousands of homes are written a second: what a fresh part holds is worked out once.
FRESH = {name: [(each.name, getattr(kind(), each.name)) for each in fields(kind)] for name, kind in PARTS.items()}
