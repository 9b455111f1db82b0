"""The words of alerts: steps, states, results, and why a step was left out."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from safety.alerts.ladders import Means, Rung, Skipped, Tells
from safety.alerts.rules import Lane, Ring, State
from safety.alerts.terms import Group, Moment

STATE_NAMES: Mapping[str, Any] = {
    State.RAISED: _l("Nobody has answered yet"),
    State.ACKNOWLEDGED: _l("In hand"),
    State.CLEARED_UNSEEN: _l("Over by itself, not looked at"),
    State.SHELVED: _l("Shelved"),
    State.CLOSED: _l("Alert closed"),
}
LANE_NAMES: Mapping[str, Any] = {Lane.LIFE: _l("Person"), Lane.DEVICE: _l("Device")}
RUNG_NAMES: Mapping[str, Any] = {
    Rung.CALLBACK: _l("Automatic call back"),
    Rung.OPERATOR: _l("Operator at the desk"),
    Rung.CONTACT: _l("Contact"),
    Rung.NEIGHBOUR: _l("Neighbour"),
    Rung.GRID_WORKER: _l("Grid worker"),
    Rung.STREET: _l("Street on duty"),
    Rung.AMBULANCE: _l("Ambulance 120"),
    Rung.FIRE: _l("Fire brigade 119"),
    Rung.POLICE: _l("Police 110"),
}
TELLS_NAMES: Mapping[str, Any] = {
    Tells.UNANSWERED: _l("if nobody has answered"),
    Tells.ALWAYS: _l("in any case"),
    Tells.NEVER: _l("not by itself"),
}
MEANS_NAMES: Mapping[str, Any] = {
    Means.COMING: _l("somebody is on the way"),
    Means.WELL: _l("all is well"),
    Means.HELP: _l("help is needed"),
    Means.NONE: _l("nobody was reached"),
    Means.TOLD: _l("was told"),
}
SKIPPED_NAMES: Mapping[str, Any] = {
    Skipped.NOBODY: _l("nobody is named"),
    Skipped.OFF_DUTY: _l("nobody is on duty"),
    Skipped.TAKEN: _l("somebody has taken the alert"),
    Skipped.ATTENDED: _l("somebody is there"),
    Skipped.OPERATOR: _l("left out by the operator"),
    Skipped.CLEARED: _l("it is over"),
    Skipped.CLOSED: _l("the alert is closed"),
    Skipped.REPLACED: _l("a more urgent ladder took over"),
}
RING_NAMES: Mapping[str, Any] = {
    Ring.NEW: _l("new"),
    Ring.WORSE: _l("became worse"),
    Ring.AGAIN: _l("began again"),
    Ring.IDLE: _l("taken, and nothing done"),
    Ring.RELEASED: _l("given back to the desk"),
    Ring.UNSHELVED: _l("shelf time is over"),
}
GROUP_NAMES: Mapping[str, Any] = {
    Group.RESCUED: _l("rescued"),
    Group.HELPED: _l("helped"),
    Group.WELL: _l("all is well"),
    Group.FALSE_ALARM: _l("False alarm"),
    Group.DEVICE: _l("Device"),
    Group.TEST: _l("test"),
}
MOMENT_NAMES: Mapping[str, Any] = {
    Moment.RAISED: _l("that it was raised"),
    Moment.ATTENDED: _l("that somebody is there"),
    Moment.CLOSED: _l("how it ended"),
}
PART_NAMES: Mapping[str, Any] = {
    "scheduler": _l("The scheduler"),
    "keeper": _l("The keeper of alerts"),
    "listener": _l("The listener at the broker"),
    "sweep": _l("The round over all homes"),
    "opening": _l("The opening of alerts for some homes"),
}
LADDER_NAMES: Mapping[str, Any] = {
    "fire": _l("Fire and gas"),
    "danger": _l("Danger to life"),
    "look": _l("Somebody should look"),
}


def rung_name(rung: str, nth: int = 1) -> str:
    """Name whom a step asks; of several contacts, which."""
    if rung == Rung.CONTACT:
        return str(gettext("Contact %(n)s", n=nth))
    if rung == Rung.NEIGHBOUR and nth > 1:
        return str(gettext("Neighbour %(n)s", n=nth))
    return str(RUNG_NAMES[rung])


def ladder_name(name: str) -> str:
    """Name a ladder; one that a bureau made keeps its own name."""
    return str(LADDER_NAMES.get(name, name))


def part_name(name: str) -> str:
    """Name a part of the product."""
    return str(PART_NAMES.get(name, name))


# What happened, for a sentence; whatever else is heard is an alarm all the same.
ALARM_NAMES: Mapping[str, Any] = {
    "sos": _l("pressed for help"),
    "smoke": _l("smoke alarm"),
    "gas": _l("gas alarm"),
    "flood": _l("water on the floor"),
    "fall": _l("a fall"),
    "quiet": _l("no movement for long"),
    "bathroom": _l("long in the bathroom"),
    "door_night": _l("the door opened at night"),
    "door_open": _l("the door stands open"),
    "not_home": _l("not come home"),
    "water_stopped": _l("no water used for long"),
    "water_running": _l("water runs without end"),
    "no_meal": _l("no meal and no movement"),
    "gateway_silent": _l("a gateway gives no sign of life"),
    "unknown_call": _l("somebody calls for help, unknown where"),
}


def alarm_name(rule: str) -> str:
    """Say in two words what happened."""
    return str(ALARM_NAMES.get(rule, _l("something is not as usual")))


# What was done with an alert, for its story; what is only written down has its own words.
NOTE_NAMES: Mapping[str, Any] = {
    "taken": _l("took the alert"),
    "released": _l("gave it back"),
    "handed_over": _l("handed it over"),
    "shelved": _l("shelved it"),
    "shelf_over": _l("Shelf time is over, it is back"),
    "idle": _l("Nothing was done, it rings again"),
    "recovered": _l("Well again by itself, closed"),
    "plain": _l("Something about this home could not be worked out, raised all the same"),
    "unanswered": _l("Everybody was asked and nobody has answered, the district was told"),
    "attended": _l("is there"),
    "family_there": _l("Family: I am with her"),
    "family_coming": _l("Family: I am on my way"),
    "task_coming": _l("is on the way"),
    "task_there": _l("has arrived"),
    "task_cannot": _l("cannot come"),
    "followed_up": _l("asked again"),
}
