"""Words of the catalogue."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from care_beds.catalogue.rules import Group, Unit, Vital

GROUP_NAMES: Mapping[str, Any] = {
    Group.MEALS: _l("Help with meals"),
    Group.BATHING: _l("Help with bathing"),
    Group.CLEANING: _l("Help with cleaning"),
    Group.WALKING: _l("Help with going out"),
    Group.MEDICAL: _l("Help with doctors and medicine"),
    Group.URGENT: _l("Urgent help"),
    Group.REHABILITATION: _l("Rehabilitation"),
    Group.NURSING: _l("Nursing"),
    Group.COMPANY: _l("Company and checking in"),
}
UNIT_NAMES: Mapping[str, Any] = {Unit.HOUR: _l("an hour"), Unit.VISIT: _l("a visit")}
VITAL_NAMES: Mapping[str, Any] = {
    Vital.BLOOD_PRESSURE: _l("Blood pressure"),
    Vital.PULSE: _l("Pulse"),
    Vital.TEMPERATURE: _l("Temperature"),
    Vital.BLOOD_SUGAR: _l("Blood sugar"),
    Vital.OXYGEN: _l("Oxygen in the blood"),
}
PURPOSE_NAMES: Mapping[str, Any] = {
    "home_help": _l("home help"),
    "bathing": _l("bathing help"),
    "nursing": _l("nursing care"),
    "rehabilitation": _l("rehabilitation"),
}
