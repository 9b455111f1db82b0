"""The words of judgement's numbers: what each threshold is called, and in what it is counted."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from safety.judging.signals import Rule

LABELS: Mapping[str, Any] = {
    "day_from": _l("The day begins at"),
    "day_until": _l("The day ends at"),
    "night_from": _l("The outer door should stay closed from"),
    "night_until": _l("The outer door should stay closed until"),
    "quiet_day_minutes": _l("Quiet by day, as long as the home's own rhythm is not known"),
    "quiet_night_minutes": _l("Quiet with the night in it, as long as the home's own rhythm is not known"),
    "quiet_least_minutes": _l("Quiet, at least before an alarm, whatever the rhythm"),
    "quiet_most_minutes": _l("Quiet, at most before an alarm, whatever the rhythm"),
    "quiet_margin_minutes": _l("Longer than ever, by so many minutes"),
    "quiet_margin_percent": _l("Longer than ever, by so much of it"),
    "learning_days": _l("Days until the rhythm alone counts"),
    "history_days": _l("Days that the rhythm is learned from"),
    "false_alarms_in_100_days": _l("Alarms that end by themselves, in 100 days"),
    "away_least_minutes": _l("Out, at least before an alarm"),
    "away_most_minutes": _l("Out, at most before an alarm"),
    "bathroom_day_minutes": _l("In the bathroom by day"),
    "bathroom_night_minutes": _l("In the bathroom by night"),
    "bathroom_most_minutes": _l("In the bathroom, at most"),
    "door_open_minutes": _l("The outer door open"),
    "door_night_minutes": _l("Out by night and not back"),
    "water_stopped_hours": _l("Hardly any water used for"),
    "water_stopped_litres": _l("Hardly any water is less than"),
    "water_running_hours": _l("Water without a pause for"),
    "water_most_litres": _l("Water in a day, at most"),
    "fall_cancel_seconds": _l("A fall may be taken back within"),
    "battery_low_percent": _l("A battery is low below"),
    "silent_beats": _l("Reports of a device that may be missing"),
    "silent_least_minutes": _l("A device is silent at the earliest after"),
    "meal_days_of_14": _l("A regular guest ate on so many of 14 days"),
    "meal_quiet_minutes": _l("No meal and no motion for"),
}
UNITS: Mapping[str, Any] = {
    "minutes": _l("minutes"),
    "hours": _l("hours"),
    "seconds": _l("seconds"),
    "litres": _l("litres"),
    "percent": _l("per cent"),
    "days": _l("days"),
}
RULE_NAMES: Mapping[str, Any] = {
    Rule.SOS: _l("Call for help"),
    Rule.SMOKE: _l("Smoke"),
    Rule.GAS: _l("Gas"),
    Rule.FLOOD: _l("Water on the floor"),
    Rule.FALL: _l("Fall"),
    Rule.QUIET: _l("Quiet for too long"),
    Rule.NOT_HOME: _l("Not come home"),
    Rule.BATHROOM: _l("Long in the bathroom"),
    Rule.DOOR_NIGHT: _l("Gone out by night"),
    Rule.DOOR_OPEN: _l("Door left open"),
    Rule.WATER_STOPPED: _l("No water used"),
    Rule.WATER_RUNNING: _l("Water does not stop"),
    Rule.NO_MEAL: _l("No meal, no motion"),
    Rule.GREEN_KEY: _l("Asks for a service"),
    Rule.DEVICE_SILENT: _l("Device silent"),
    Rule.LOW_BATTERY: _l("Battery low"),
    Rule.TAMPER: _l("Device opened"),
    Rule.DOOR_STUCK: _l("Door sensor stuck"),
}
PART_NAMES: Mapping[str, Any] = {
    "night": _l("nights"),
    "morning": _l("mornings"),
    "noon": _l("noons"),
    "afternoon": _l("afternoons"),
    "evening": _l("evenings"),
}


def tell_value(name: str, value: int) -> str:
    """Say how much a threshold is."""
    unit = name.rsplit("_", 1)[1]
    if unit in {"from", "until"}:
        return f"{value // 60:02}:{value % 60:02}"
    if unit == "minutes":
        return tell_minutes(value)
    return f"{value} {UNITS[unit]}" if unit in UNITS and not name.endswith("100_days") else str(value)


def tell_minutes(minutes: int) -> str:
    """Say a length of time: 3 h 20 min."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return str(_("%(minutes)s min", minutes=rest))
    if not rest:
        return str(_("%(hours)s h", hours=hours))
    return str(_("%(hours)s h %(minutes)s min", hours=hours, minutes=rest))
