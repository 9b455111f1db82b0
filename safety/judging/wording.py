"""A reason of judgement in one sentence, in the language of whoever reads it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from safety.judging.signals import Why
from safety.judging.words import PART_NAMES, tell_minutes

SENTENCES: Mapping[str, Any] = {
    "sos": _l("Help was called for."),
    "smoke": _l("The smoke alarm went off."),
    "gas": _l("The gas alarm went off."),
    "flood": _l("There is water on the floor."),
    "fall": _l("A fall was seen, and not taken back within %(seconds)s seconds."),
    "quiet": _l("Quiet for %(long)s; on 95%% of %(part)s at this hour it is under %(usual)s."),
    "quiet_unlearned": _l("Quiet for %(long)s. The home's own rhythm is not known yet."),
    "quiet_never": _l(
        "Quiet for %(long)s after somebody was seen here; at this hour that never was, on %(days)s days."
    ),
    "not_home": _l("Out for %(long)s; on 95%% of %(part)s at this hour it is under %(usual)s."),
    "not_home_unlearned": _l("Out for %(long)s and not come home."),
    "bathroom": _l("In the bathroom for %(long)s; %(most)s is usual."),
    "door_night": _l("Gone out by night, and not back after %(long)s."),
    "door_open": _l("The outer door has been open for %(long)s."),
    "water_stopped": _l("Less than %(litres)s litres of water in %(hours)s hours."),
    "water_running": _l("Water has been running for %(hours)s hours without a pause."),
    "water_much": _l("%(litres)s litres of water within a day."),
    "no_meal": _l("Ate with us on %(days)s of the last 14 days, not today, and quiet for %(long)s."),
    "green_key": _l("A service is asked for."),
    "device_silent": _l("The device has not been heard of for %(long)s."),
    "low_battery": _l("The battery is low."),
    "tamper": _l("The device was opened or taken off."),
    "door_stuck": _l("The door sensor has said “open” for a day."),
    "over": _l("It is over."),
    "seen_late": _l("Somebody was seen in time; the message came late."),
    "unknown_call": _l("“%(device)s” called for help, and stands in no home that is written down."),
}


def say(why: Why | Mapping[str, Any]) -> str:
    """Say a reason in one sentence."""
    reason = why if isinstance(why, Why) else Why.from_json(why)
    sentence = str(SENTENCES.get(reason.code, reason.code))
    values = dict(reason.values)
    if values.get("minutes") is not None:
        values["long"] = tell_minutes(values["minutes"])
    if values.get("usual"):
        values["usual"] = tell_minutes(values["usual"])
    if values.get("limit"):
        values["most"] = _("up to %(minutes)s", minutes=tell_minutes(values["limit"]))
    if "part" in values:
        values["part"] = str(PART_NAMES.get(values["part"], values["part"]))
    try:
        return sentence % values
    except (KeyError, TypeError, ValueError):
        # A reason that was written by an older product lacks a value: its sentence without numbers is no help.
        return str(_("There is no more to say of this reason: %(code)s", code=reason.code))
