"""Visits at the door in words: why nobody could confirm, why a sticker went, what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from care_beds.catalogue.rules import Vital
from care_beds.rounds.rules import CannotReason

CANNOT_NAMES: Mapping[str, Any] = {
    CannotReason.NO_PHONE: _l("Nobody at home has a phone for it"),
    CannotReason.ASLEEP: _l("The senior is asleep"),
    CannotReason.UNWELL: _l("The senior is not well enough"),
    CannotReason.NOT_REACHED: _l("The family does not answer"),
    CannotReason.WOULD_NOT: _l("They do not want to confirm"),
    CannotReason.OTHER: _l("Something else"),
}
REVOKE_NAMES: Mapping[str, Any] = {
    "lost": _l("Lost or torn"),
    "copied": _l("Seen elsewhere, perhaps copied"),
    "moved": _l("The bed stands elsewhere now"),
    "replaced": _l("Replaced by another"),
}
# What a person chooses; a new sticker replaces the one before by itself.
REVOKE_REASONS = ("lost", "copied", "moved")
NO_FIX_NAMES: Mapping[str, Any] = {
    "refused": _l("The phone was told not to say"),
    "off": _l("The phone tells no location"),
    "not_found": _l("The phone did not find it"),
    "too_slow": _l("The phone took too long"),
    "not_asked": _l("Nobody asked the phone"),
}
HOW_NAMES: Mapping[str, Any] = {
    "tap": _l("On the family's own page"),
    "code": _l("With the family's code"),
    "cannot": _l("Nobody could confirm"),
    "lapse": _l("Nobody objected in time"),
}
CONDITION_NAMES: Mapping[str, Any] = {"same": _l("As last time"), "worse": _l("Not so well")}
LATE_NAMES: Mapping[str, Any] = {
    "cancelled": _l("It had been cancelled"),
    "covered": _l("It had been given to somebody else"),
    "given_up": _l("It had been written down as missed"),
    "time_taken": _l("Its time belonged to another visit"),
    "closed": _l("It had been ended without a check-out"),
}
STATE_NAMES: Mapping[str, Any] = {
    "open": _l("Being looked into"),
    "upheld": _l("The family was right"),
    "rejected": _l("The visit stands"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that may be measured: its bounds are those of a living person, so that a slip of the finger is seen."""

    name: str
    label: Any
    unit: str
    least: float
    most: float
    step: str


MEASURES: Mapping[str, Sequence[Measure]] = {
    Vital.BLOOD_PRESSURE: (
        Measure("systolic", _l("Upper blood pressure"), "mmHg", 50, 280, "1"),
        Measure("diastolic", _l("Lower blood pressure"), "mmHg", 30, 180, "1"),
    ),
    Vital.PULSE: (Measure("pulse", _l("Pulse"), "/min", 20, 250, "1"),),
    Vital.TEMPERATURE: (Measure("temperature", _l("Temperature"), "°C", 30, 43, "0.1"),),
    Vital.BLOOD_SUGAR: (Measure("blood_sugar", _l("Blood sugar"), "mmol/L", 0.5, 40, "0.1"),),
    Vital.OXYGEN: (Measure("oxygen", _l("Oxygen in the blood"), "%", 50, 100, "1"),),
}
ALL_MEASURES: Sequence[Measure] = tuple(each for found in MEASURES.values() for each in found)
MEASURE_LABELS: Mapping[str, Any] = {each.name: each.label for each in ALL_MEASURES}


def measures_of(vitals: Sequence[str]) -> Sequence[Measure]:
    """Return what may be measured at a visit: what its service asks for, or anything where it asks for nothing."""
    return tuple(each for vital in vitals for each in MEASURES[vital]) or ALL_MEASURES


def list_vitals(vitals: Mapping[str, Any] | None) -> Sequence[tuple[Any, Markup]]:
    """Write down what was measured: names and values with their units; blood pressure as one."""
    given = dict(vitals or {})
    found: list[tuple[Any, Markup]] = []
    if "systolic" in given and "diastolic" in given:
        both = f"{given.pop('systolic'):g}/{given.pop('diastolic'):g}"
        found.append((_l("Blood pressure"), _with_unit(both, "mmHg")))
    found += [
        (each.label, _with_unit(f"{given[each.name]:g}", each.unit)) for each in ALL_MEASURES if each.name in given
    ]
    return found


def _with_unit(value: str, unit: str) -> Markup:
    return Markup('{} <span lang="en">{}</span>').format(value, unit)
