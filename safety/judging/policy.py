"""The policy kind ``safety_rules``: from which threshold on a home is thought to be in need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import structlog
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.auth import Role
from app.policies import queries as policies
from app.policies.fields import ClockTime, PlainSchema, whole
from app.policies.kinds import Body, Fault, Kind, More, Table
from safety.judging.terms import SafetyRules
from safety.judging.words import LABELS, UNITS, tell_value
from safety.kits import queries as kits
from safety.kits.thresholds import Threshold

log = structlog.get_logger(__name__)

NAME = "safety_rules"
EXAMPLE: Mapping[str, Any] = {
    "day_from": "06:00",
    "day_until": "22:00",
    "night_from": "23:00",
    "night_until": "05:00",
    "quiet_day_minutes": 420,
    "quiet_night_minutes": 660,
    "quiet_least_minutes": 150,
    "quiet_most_minutes": 900,
    "quiet_margin_minutes": 30,
    "quiet_margin_percent": 25,
    "learning_days": 6,
    "history_days": 28,
    "false_alarms_in_100_days": 4,
    "away_least_minutes": 360,
    "away_most_minutes": 1440,
    "bathroom_day_minutes": 60,
    "bathroom_night_minutes": 90,
    "bathroom_most_minutes": 240,
    "door_open_minutes": 10,
    "door_night_minutes": 20,
    "water_stopped_hours": 24,
    "water_stopped_litres": 10,
    "water_running_hours": 24,
    "water_most_litres": 1000,
    "fall_cancel_seconds": 45,
    "battery_low_percent": 20,
    "silent_beats": 3,
    "silent_least_minutes": 60,
    "meal_days_of_14": 8,
    "meal_quiet_minutes": 180,
}
TRIERS = (Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR)
# What a home may have of its own, with maker and checker.
OF_A_HOME = (
    "quiet_day_minutes",
    "quiet_least_minutes",
    "quiet_most_minutes",
    "away_most_minutes",
    "bathroom_day_minutes",
    "bathroom_night_minutes",
    "door_open_minutes",
    "door_night_minutes",
    "water_stopped_hours",
    "fall_cancel_seconds",
)
BOUNDS: Mapping[str, tuple[int, int]] = {
    "quiet_day_minutes": (120, 16 * 60),
    "quiet_night_minutes": (4 * 60, 24 * 60),
    "quiet_least_minutes": (60, 12 * 60),
    "quiet_most_minutes": (4 * 60, 24 * 60),
    "quiet_margin_minutes": (0, 240),
    "quiet_margin_percent": (0, 200),
    "learning_days": (3, 60),
    "history_days": (7, 56),
    "false_alarms_in_100_days": (1, 50),
    "away_least_minutes": (60, 48 * 60),
    "away_most_minutes": (120, 72 * 60),
    "bathroom_day_minutes": (20, 4 * 60),
    "bathroom_night_minutes": (20, 4 * 60),
    "bathroom_most_minutes": (30, 12 * 60),
    "door_open_minutes": (2, 240),
    "door_night_minutes": (2, 240),
    "water_stopped_hours": (6, 72),
    "water_stopped_litres": (1, 200),
    "water_running_hours": (2, 72),
    "water_most_litres": (100, 20000),
    "fall_cancel_seconds": (0, 120),
    "battery_low_percent": (5, 50),
    "silent_beats": (2, 20),
    "silent_least_minutes": (10, 24 * 60),
    "meal_days_of_14": (1, 14),
    "meal_quiet_minutes": (30, 12 * 60),
}


def _whole(name: str) -> Any:
    return whole(*BOUNDS[name], required=True)


def _later(name: str) -> Any:
    """Make a field that documents of before do not have: what was published stays readable."""
    return whole(*BOUNDS[name], load_default=EXAMPLE[name])


class SafetyRulesIn(PlainSchema):
    """Body of a ``safety_rules`` document."""

    day_from = ClockTime(required=True)
    day_until = ClockTime(required=True)
    night_from = ClockTime(required=True)
    night_until = ClockTime(required=True)
    quiet_day_minutes = _whole("quiet_day_minutes")
    quiet_night_minutes = _later("quiet_night_minutes")
    quiet_least_minutes = _whole("quiet_least_minutes")
    quiet_most_minutes = _whole("quiet_most_minutes")
    quiet_margin_minutes = _whole("quiet_margin_minutes")
    quiet_margin_percent = _whole("quiet_margin_percent")
    learning_days = _whole("learning_days")
    history_days = _whole("history_days")
    false_alarms_in_100_days = _whole("false_alarms_in_100_days")
    away_least_minutes = _whole("away_least_minutes")
    away_most_minutes = _whole("away_most_minutes")
    bathroom_day_minutes = _whole("bathroom_day_minutes")
    bathroom_night_minutes = _whole("bathroom_night_minutes")
    bathroom_most_minutes = _whole("bathroom_most_minutes")
    door_open_minutes = _whole("door_open_minutes")
    door_night_minutes = _whole("door_night_minutes")
    water_stopped_hours = _whole("water_stopped_hours")
    water_stopped_litres = _whole("water_stopped_litres")
    water_running_hours = _whole("water_running_hours")
    water_most_litres = _whole("water_most_litres")
    fall_cancel_seconds = _whole("fall_cancel_seconds")
    battery_low_percent = _whole("battery_low_percent")
    silent_beats = _whole("silent_beats")
    silent_least_minutes = _whole("silent_least_minutes")
    meal_days_of_14 = _whole("meal_days_of_14")
    meal_quiet_minutes = _whole("meal_quiet_minutes")


def find_faults(loaded: Body, _area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``safety_rules`` body."""
    if not loaded["day_from"] < loaded["day_until"]:
        yield Fault(("day_until",), _l("The day must end after it begins."))
    elif loaded["day_until"] - loaded["day_from"] <= loaded["quiet_day_minutes"]:
        yield Fault(("quiet_day_minutes",), _l("Quiet for the whole day would raise no alarm on that day."))
    least, most = loaded["quiet_least_minutes"], loaded["quiet_most_minutes"]
    for name in ("quiet_day_minutes", "quiet_night_minutes"):
        if not least <= loaded[name] <= most:
            yield Fault((name,), _l("This must lie between the least and the most."))
    if loaded["away_least_minutes"] > loaded["away_most_minutes"]:
        yield Fault(("away_least_minutes",), _l("The least is more than the most."))
    if loaded["bathroom_most_minutes"] < max(loaded["bathroom_day_minutes"], loaded["bathroom_night_minutes"]):
        yield Fault(("bathroom_most_minutes",), _l("The most is less than what holds by day or by night."))
    if loaded["history_days"] < loaded["learning_days"]:
        yield Fault(("history_days",), _l("Days would be forgotten before enough of them are known."))


def list_tables(loaded: Body) -> Sequence[Table]:
    """Put a ``safety_rules`` body into a table for each rule, so that each shows its own mark."""
    columns = (gettext("Rule"), gettext("How much"))
    return tuple(
        Table(part=name, title=str(label), columns=columns, rows=((str(label), tell_value(name, loaded[name])),))
        for name, label in LABELS.items()
    )


SAFETY_RULES = Kind(
    name=NAME,
    label=_l("When a home calls for help"),
    schema=SafetyRulesIn,
    checks=find_faults,
    tables=list_tables,
    example=dict(EXAMPLE),
    more=(More(_l("Try it on last month's events"), "safety_trials.show_trial", frozenset(TRIERS)),),
)
THRESHOLDS = [
    Threshold(name=name, label=LABELS[name], unit=UNITS[name.rsplit("_", 1)[1]], least=least, most=most)
    for name in OF_A_HOME
    for least, most in [BOUNDS[name]]
]


def _load_or_own(body: Mapping[str, Any], *, document_id: int) -> SafetyRules:
    """Read a published body; one that an older edition wrote otherwise must not cost an alarm."""
    try:
        return load_rules(body, document_id=document_id)
    except ValidationError:
        log.exception("safety.rules_unreadable", policy_id=document_id)
        return SafetyRules()


def load_rules(body: Mapping[str, Any], *, document_id: int | None = None) -> SafetyRules:
    """Turn a body into rules.

    :raises ValidationError: if it does not have the kind's shape
    """
    return SafetyRules(document_id=document_id, **SafetyRulesIn().load(body))


def read_rules(session: Session, *, area_code: str, on: date, home_id: int | None = None) -> SafetyRules:
    """Return the rules of a place and day, with what a home has otherwise.

    Where no document holds, the defaults of the product do: a home is never without judgement.
    """
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    rules = _load_or_own(document.body, document_id=document.id) if document else SafetyRules()
    settings = kits.settings_of(session, home_ids=[home_id], on=on) if home_id else {}
    return with_overrides(rules, settings.get(home_id or 0, {}))


def rules_of(session: Session, *, home_ids: Iterable[int], on: date) -> dict[int, SafetyRules]:
    """Return the rules of homes that have not ended, with their own thresholds and times away: three statements."""
    homes = kits.homes_of(session, home_ids=home_ids)
    by_place = {
        each.area_code: _load_or_own(each.body, document_id=each.id)
        for each in policies.list_in_force(session, kind=NAME, on=on)
    }
    settings = kits.settings_of(session, home_ids=list(homes), on=on)
    found = {}
    for home_id, home in homes.items():
        if home.state == "ended":
            continue
        place = next((code for code in (home.area_code, *ancestors(home.area_code)) if code in by_place), None)
        rules = with_overrides(by_place[place] if place else SafetyRules(), settings.get(home_id, {}))
        if home.away_from:
            rules = replace(rules, away_from=home.away_from, away_until=home.away_until)
        found[home_id] = rules
    return found


def with_overrides(rules: SafetyRules, overrides: Mapping[str, Any]) -> SafetyRules:
    """Return rules with what a home has of its own; names that are not known any more are left out."""
    known = {name: value for name, value in overrides.items() if name in OF_A_HOME}
    return replace(rules, **known) if known else rules
