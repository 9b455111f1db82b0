"""What a carer does at home, as the catalogue of a place says: pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """The six helps, and what goes beyond them."""

    MEALS = "meals"
    BATHING = "bathing"
    CLEANING = "cleaning"
    WALKING = "walking"
    MEDICAL = "medical"
    URGENT = "urgent"
    REHABILITATION = "rehabilitation"
    NURSING = "nursing"
    COMPANY = "company"


class Unit(StrEnum):
    """What a price is for."""

    HOUR = "hour"
    VISIT = "visit"


class Vital(StrEnum):
    """What may be measured."""

    BLOOD_PRESSURE = "blood_pressure"
    PULSE = "pulse"
    TEMPERATURE = "temperature"
    BLOOD_SUGAR = "blood_sugar"
    OXYGEN = "oxygen"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is ticked when it was done."""

    code: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CareService:
    """A service: how long it usually takes, what it costs, which points may pay for it, what belongs to it."""

    code: str
    name: Mapping[str, str]
    group: Group
    unit: Unit
    minutes: int
    price_fen: int
    purpose: str
    items: Sequence[Item]
    vitals: Sequence[Vital] = ()

    def price_of(self, minutes: int) -> int:
        """Return the price of so many minutes, part of an hour by the minute, rounded down to a fen."""
        return self.price_fen if self.unit is Unit.VISIT else self.price_fen * minutes // 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The services of a place by code, in the document's order, and which document says so."""

    document_id: int
    services: Mapping[str, CareService]

    def find(self, code: str) -> CareService | None:
        """Return a service, or nothing."""
        return self.services.get(code)
