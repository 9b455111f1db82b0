"""The words and pictures of the desk: what an alert is called, where, how it stands, how long something took."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from safety.alerts.rules import State
from safety.judging.wording import say
from safety.judging.words import RULE_NAMES as JUDGED_NAMES
from safety.kits.page_words import KIND_NAMES, PLACE_NAMES

RULE_NAMES: Mapping[str, Any] = {
    "sos": _l("Pressed for help"),
    "smoke": _l("Smoke"),
    "gas": _l("Gas"),
    "flood": _l("Water on the floor"),
    "fall": _l("A fall"),
    "quiet": _l("Quieter than usual"),
    "bathroom": _l("Long in the bathroom"),
    "door_open": _l("Door left open"),
    "door_night": _l("Door opened at night"),
    "not_home": _l("Not come home"),
    "water_stopped": _l("No water used"),
    "water_running": _l("Water keeps running"),
    "no_meal": _l("No meal and no movement"),
    "device_silent": _l("Device is silent"),
    "low_battery": _l("Battery is low"),
    "tamper": _l("Device was opened"),
    "door_stuck": _l("Door sensor is stuck"),
    "gateway_silent": _l("Gateway is silent"),
    "unknown_call": _l("Somebody calls, unknown where"),
}
RULE_ICONS: Mapping[str, str] = {
    "sos": "sos",
    "smoke": "warn",
    "gas": "warn",
    "flood": "drop",
    "fall": "person",
    "quiet": "clock",
    "bathroom": "bath",
    "door_open": "door",
    "door_night": "door",
    "not_home": "home",
    "water_stopped": "drop",
    "water_running": "drop",
    "no_meal": "bowl",
    "device_silent": "offline",
    "low_battery": "battery",
    "tamper": "warn",
    "door_stuck": "door",
    "gateway_silent": "offline",
    "unknown_call": "sos",
}
# What people did, beside what they wrote down; a note of its own needs no name.
NOTE_NAMES: Mapping[str, Any] = {
    "released": _l("gave the alert back"),
    "handed_over": _l("handed the alert over"),
    "shelved": _l("shelved the alert"),
    "attended": _l("wrote down who is there"),
    "followed_up": _l("asked how they are"),
    "step_left_out": _l("left a step out"),
    "shelf_over": _l("the shelf time is over"),
    "idle": _l("taken, and nothing was done"),
    "plain": _l("something about this home could not be worked out, raised all the same"),
    "unanswered": _l("everybody was asked and nobody has answered, the district was told"),
    "family_there": _l("is there, of the family"),
    "family_coming": _l("is on the way, of the family"),
}
PRIORITY_NAMES: Mapping[int, Any] = {1: _l("Priority 1"), 2: _l("Priority 2"), 3: _l("Devices")}


@dataclass(frozen=True, slots=True)
class Chip:
    """A state as colour, picture and word together."""

    state: str
    icon: str
    word: Any
    solid: bool = False


def rule_name(rule: str) -> str:
    """Name what an alert is about; a rule that a bureau made keeps its own name."""
    return str(RULE_NAMES.get(rule) or JUDGED_NAMES.get(rule, rule))


def rule_icon(rule: str) -> str:
    """Return the picture of a rule."""
    return RULE_ICONS.get(rule, "bell")


def place_name(place: str) -> str:
    """Name a place at home; one that a family named keeps its own name."""
    return str(PLACE_NAMES.get(place, place)) if place else str(_("at home"))


def heard_words(kind: str, place: str, state: str) -> str:
    """Say what the home told of at one moment."""
    if kind == "door":
        return str(_("Front door closed") if state == "closed" else _("Front door opened"))
    where = place_name(place)
    if kind == "motion":
        return str(_("%(place)s: somebody moved", place=where))
    return str(_(": ")).join([where, str(KIND_NAMES.get(kind, kind))])


def explain(why: Mapping[str, Any] | None) -> str:
    """Say why a signal was given, in the words of the judgement; nothing where it says no more than its name."""
    if not why or not why.get("values"):
        return ""
    return say(why)


def chip_of(state: str, priority: int) -> Chip:
    """Return how an alert stands in the list."""
    if state == State.SHELVED:
        return Chip("info", "clock", _l("Shelved"))
    if state == State.CLEARED_UNSEEN:
        return Chip("info", "info", _l("Over, not looked at"))
    if state == State.CLOSED:
        return Chip("ok", "ok", _l("Alert closed"))
    kinds = {1: ("danger", "bell", True), 2: ("warn", "warn", False)}
    colour, icon, is_solid = kinds.get(priority, ("info", "info", False))
    return Chip(colour, icon, PRIORITY_NAMES.get(priority, PRIORITY_NAMES[3]), is_solid)


def span_words(minutes: int) -> str:
    """Write a span of time in hours and minutes: 3 小时 20 分; 3 h 20 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(_("%(minutes)s min", minutes=rest))
    return str(_("%(hours)s h %(minutes)s min", hours=hours, minutes=rest))


def seconds_words(seconds: int) -> str:
    """Write how long an answer took: 37 秒; 2 分 05 秒."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return str(_("%(seconds)s s", seconds=rest))
    return str(_("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=f"{rest:02}"))
