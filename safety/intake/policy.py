"""The policy kind ``safety_keeping``: how long events are kept, and which clocks are believed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.policies import queries as policies
from app.policies.fields import PlainSchema, whole
from app.policies.kinds import Fault, Kind, Table
from safety.intake.rules import KeepingRules

NAME = "safety_keeping"
EXAMPLE: Mapping[str, Any] = {"months": 6, "clock_tolerance_seconds": 120, "late_hours": 72}


class SafetyKeepingIn(PlainSchema):
    """Body of a ``safety_keeping`` document."""

    months = whole(1, 120, required=True)
    clock_tolerance_seconds = whole(5, 3600, required=True)
    late_hours = whole(1, 24 * 31, required=True)


def find_faults(_loaded: Mapping[str, Any], area_code: str) -> Iterable[Fault]:
    """Name what makes no sense in a ``safety_keeping`` body: events of all places lie together."""
    if len(area_code) > 6:
        yield Fault(("months",), _l("Events are kept alike in a whole city: write the document for the city."))


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``safety_keeping`` body into a table for each rule, so that each shows its own mark."""
    columns = (gettext("Rule"), gettext("How much"))
    lines = (
        ("months", gettext("Single events are kept for"), gettext("%(n)s months", n=loaded["months"])),
        (
            "clock_tolerance_seconds",
            gettext("A device's clock may differ by"),
            gettext("%(n)s seconds", n=loaded["clock_tolerance_seconds"]),
        ),
        (
            "late_hours",
            gettext("A gateway without network may tell later by"),
            gettext("%(n)s hours", n=loaded["late_hours"]),
        ),
    )
    return tuple(Table(part=key, title=label, columns=columns, rows=((label, told),)) for key, label, told in lines)


SAFETY_KEEPING = Kind(
    name=NAME,
    label=_l("Keeping events of homes"),
    schema=SafetyKeepingIn,
    checks=find_faults,
    tables=list_tables,
    example=dict(EXAMPLE),
)


def find_rules_of(session: Session, *, area_codes: Iterable[str], on: date) -> Mapping[str, KeepingRules]:
    """Return the rules of some places on a day in one statement; where no document holds, the proposed values do.

    An event is never refused because an office has not published a document.
    """
    known = {each.area_code: each for each in policies.list_in_force(session, kind=NAME, on=on)}
    found = {}
    for place in set(area_codes):
        document = next((known[code] for code in (place, *ancestors(place)) if code in known), None)
        found[place] = _rules(document.body, document.id) if document else _rules(EXAMPLE, None)
    return found


def longest_months(session: Session, *, on: date) -> int:
    """Return how long events are kept at most: their partitions hold those of all places."""
    documents = policies.list_in_force(session, kind=NAME, on=on)
    return max((int(each.body["months"]) for each in documents), default=int(EXAMPLE["months"]))


def _rules(body: Mapping[str, Any], document_id: int | None) -> KeepingRules:
    body = {**EXAMPLE, **body}  # what an older edition did not know yet
    return KeepingRules(
        months=int(body["months"]),
        clock_tolerance=timedelta(seconds=int(body["clock_tolerance_seconds"])),
        late=timedelta(hours=int(body["late_hours"])),
        document_id=document_id,
    )
