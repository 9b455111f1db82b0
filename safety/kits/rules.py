"""Who may have a kit and who pays for it, and how well a device is. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.areas.rules import is_within

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Whose kit the public purse pays for; a part that is not asked is nothing or false."""

    age_from: int
    hukou: str | None
    lives_alone: bool
    kin_elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KitTerms:
    """What holds for kits in a place on a day."""

    policy_id: int
    age_from: int
    paid: Paid
    kit: tuple[str, ...]
    test_minutes: int
    types: Mapping[str, DeviceType]


class Unfit(StrEnum):
    """Why a kit, or a kit for which the public purse pays, is not for somebody."""

    AGE = "age"
    PAID_AGE = "paid_age"
    PAID_HUKOU = "paid_hukou"
    PAID_ALONE = "paid_alone"
    PAID_KIN = "paid_kin"


class Lack(StrEnum):
    """What a home needs before it can be watched over."""

    DEVICE = "device"
    TEST = "test"
    CONTACT = "contact"
    ADDRESS = "address"


def list_unfit(
    terms: KitTerms, *, payer: str, age: int, hukou_area: str, lives_alone: bool, kin_near: bool
) -> list[Unfit]:
    """Return what speaks against a kit for somebody; for those who pay themselves only their age."""
    if age < terms.age_from:
        return [Unfit.AGE]
    if payer != "public":
        return []
    asked = terms.paid
    found = (
        (Unfit.PAID_AGE, age < asked.age_from),
        (Unfit.PAID_HUKOU, asked.hukou is not None and not is_within(hukou_area, asked.hukou)),
        (Unfit.PAID_ALONE, asked.lives_alone and not lives_alone),
        (Unfit.PAID_KIN, asked.kin_elsewhere and kin_near),
    )
    return [unfit for unfit, is_so in found if is_so]


def list_lacks(
    kit: Iterable[str], *, devices: Iterable[tuple[str, bool, bool]], has_contact: bool, has_address: bool
) -> list[tuple[Lack, str]]:
    """Return what a home needs before it can be watched over, each with the type of device it is about.

    :param devices: the type of each device, whether it is installed, and whether it was heard in a test
    """
    there = list(devices)
    installed = {kind for kind, is_installed, _is_tested in there if is_installed}
    found = [(Lack.DEVICE, kind) for kind in kit if kind not in installed]
    found += [(Lack.TEST, kind) for kind, is_installed, is_tested in there if is_installed and not is_tested]
    if not has_address:
        found.append((Lack.ADDRESS, ""))
    if not has_contact:
        found.append((Lack.CONTACT, ""))
    return found
