"""The policy kind that says how long each step of an application may take, and what may be handed in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.policies.fields import PlainSchema, choice, day, listed, part, whole
from app.policies.kinds import Body, Fault, Kind, Table
from subsidies.applications.rules import SATURDAY, Counting, Terms

NAME = "application_rules"
MEGABYTE = 1_000_000
COUNTINGS = {Counting.WORKING: _l("working days"), Counting.CALENDAR: _l("calendar days")}


class DocumentsIn(PlainSchema):
    """How many documents of what size."""

    at_most = whole(1, 50, required=True)
    megabytes_at_most = whole(1, 10, required=True)


class ApplicationRulesIn(PlainSchema):
    """Body of an ``application_rules`` document."""

    counting = choice([str(each) for each in Counting], required=True)
    check_days = whole(1, 90, required=True)
    decide_days = whole(1, 90, required=True)
    appeal_days = whole(1, 366, required=True)
    decide_appeal_days = whole(1, 90, required=True)
    documents = part(DocumentsIn, required=True)
    holidays = listed(day(), most=200)
    workdays = listed(day(), most=60)


class PolicyDocument(Protocol):
    """What is needed of a policy document here; ``app.policies`` has the table."""

    id: Any
    body: Any


def terms_of(document: PolicyDocument) -> Terms:
    """Return what a document says.

    :raises ValidationError: if the body does not have the kind's shape
    """
    loaded = ApplicationRulesIn().load(document.body)
    return Terms(
        policy_id=document.id,
        counting=Counting(loaded["counting"]),
        check_days=loaded["check_days"],
        decide_days=loaded["decide_days"],
        appeal_days=loaded["appeal_days"],
        decide_appeal_days=loaded["decide_appeal_days"],
        documents_at_most=loaded["documents"]["at_most"],
        document_bytes_at_most=loaded["documents"]["megabytes_at_most"] * MEGABYTE,
        holidays=frozenset(loaded.get("holidays", ())),
        workdays=frozenset(loaded.get("workdays", ())),
    )


def find_faults(body: Body, _area_code: str) -> Iterable[Fault]:
    """Object to days off that nobody works on anyway, to days of work that are none of a weekend, and to doubles."""
    kinds = (
        ("holidays", False, _l("This is a Saturday or Sunday: nobody counts it anyway.")),
        ("workdays", True, _l("This is no Saturday or Sunday: it counts anyway.")),
    )
    for name, is_weekend, objection in kinds:
        days: Sequence[date] = body.get(name, ())
        for number, each in enumerate(days):
            if (each.weekday() >= SATURDAY) is not is_weekend:
                yield Fault((name, number), objection)
            elif each in days[:number]:
                yield Fault((name, number), _l("This day is there already."))


def describe(body: Body) -> Sequence[Table]:
    """Put a document into words."""
    days = str(COUNTINGS[Counting(body["counting"])])
    spans = (
        (_("Street checks"), body["check_days"]),
        (_("District decides"), body["decide_days"]),
        (_("Applicant may appeal"), body["appeal_days"]),
        (_("District decides on the appeal"), body["decide_appeal_days"]),
    )
    rows = tuple((name, f"{count} {days}") for name, count in spans)
    return [
        Table(part="counting", title=_("How long each step may take"), columns=(_("Step"), _("At most")), rows=rows),
        _documents(body["documents"]),
        *_calendar(body),
    ]


def _documents(documents: Mapping[str, int]) -> Table:
    row = (str(documents["at_most"]), _("%(size)s MB", size=documents["megabytes_at_most"]))
    return Table(part="documents", title=_("Documents"), columns=(_("At most"), _("Each at most")), rows=(row,))


def _calendar(body: Body) -> Iterable[Table]:
    names = {"holidays": _("Days off in the week"), "workdays": _("Weekend days that are worked")}
    for name, title in names.items():
        days: Sequence[date] = body.get(name, ())
        if days:
            yield Table(part=name, title=title, columns=(_("Day"),), rows=tuple((each.isoformat(),) for each in days))


APPLICATION_RULES = Kind(
    name=NAME,
    label=_l("Application rules"),
    schema=ApplicationRulesIn,
    checks=find_faults,
    tables=describe,
    example={
        "counting": "working",
        "check_days": 5,
        "decide_days": 10,
        "appeal_days": 30,
        "decide_appeal_days": 15,
        "documents": {"at_most": 10, "megabytes_at_most": 5},
    },
)
