"""Deliveries in words: states, places, receivers, what went wrong, who fetched, and why the way was paid or not."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from meals.deliveries.wording import fee_words
from meals.page_words import Chip, pick

STATE_CHIPS: Mapping[str, Chip] = {
    "ordered": Chip("info", "clock", _l("Ordered")),
    "out": Chip("warn", "next", _l("On its way")),
    "handed": Chip("ok", "ok", _l("Handed over")),
    "returned": Chip("danger", "undo", _l("Brought back")),
    "undone": Chip("", "undo", _l("Undone")),
    "cancelled": Chip("", "stop", _l("Cancelled")),
}
SOURCE_NAMES: Mapping[str, Any] = {"counter": _l("At the counter"), "family": _l("By the family")}
PLACE_NAMES: Mapping[str, Any] = {
    "home": _l("Inside the home"),
    "door": _l("At the door"),
    "gate": _l("At the gate of the compound"),
    "neighbour": _l("At the neighbour's"),
    "community": _l("At the community office"),
}
RECEIVER_NAMES: Mapping[str, Any] = {
    "self": _l("The guest"),
    "family": _l("Family"),
    "carer": _l("Carer"),
    "neighbour": _l("Neighbour"),
    "community": _l("Community worker"),
}
TROUBLE_NAMES: Mapping[str, Any] = {
    "not_home": _l("Not at home"),
    "no_answer": _l("At home, does not open"),
    "refused": _l("Does not want it"),
    "wrong_address": _l("The address is wrong"),
    "unwell": _l("Is not well"),
    "other": _l("Something else"),
}
OUTCOME_NAMES: Mapping[str, Any] = {"later": _l("Tried again later"), "returned": _l("Brought back, sale undone")}
RELATION_NAMES: Mapping[str, Any] = {
    "spouse": _l("Husband or wife"),
    "child": _l("Son or daughter"),
    "relative": _l("Another relative"),
    "neighbour": _l("Neighbour"),
    "carer": _l("Carer"),
    "community": _l("Community worker"),
    "staff": _l("Staff of the canteen"),
    "other": _l("Somebody else"),
}
FETCH_REASON_NAMES: Mapping[str, Any] = {
    "unwell": _l("Is not well"),
    "hard_to_walk": _l("Walks with difficulty"),
    "weather": _l("Bad weather"),
    "busy": _l("Has no time"),
    "other": _l("Something else"),
}
CANCEL_REASONS: Mapping[str, Any] = {
    "family": _l("Cancelled by the family"),
    "guest": _l("The guest does not want it"),
    "kitchen": _l("The kitchen cannot make it"),
    "mistake": _l("Ordered by mistake"),
    "away": _l("Nobody is at home any more"),
}


def tell_fee(why: Mapping[str, Any] | None, fee_fen: int) -> str:
    """Say what the public pays for a way, and why so much or nothing; nothing is said before the meal was taken."""
    return str(pick(fee_words(why, fee_fen).as_json())) if why else ""
