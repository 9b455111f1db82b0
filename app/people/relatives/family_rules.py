"""The policy kind that says how relatives are linked, whom families call for help, and when they are told."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from app.areas.rules import ancestors
from app.db import ask
from app.money import yuan
from app.people.relatives.rules import FamilyRules, Topic
from app.people.relatives.wording import TOPIC_NAMES
from app.policies import queries as policies
from app.policies.fields import MISSING, ClockTime, PlainSchema, listed, part, whole
from app.policies.kinds import Body, Fault, Kind, Table
from app.web.wording import join

NAME = "family_rules"
# Plain SQL, prepared by the driver: the number stands on every page of every family.
HELP_PHONE = """
SELECT body ->> 'help_phone' FROM policy_document
 WHERE kind = 'family_rules' AND variant = '' AND state = 'published' AND area_code = ANY (%(line)s::text[])
   AND valid_from <= %(on)s AND (valid_until IS NULL OR valid_until > %(on)s)
 ORDER BY array_position(%(line)s::text[], area_code) LIMIT 1
"""
PHONE = validate.Regexp(r"[0-9+][0-9 -]{2,19}\Z", error=_l("This must be a telephone number such as 0571-12345."))


class DaysAfterDeathIn(PlainSchema):
    """How many days after a death each topic stays open to the relatives."""

    balance = whole(0, 366, required=True)
    meals = whole(0, 366, required=True)
    visits = whole(0, 366, required=True)
    alerts = whole(0, 366, required=True)


class QuietIn(PlainSchema):
    """From when until when nobody's phone rings for what can wait; over midnight when it begins later than it ends."""

    begins = ClockTime(required=True)
    ends = ClockTime(required=True)


class FamilyRulesIn(PlainSchema):
    """Body of a ``family_rules`` document."""

    help_phone = fields.String(
        required=True, validate=PHONE, error_messages={**MISSING, "invalid": _l("This must be text.")}
    )
    offer_days = whole(1, 366, required=True)
    request_days = whole(1, 90, required=True)
    answer_days = whole(1, 90, required=True)
    large_spend_fen = whole(1, 10_000_000, required=True)
    unusual_sales = whole(2, 20, required=True)
    ending_days = listed(whole(1, 366), least=1, most=5, required=True)
    quiet = part(QuietIn, required=True)
    days_after_death = part(DaysAfterDeathIn, required=True)


def find_family_rules(session: Session, *, area_code: str, on: date) -> FamilyRules | None:
    """Return the rules that hold in a place on a day, or nothing where nobody has published any."""
    found = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    return _rules_of(found) if found else None


def find_help_phone(session: Session, *, area_code: str, on: date) -> str | None:
    """Return whom families call in a place on a day, or nothing where no rules name a number; every page asks."""
    row = ask(session, HELP_PHONE, {"line": [area_code, *ancestors(area_code)], "on": on})
    return str(row[0]) if row else None


def get_family_rules(session: Session, *, area_code: str, on: date) -> FamilyRules:
    """Return the rules that hold in a place on a day.

    :raises PolicyNotFound: if nobody has published any
    """
    return _rules_of(policies.get_effective(session, kind=NAME, area_code=area_code, on=on))


def _rules_of(document: Any) -> FamilyRules:
    loaded = FamilyRulesIn().load(document.body)
    days = {Topic(topic): count for topic, count in loaded.pop("days_after_death").items()}
    quiet = loaded.pop("quiet")
    return FamilyRules(
        policy_id=document.id,
        days_after_death=days,
        quiet_from=quiet["begins"],
        quiet_until=quiet["ends"],
        **loaded,
    )


def find_faults(_body: Body, _area_code: str) -> Iterable[Fault]:
    """Object to nothing that the shape lets through."""
    return ()


def describe(body: Body) -> Sequence[Table]:
    """Put a document into words."""
    rows = (
        (_("Telephone for help"), body["help_phone"]),
        (_("A code on paper is good for"), _days(body["offer_days"])),
        (_("The street answers a request to be linked within"), _days(body["request_days"])),
        (_("The street answers an objection within"), _days(body["answer_days"])),
        (_("A spend counts as large from"), _("%(amount)s yuan", amount=yuan(body["large_spend_fen"]))),
        (_("A sale counts as unusual from the so-many-th of a day"), str(body["unusual_sales"])),
        (_("Families are told of points that end so many days ahead"), join([str(n) for n in body["ending_days"]])),
        (_("No messages at night"), f"{_time(body['quiet']['begins'])} – {_time(body['quiet']['ends'])}"),
    )
    after = body["days_after_death"]
    kept = tuple((str(TOPIC_NAMES[topic]), _days(after[topic])) for topic in Topic)
    return [
        Table(part="help_phone", title=_("Families"), columns=(_("Rule"), _("Value")), rows=rows),
        Table(
            part="days_after_death",
            title=_("How long relatives see what after a death"),
            columns=(_("Topic"), _("Days")),
            rows=kept,
        ),
    ]


def _time(minutes: Any) -> str:
    """Write a time of day, as it was read or as it was typed."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}" if isinstance(minutes, int) else str(minutes)


def _days(count: int) -> str:
    return str(_("%(count)s days", count=count))


FAMILY_RULES = Kind(
    name=NAME,
    label=_l("Family rules"),
    schema=FamilyRulesIn,
    checks=find_faults,
    tables=describe,
    example={
        "help_phone": "0571-12345",
        "offer_days": 30,
        "request_days": 5,
        "answer_days": 10,
        "large_spend_fen": 5000,
        "unusual_sales": 4,
        "ending_days": [30, 7],
        "quiet": {"begins": "21:00", "ends": "08:00"},
        "days_after_death": {"balance": 30, "meals": 30, "visits": 0, "alerts": 0},
    },
)
