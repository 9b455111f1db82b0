"""The policy kind of settlement: how often, and how long everyone has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.policies.fields import PlainSchema, choice, whole
from app.policies.kinds import Body, Fault, Kind, Table
from subsidies.settlement.rules import Cycle

KIND = "settlement_rules"
CONFIRMS, WAITS = "confirms", "waits"
LONGEST_WAIT = 60


@dataclass(frozen=True, slots=True)
class SettlementRules:
    """How often a place settles, how many days each side has, and what silence means."""

    cycle: Cycle
    confirm_days: int
    approve_days: int
    silence_confirms: bool


class SettlementRulesIn(PlainSchema):
    """Body of a ``settlement_rules`` document. Who bears what is known from the ledger, so nothing says it here."""

    cycle = choice(list(map(str, Cycle)), required=True)
    confirm_days = whole(1, LONGEST_WAIT, required=True)
    approve_days = whole(1, LONGEST_WAIT, required=True)
    silence = choice((CONFIRMS, WAITS), required=True)


def find_faults(body: Body, _area_code: str) -> Iterable[Fault]:
    """Name what a person would object to: days that do not fit into the period before the next one."""
    least = 28 if body["cycle"] == Cycle.MONTH else 90
    if body["confirm_days"] + body["approve_days"] > least:
        yield Fault(
            ("approve_days",),
            _l("Confirming and approving together may take at most %(most)s days, or periods pile up.", most=least),
        )


def rules_tables(body: Body) -> Sequence[Table]:
    """Put the rules into words."""
    cycles = {Cycle.MONTH: gettext("each month"), Cycle.QUARTER: gettext("each quarter")}
    silence = {
        CONFIRMS: gettext("counts as confirmed; the street goes on"),
        WAITS: gettext("is waited for; nothing is paid"),
    }
    rows = (
        (gettext("Statements are made"), cycles[Cycle(body["cycle"])]),
        (gettext("The merchant confirms within"), gettext("%(count)s days", count=body["confirm_days"])),
        (gettext("The district approves within"), gettext("%(count)s days", count=body["approve_days"])),
        (gettext("A merchant who says nothing"), silence[body["silence"]]),
    )
    return [
        Table(
            part="cycle",
            title=gettext("How is settled"),
            columns=(gettext("Setting"), gettext("How exactly")),
            rows=tuple((str(name), str(value)) for name, value in rows),
        )
    ]


def read_rules(body: Mapping[str, Any]) -> SettlementRules:
    """Turn a body into rules.

    :raises ValidationError: if it does not have the kind's shape
    """
    loaded = SettlementRulesIn().load(body)
    return SettlementRules(
        Cycle(loaded["cycle"]), loaded["confirm_days"], loaded["approve_days"], loaded["silence"] == CONFIRMS
    )


SETTLEMENT_RULES = Kind(
    name=KIND,
    label=_l("Settlement"),
    schema=SettlementRulesIn,
    checks=find_faults,
    tables=rules_tables,
    example={"cycle": "month", "confirm_days": 5, "approve_days": 10, "silence": WAITS},
)
