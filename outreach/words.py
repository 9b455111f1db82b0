"""Words for bands, factors, visits and referrals, and reasons put into sentences."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.people.wording import INCOME_NAMES, LIVING_NAMES
from outreach.outcomes import NextStep, Result
from outreach.rules import Reason
from outreach.terms import Band, Factor, Help, Kind, Reported, Way

BAND_NAMES: Mapping[str, Any] = {
    Band.RED: _l("Red: high risk"),
    Band.ORANGE: _l("Orange: key person"),
    Band.YELLOW: _l("Yellow: ordinary"),
    Band.NONE: _l("No visits asked for"),
}
# Colour, picture and word of a band, as chips show it.
BAND_CHIPS: Mapping[str, Mapping[str, Any]] = {
    Band.RED: {"state": "danger", "icon": "sos", "word": _l("red")},
    Band.ORANGE: {"state": "warn", "icon": "warn", "word": _l("orange")},
    Band.YELLOW: {"state": "info", "icon": "info", "word": _l("yellow")},
    Band.NONE: {"state": "", "icon": "ok", "word": _l("none")},
}
FACTOR_NAMES: Mapping[str, Any] = {
    Factor.LIVING: _l("Who lives with them"),
    Factor.AGE: _l("Age"),
    Factor.ABILITY: _l("Ability level"),
    Factor.INCOME: _l("Income class"),
    Factor.BEREAVED: _l("Lost their spouse"),
    Factor.DISCHARGED: _l("Home from hospital"),
    Factor.ALERTS: _l("Alarms at home"),
    Factor.NO_MEALS: _l("Takes no meals any more"),
    Factor.IDLE_POINTS: _l("Points left lying"),
    Factor.MISSED: _l("Not met on visits"),
    Factor.REPORTED: _l("Something was reported"),
}
KIND_NAMES: Mapping[str, Any] = {
    Kind.REGULAR: _l("Regular visit"),
    Kind.IMPORTANT: _l("Important change"),
    Kind.ORDINARY: _l("Change to look into"),
}
WAY_NAMES: Mapping[str, Any] = {Way.HOME: _l("At home"), Way.PHONE: _l("By phone"), Way.VIDEO: _l("By video")}
RESULT_NAMES: Mapping[str, Any] = {
    Result.WELL: _l("Met, all is well"),
    Result.HELP: _l("Met, needs help"),
    Result.ILL: _l("Met, is unwell"),
    Result.REFUSED: _l("Met, wants no visits"),
    Result.NOT_HOME: _l("Not at home"),
    Result.NO_ANSWER: _l("Did not answer"),
    Result.AWAY: _l("Away, as others say"),
}
STEP_NAMES: Mapping[str, Any] = {
    NextStep.NONE: _l("Nothing more"),
    NextStep.AGAIN: _l("Come again"),
    NextStep.FAMILY: _l("Call the family"),
    NextStep.DOCTOR: _l("See a doctor"),
    NextStep.OFFICE: _l("Tell the street"),
}
HELP_NAMES: Mapping[str, Any] = {
    Help.ALLOWANCE: _l("Allowance"),
    Help.MEALS: _l("Meals"),
    Help.BED: _l("Care bed at home"),
    Help.KIT: _l("Safety kit"),
    Help.OTHER: _l("Another office"),
}
REPORTED_NAMES: Mapping[str, Any] = {
    Reported.BEREAVEMENT: _l("The spouse has died"),
    Reported.ILLNESS: _l("Serious illness"),
    Reported.FALL: _l("A fall"),
    Reported.HOUSEHOLD: _l("The household has changed"),
    Reported.OTHER: _l("Something else"),
}
REFERRAL_CHIPS: Mapping[str, Mapping[str, Any]] = {
    "opened": {"state": "warn", "icon": "clock", "word": _l("opened")},
    "accepted": {"state": "info", "icon": "ok", "word": _l("taken on")},
    "refused": {"state": "", "icon": "stop", "word": _l("refused")},
    "done": {"state": "ok", "icon": "ok", "word": _l("done")},
}


def say_reason(reason: Reason) -> str:
    """Put a reason into words, without its points."""
    if reason.factor is Factor.LIVING:
        return str(LIVING_NAMES.get(str(reason.of), reason.of))
    if reason.factor is Factor.INCOME:
        return str(INCOME_NAMES.get(str(reason.of), reason.of))
    told = {
        Factor.AGE: gettext("%(n)s years or older", n=reason.of),
        Factor.ABILITY: gettext("ability level %(n)s or worse", n=reason.of),
        Factor.BEREAVED: gettext("lost their spouse within %(n)s days", n=reason.of),
        Factor.DISCHARGED: gettext("came home from hospital within %(n)s days", n=reason.of),
        Factor.ALERTS: gettext("%(n)s or more alarms at home", n=reason.of),
        Factor.NO_MEALS: gettext("used to the canteen, no meal for %(n)s days", n=reason.of),
        Factor.IDLE_POINTS: gettext("no point spent for %(n)s days", n=reason.of),
        Factor.MISSED: gettext("%(n)s or more visits in vain", n=reason.of),
        Factor.REPORTED: gettext("something was reported within %(n)s days", n=reason.of),
    }
    return str(told[reason.factor])


def describe() -> dict[str, Any]:
    """Return the words that templates use."""
    return {
        "band_names": BAND_NAMES,
        "band_chips": BAND_CHIPS,
        "factor_names": FACTOR_NAMES,
        "kind_names": KIND_NAMES,
        "way_names": WAY_NAMES,
        "result_names": RESULT_NAMES,
        "step_names": STEP_NAMES,
        "help_names": HELP_NAMES,
        "reported_names": REPORTED_NAMES,
        "referral_chips": REFERRAL_CHIPS,
        "say_reason": say_reason,
    }
