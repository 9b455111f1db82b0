"""Who may have a kit and who pays for it, and how well a device is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# What devices may tell. Nothing here is a picture or a sound (杭民发〔2023〕35号).
EVENT_KINDS = (
    "sos",
    "green_key",
    "smoke",
    "gas",
    "water",
    "fall",
    "motion",
    "door",
    "contact",
    "bed",
    "seat",
    "appliance",
    "flush",
    "heartbeat",
    "battery",
    "tamper",
    "end",
)
BATTERY_CLASSES = ("mains", "battery", "rechargeable")
# A heartbeat may be late by half before anybody is bothered, and three of them may be lost.
SILENT_AFTER = 3.5


class HomeState(StrEnum):
    """Where a home with a kit stands."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


class DeviceState(StrEnum):
    """Where a device is."""

    STOCKED = "stocked"
    INSTALLED = "installed"
    RETURNED = "returned"
    LOST = "lost"


class Health(StrEnum):
    """How well a device is, worst first."""

    SILENT = "silent"
    NEVER_HEARD = "never_heard"
    LOW_BATTERY = "low_battery"
    WELL = "well"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceType:
    """A kind of device as a document names it."""

    code: str
    title: Mapping[str, str]
    kinds: tuple[str, ...]
    heartbeat_seconds: int
    battery: str
    low_battery: int = 20


@dataclass(frozen=True, slots=True)
class DeviceRef:
    """A device as those who take its events need it."""

    id: int
    ref: str
    gateway_id: int
    home_id: int | None
    type: str
    place: str
    state: str
    is_testing: bool


def judge_health(
    kind: DeviceType | None, *, now: datetime, received_at: datetime | None, battery: int | None
) -> Health:
    """Say how well an installed device is by what was last heard of it; of an unknown type only whether it was."""
    if received_at is None:
        return Health.NEVER_HEARD
    if kind and now - received_at > timedelta(seconds=kind.heartbeat_seconds * SILENT_AFTER):
        return Health.SILENT
    if kind and battery is not None and battery < kind.low_battery:
        return Health.LOW_BATTERY
    return Health.WELL
