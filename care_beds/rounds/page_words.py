"""What the pages of visits say besides their templates: states with their chips, and names of reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from care_beds.rounds.words import HOW_NAMES, STATE_NAMES
from care_beds.visits.telling import MISSED_NAMES


@dataclass(frozen=True, slots=True)
class Chip:
    """A state with its colour, icon and word."""

    state: str
    icon: str
    word: Any


CHIPS: Mapping[str, Chip] = {
    "planned": Chip("info", "clock", _l("To come")),
    "started": Chip("warn", "clock", _l("The carer is there")),
    "finished": Chip("gold", "pen", _l("Please confirm")),
    "confirmed": Chip("ok", "ok", _l("Confirmed")),
    "missed": Chip("danger", "warn", _l("Nobody came")),
    "cancelled": Chip("", "stop", _l("Cancelled")),
}
PICTURE_NAMES: Mapping[str, Any] = {"check_in": _l("On coming"), "check_out": _l("On leaving")}
WORDS: Mapping[str, Any] = {
    "chips": CHIPS,
    "how_names": HOW_NAMES,
    "objection_names": STATE_NAMES,
    "missed_names": MISSED_NAMES,
    "picture_names": PICTURE_NAMES,
}
