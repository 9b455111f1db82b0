"""Words for what kits keep as codes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from safety.kits.rules import DeviceState, Health, HomeState, Lack, Unfit


class Chip(NamedTuple):
    """A state as shown: colour, icon and word together."""

    state: str
    icon: str
    word: Any


KIND_NAMES: Mapping[str, Any] = {
    "sos": _l("call for help"),
    "green_key": _l("wish for a service"),
    "smoke": _l("smoke"),
    "gas": _l("gas"),
    "water": _l("water where none should be"),
    "fall": _l("fall"),
    "motion": _l("motion"),
    "door": _l("door of the home"),
    "contact": _l("door of a room or cupboard"),
    "bed": _l("in bed"),
    "seat": _l("on a seat"),
    "appliance": _l("appliance in use"),
    "flush": _l("water used"),
    "heartbeat": _l("sign of life"),
    "battery": _l("battery"),
    "tamper": _l("tampering"),
    "end": _l("end of a recording"),
}
BATTERY_NAMES: Mapping[str, Any] = {
    "mains": _l("mains"),
    "battery": _l("battery"),
    "rechargeable": _l("charged by hand"),
}
PLACE_NAMES: Mapping[str, Any] = {
    "bedroom": _l("Bedroom"),
    "living": _l("Living room"),
    "kitchen": _l("The kitchen"),
    "bathroom": _l("Bathroom"),
    "toilet": _l("Toilet"),
    "hall": _l("Hall"),
    "entrance": _l("Front door"),
    "balcony": _l("Balcony"),
    "bed": _l("Beside the bed"),
    "body": _l("Worn on the body"),
    "other": _l("Elsewhere"),
}
HOME_CHIPS: Mapping[str, Chip] = {
    HomeState.PENDING: Chip("warn", "clock", _l("being set up")),
    HomeState.ACTIVE: Chip("ok", "ok", _l("watched over")),
    HomeState.ENDED: Chip("", "undo", _l("ended")),
}
DEVICE_CHIPS: Mapping[str, Chip] = {
    DeviceState.STOCKED: Chip("", "receipt", _l("in stock")),
    DeviceState.INSTALLED: Chip("ok", "check", _l("installed")),
    DeviceState.RETURNED: Chip("", "undo", _l("returned")),
    DeviceState.LOST: Chip("danger", "stop", _l("lost")),
}
HEALTH_CHIPS: Mapping[str, Chip] = {
    Health.SILENT: Chip("danger", "offline", _l("silent")),
    Health.NEVER_HEARD: Chip("warn", "warn", _l("never heard")),
    Health.LOW_BATTERY: Chip("warn", "battery", _l("battery low")),
    Health.WELL: Chip("ok", "ok", _l("well")),
}
PAYER_NAMES: Mapping[str, Any] = {"public": _l("The public purse"), "own": _l("Oneself")}
AGREED_NAMES: Mapping[str, Any] = {"senior": _l("The senior"), "guardian": _l("The guardian")}
AWAY_NAMES: Mapping[str, Any] = {
    "visit": _l("With the children"),
    "hospital": _l("In hospital"),
    "holiday": _l("On a journey"),
    "other": _l("Elsewhere"),
}
CONTACT_NAMES: Mapping[str, Any] = {
    "contact": _l("Relative or friend"),
    "neighbour": _l("Neighbour"),
    "grid_worker": _l("Grid worker"),
}
UNFIT_NAMES: Mapping[str, Any] = {
    Unfit.AGE: _l("A kit is for people aged %(age)s and over."),
    Unfit.PAID_AGE: _l("The public purse pays from the age of %(paid_age)s on."),
    Unfit.PAID_HUKOU: _l("The public purse pays for people with a hukou of the city."),
    Unfit.PAID_ALONE: _l("The public purse pays for people who live alone."),
    Unfit.PAID_KIN: _l("The public purse pays where no spouse or child lives in the same district."),
}
LACK_NAMES: Mapping[str, Any] = {
    Lack.DEVICE: _l("%(device)s is not installed"),
    Lack.TEST: _l("%(device)s was not heard in a test call"),
    Lack.CONTACT: _l("Nobody is on the list to be called"),
    Lack.ADDRESS: _l("The address is not written down"),
}
STEP_NAMES: Mapping[str, Any] = {
    "applied": _l("Applied for"),
    "stocked": _l("Taken into stock"),
    "assigned": _l("Assigned to the home"),
    "unassigned": _l("Taken off the home's list"),
    "installed": _l("Installed"),
    "test_begun": _l("Test begun"),
    "test_call": _l("Test call heard"),
    "started": _l("Watched over from now on"),
    "moved": _l("Moved"),
    "returned": _l("Returned"),
    "lost": _l("Lost"),
    "changed": _l("Changed"),
    "away": _l("Set as away"),
    "back": _l("Back home"),
    "ended": _l("Home ended"),
}
SETTING_CHIPS: Mapping[str, Chip] = {
    "submitted": Chip("warn", "clock", _l("waits for a second person")),
    "approved": Chip("ok", "ok", _l("agreed to")),
    "rejected": Chip("", "stop", _l("sent back")),
}

WORDS: Mapping[str, Any] = {
    "kind_names": KIND_NAMES,
    "place_names": PLACE_NAMES,
    "home_chips": HOME_CHIPS,
    "device_chips": DEVICE_CHIPS,
    "health_chips": HEALTH_CHIPS,
    "payer_names": PAYER_NAMES,
    "agreed_names": AGREED_NAMES,
    "away_names": AWAY_NAMES,
    "contact_names": CONTACT_NAMES,
    "step_names": STEP_NAMES,
    "setting_chips": SETTING_CHIPS,
}
