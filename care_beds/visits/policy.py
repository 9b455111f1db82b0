"""The policy kind ``visit_rules``: when a carer is late, what a check-in must show, how far ahead is planned."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from app.policies.fields import PlainSchema, flag, whole
from app.policies.kinds import Fault, Kind, Table
from care_beds.visits.errors import NoVisitRules
from care_beds.visits.rules import VisitRules

NAME = "visit_rules"
EXAMPLE: Mapping[str, Any] = {
    "grace_minutes": 15,
    "radius_m": 200,
    "fix_age_seconds": 120,
    "accuracy_m": 100,
    "duration_percent": 10,
    "photos_in": 1,
    "photos_out": 1,
    "same_picture_bits": 6,
    "picture_age_minutes": 30,
    "clock_skew_seconds": 120,
    "sent_hours": 24,
    "code_tries": 5,
    "objection_days": 3,
    "hours_per_day": 9,
    "ahead_weeks": 4,
    "move_days": 7,
    "missed_after_hours": 24,
    "manager_may_decide": False,
}


class VisitRulesIn(PlainSchema):
    """Body of a ``visit_rules`` document."""

    grace_minutes = whole(0, 120, required=True)
    radius_m = whole(20, 5000, required=True)
    fix_age_seconds = whole(10, 3600, required=True)
    accuracy_m = whole(5, 5000, required=True)
    duration_percent = whole(0, 50, required=True)
    photos_in = whole(0, 1, required=True)
    photos_out = whole(0, 1, required=True)
    same_picture_bits = whole(0, 20, required=True)
    picture_age_minutes = whole(1, 24 * 60, required=True)
    clock_skew_seconds = whole(10, 3600, required=True)
    sent_hours = whole(1, 24 * 7, required=True)
    code_tries = whole(1, 20, required=True)
    objection_days = whole(1, 30, required=True)
    hours_per_day = whole(1, 24, required=True)
    ahead_weeks = whole(1, 12, required=True)
    move_days = whole(0, 31, required=True)
    missed_after_hours = whole(1, 24 * 7, required=True)
    manager_may_decide = flag(required=True)


def find_faults(loaded: Mapping[str, Any], _area_code: str) -> Iterable[Fault]:
    """Name what makes no sense in a ``visit_rules`` body."""
    if loaded["missed_after_hours"] < loaded["sent_hours"]:
        told = _l("A visit would count as missed before a phone without network could tell of it.")
        yield Fault(("missed_after_hours",), told)
    if loaded["accuracy_m"] > loaded["radius_m"]:
        yield Fault(("accuracy_m",), _l("A location less exact than the circle around the home proves nothing."))


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``visit_rules`` body into a table for each rule, so that each shows its own mark."""
    columns = (gettext("Rule"), gettext("How much"))
    return tuple(
        Table(part=key, title=label, columns=columns, rows=((label, limit),)) for key, label, limit in _lines(loaded)
    )


def _lines(loaded: Mapping[str, Any]) -> Sequence[tuple[str, str, str]]:
    return (
        ("grace_minutes", gettext("A carer is late after"), _minutes(loaded["grace_minutes"])),
        ("radius_m", gettext("A carer is at the home within"), _metres(loaded["radius_m"])),
        ("fix_age_seconds", gettext("A location is too old after"), _seconds(loaded["fix_age_seconds"])),
        ("accuracy_m", gettext("A location is exact to"), _metres(loaded["accuracy_m"])),
        ("duration_percent", gettext("A visit may be shorter than planned by"), f"{loaded['duration_percent']}%"),
        ("photos_in", gettext("Pictures on arriving"), str(loaded["photos_in"])),
        ("photos_out", gettext("Pictures on leaving"), str(loaded["photos_out"])),
        (
            "same_picture_bits",
            gettext("Two pictures are the same if so few of 64 marks differ"),
            str(loaded["same_picture_bits"]),
        ),
        ("picture_age_minutes", gettext("A picture is too old after"), _minutes(loaded["picture_age_minutes"])),
        ("clock_skew_seconds", gettext("A phone's clock may differ by"), _seconds(loaded["clock_skew_seconds"])),
        ("sent_hours", gettext("A phone without network may tell later by"), _hours(loaded["sent_hours"])),
        ("code_tries", gettext("Tries of a confirmation code"), str(loaded["code_tries"])),
        ("objection_days", gettext("The family may object within"), _days(loaded["objection_days"])),
        ("hours_per_day", gettext("A carer works at most"), _hours(loaded["hours_per_day"])),
        ("ahead_weeks", gettext("Visits are planned ahead for"), gettext("%(n)s weeks", n=loaded["ahead_weeks"])),
        ("move_days", gettext("A visit may be moved by"), _days(loaded["move_days"])),
        (
            "missed_after_hours",
            gettext("A visit that nobody tells of counts as missed after"),
            _hours(loaded["missed_after_hours"]),
        ),
        (
            "manager_may_decide",
            gettext("The provider may decide exceptions of its own visits"),
            gettext("yes") if loaded["manager_may_decide"] else gettext("no"),
        ),
    )


VISIT_RULES = Kind(
    name=NAME,
    label=_l("Visits at home"),
    schema=VisitRulesIn,
    checks=find_faults,
    tables=list_tables,
    example=dict(EXAMPLE),
)


def find_visit_rules(session: Session, *, area_code: str, on: date) -> VisitRules | None:
    """Return the rules of a place and day, or nothing where no document holds."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return VisitRules(document_id=document.id, **VisitRulesIn().load(document.body)) if document else None


def get_visit_rules(session: Session, *, area_code: str, on: date) -> VisitRules:
    """Return the rules of a place and day.

    :raises NoVisitRules: if no document holds there
    """
    found = find_visit_rules(session, area_code=area_code, on=on)
    if found is None:
        raise NoVisitRules
    return found


def find_rules_of(session: Session, *, area_codes: Iterable[str], on: date) -> Mapping[str, VisitRules]:
    """Return the rules of many places on a day in one statement; places without any are left out."""
    known = {each.area_code: each for each in policies.list_in_force(session, kind=NAME, on=on)}
    found = {}
    for place in set(area_codes):
        document = next((known[code] for code in (place, *ancestors(place)) if code in known), None)
        if document:
            found[place] = VisitRules(document_id=document.id, **VisitRulesIn().load(document.body))
    return found


def _minutes(count: int) -> str:
    return str(gettext("%(n)s minutes", n=count))


def _seconds(count: int) -> str:
    return str(gettext("%(n)s seconds", n=count))


def _hours(count: int) -> str:
    return str(gettext("%(n)s hours", n=count))


def _days(count: int) -> str:
    return str(gettext("%(n)s days", n=count))


def _metres(count: int) -> str:
    return str(gettext("%(n)s m", n=count))
