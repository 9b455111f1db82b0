"""The policy kind ``till_rules``: how far a till may go while the line is cut."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.money import yuan
from app.policies import queries as policies
from app.policies.fields import PlainSchema, whole
from app.policies.kinds import Fault, Kind, Table
from meals.tills.rules import TillRules

NAME = "till_rules"
EXAMPLE: Mapping[str, int] = {
    "sale_at_most_fen": 3000,
    "pending_sales": 300,
    "pending_fen": 600_000,
    "warn_after_minutes": 60,
    "roster_hours": 24,
    "unknown_percent": 50,
    "clock_jump_seconds": 120,
}


class TillRulesIn(PlainSchema):
    """Body of a ``till_rules`` document."""

    sale_at_most_fen = whole(100, 100_000, required=True)
    pending_sales = whole(1, 5000, required=True)
    pending_fen = whole(1000, 10_000_000, required=True)
    warn_after_minutes = whole(1, 24 * 60, required=True)
    roster_hours = whole(1, 24 * 7, required=True)
    unknown_percent = whole(0, 100, required=True)
    clock_jump_seconds = whole(10, 3600, required=True)


def find_faults(loaded: Mapping[str, Any], _area_code: str) -> Iterable[Fault]:
    """Name what makes no sense in a ``till_rules`` body."""
    if loaded["pending_fen"] < loaded["sale_at_most_fen"]:
        yield Fault(("pending_fen",), _l("All waiting sales together may not be less than a single one."))
    if loaded["warn_after_minutes"] > loaded["roster_hours"] * 60:
        yield Fault(("warn_after_minutes",), _l("The warning would come after subsidies have stopped."))


def list_tables(loaded: Mapping[str, Any]) -> Sequence[Table]:
    """Put a ``till_rules`` body into a table for each rule, so that each shows its own mark."""
    amounts = {name: gettext("%(amount)s yuan", amount=yuan(loaded[name])) for name in AMOUNTS}
    rules = (
        ("sale_at_most_fen", gettext("A sale without the server is at most"), amounts["sale_at_most_fen"]),
        ("pending_sales", gettext("So many sales may wait"), str(loaded["pending_sales"])),
        ("pending_fen", gettext("Together they are at most"), amounts["pending_fen"]),
        ("warn_after_minutes", gettext("The till warns after"), _minutes(loaded["warn_after_minutes"])),
        (
            "roster_hours",
            gettext("Subsidies stop so long after the last roster"),
            gettext("%(n)s hours", n=loaded["roster_hours"]),
        ),
        (
            "unknown_percent",
            gettext("Limits for a guest whom the roster does not know"),
            f"{loaded['unknown_percent']}%",
        ),
        (
            "clock_jump_seconds",
            gettext("The clock is doubted when it jumps by more than"),
            gettext("%(n)s seconds", n=loaded["clock_jump_seconds"]),
        ),
    )
    columns = (gettext("Rule"), gettext("How much"))
    return tuple(Table(part=key, title=label, columns=columns, rows=((label, limit),)) for key, label, limit in rules)


AMOUNTS = ("sale_at_most_fen", "pending_fen")
TILL_RULES = Kind(
    name=NAME,
    label=_l("Till rules"),
    schema=TillRulesIn,
    checks=find_faults,
    tables=list_tables,
    example=dict(EXAMPLE),
)


def find_till_rules(session: Session, *, area_code: str, on: Any) -> TillRules | None:
    """Return the rules of a place and day, or nothing where no document holds."""
    document = policies.find_policy(session, kind=NAME, area_code=area_code, on=on)
    if document is None:
        return None
    return TillRules(document_id=document.id, **TillRulesIn().load(document.body))


def _minutes(count: int) -> str:
    return str(gettext("%(n)s minutes", n=count))
