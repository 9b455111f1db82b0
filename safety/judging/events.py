"""What a home tells: events as the contract writes them, read and checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KINDS = (
    "motion",
    "door",
    "contact",
    "bed",
    "seat",
    "appliance",
    "flush",
    "sos",
    "smoke",
    "gas",
    "water",
    "fall",
    "heartbeat",
    "battery",
    "tamper",
    "green_key",
    "end",
)
# What says "it began": a sensor's own words differ from make to make.
ON = frozenset(
    {
        "on",
        "open",
        "opened",
        "true",
        "1",
        "active",
        "detected",
        "occupied",
        "pressed",
        "alarm",
        "start",
        "motion",
        "yes",
    }
    | {"press", "single", "triggered", "leak", "wet", "in", "present", "run", "running", "fall", "flush", "low", "used"}
)
OFF = frozenset(
    {"off", "close", "closed", "false", "0", "inactive", "clear", "cleared", "ok", "normal", "idle", "no", "end"}
    | {"stop", "stopped", "none", "empty", "free", "released", "vacant", "out", "absent", "dry", "cancel", "cancelled"}
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a device told, at the device's own time."""

    at: datetime
    device: str
    kind: str
    place: str = ""
    state: str = ""
    value: float | None = None
    id: str = ""

    @property
    def is_on(self) -> bool:
        """Say whether it tells of a beginning: an opened door, motion, somebody on the seat."""
        return self.state not in OFF


class EventFaults(ValueError):
    """An event that cannot be taken; ``faults`` names each field with a word for what is wrong with it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {fault}" for field, fault in faults.items()))
        self.faults = dict(faults)


LONGEST = {"device": 100, "place": 60, "state": 40, "id": 100}


def parse_event(raw: Any) -> Event:
    """Read an event as the contract writes it.

    :raises EventFaults: with every field that is missing, unknown or of the wrong sort
    """
    if not isinstance(raw, Mapping):
        raise EventFaults({"event": "not_an_object"})
    faults: dict[str, str] = {}
    at = _read_moment(raw.get("at"), faults)
    words = {name: _read_word(raw, name, faults) for name in ("device", "kind", "place", "state", "id")}
    kind = words["kind"].lower()
    if kind and kind not in KINDS:
        faults["kind"] = "unknown"
    if not kind:
        faults.setdefault("kind", "missing")
    if not words["device"] and kind != "end":
        faults.setdefault("device", "missing")
    value = _read_value(raw.get("value"), faults)
    if faults or at is None:
        raise EventFaults(faults)
    return Event(
        at=at,
        device=words["device"],
        kind=kind,
        place=words["place"].strip().lower(),
        state=words["state"].strip().lower(),
        value=value,
        id=words["id"],
    )


def _read_moment(raw: Any, faults: dict[str, str]) -> datetime | None:
    if raw is None or raw == "":
        faults["at"] = "missing"
        return None
    try:
        moment = datetime.fromisoformat(raw)
        aware = moment.utcoffset() is not None
        moment.timestamp() if aware else None
    except (TypeError, ValueError, OverflowError):
        faults["at"] = "no_moment"
        return None
    if not aware:
        faults["at"] = "no_zone"
        return None
    return moment


def _read_word(raw: Mapping[str, Any], name: str, faults: dict[str, str]) -> str:
    given = raw.get(name)
    if isinstance(given, bool):
        given = "on" if given else "off"
    if isinstance(given, int | float):
        given = str(given)
    if given is None:
        return ""
    if not isinstance(given, str):
        faults[name] = "not_text"
        return ""
    if len(given) > LONGEST.get(name, 40):
        faults[name] = "too_long"
        return ""
    if "\x00" in given:
        faults[name] = "not_text"
        return ""
    return given


def _read_value(raw: Any, faults: dict[str, str]) -> float | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) <= 1e12:
        faults["value"] = "no_number"
        return None
    return float(raw)
