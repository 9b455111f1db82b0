"""Settlement in words: states, steps, what was done, kinds of lines."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.web.language import ENGLISH, current_language
from subsidies.settlement.rules import Cycle, Period, State, Step


class Chip(NamedTuple):
    """Colour, icon and word of a state."""

    state: str
    icon: str
    word: Any


STATE_NAMES: Mapping[State, Any] = {
    State.DRAFTED: _l("Drafted"),
    State.SENT: _l("Waits for the merchant"),
    State.DISPUTED: _l("Disputed"),
    State.CONFIRMED: _l("Confirmed by the merchant"),
    State.STREET_CONFIRMED: _l("Confirmed by the street"),
    State.APPROVED: _l("Approved, to be paid"),
    State.PAID: _l("Paid"),
}
STATE_CHIPS: Mapping[State, Chip] = {
    State.DRAFTED: Chip("", "receipt", STATE_NAMES[State.DRAFTED]),
    State.SENT: Chip("info", "clock", STATE_NAMES[State.SENT]),
    State.DISPUTED: Chip("warn", "warn", STATE_NAMES[State.DISPUTED]),
    State.CONFIRMED: Chip("info", "check", STATE_NAMES[State.CONFIRMED]),
    State.STREET_CONFIRMED: Chip("info", "check", STATE_NAMES[State.STREET_CONFIRMED]),
    State.APPROVED: Chip("ok", "check", STATE_NAMES[State.APPROVED]),
    State.PAID: Chip("ok", "ok", STATE_NAMES[State.PAID]),
}
LINE_KIND_NAMES: Mapping[str, Any] = {"spend": _l("Sale"), "reversal": _l("Given back")}
# What lines are called whose movement was no sale, by what the cause of the movement says.
_line_names: dict[str, Any] = {}
DISPUTE_NAMES: Mapping[str, Any] = {
    "open": _l("Waits for an answer"),
    "upheld": _l("The line stays"),
    "set_aside": _l("Set aside for a later period"),
}
ACTION_WORDS: Mapping[str, Any] = {
    "settlement.made": _l("Statements made"),
    f"settlement.{Step.SEND}": _l("Statement sent to the merchant"),
    f"settlement.{Step.CONFIRM}": _l("Statement confirmed by the merchant"),
    f"settlement.{Step.CONFIRM_FOR_STREET}": _l("Statement confirmed by the street"),
    f"settlement.{Step.SEND_BACK}": _l("Statement sent back"),
    f"settlement.{Step.APPROVE}": _l("Statement approved"),
    f"settlement.{Step.PAY}": _l("Statement marked as paid"),
    f"settlement.{Step.REOPEN}": _l("Statement reopened"),
    "settlement.dispute": _l("Line disputed"),
    "settlement.answer": _l("Dispute answered"),
    "settlement.ask_reopening": _l("Reopening asked for"),
    "settlement.refuse_reopening": _l("Reopening refused"),
    "settlement.exported": _l("Statement exported"),
    "settlement.bank_file": _l("Bank file written"),
    "settlement.payee_asked": _l("Bank account written down"),
    "settlement.payee": _l("Bank account changed"),
    "settlement.payee_refused": _l("Bank account refused"),
}


def period_name(period: Period) -> str:
    """Write a period: 2026年10月, 2026年第4季度; October 2026, quarter 4 of 2026."""
    first = period.from_on
    if period.cycle is Cycle.QUARTER:
        return str(_("quarter %(number)s of %(year)s", number=(first.month + 2) // 3, year=first.year))
    return first.strftime("%B %Y") if current_language() == ENGLISH else f"{first.year}年{first.month}月"


def register_line_name(what: str, name: Any) -> None:
    """Let a feature name the lines that its causes make: those whose ``what`` is this one."""
    _line_names[what] = name


def line_name(kind: str, what: str) -> Any:
    """Return what a line is called: what was paid for, or that it was given back."""
    return _line_names.get(what, LINE_KIND_NAMES[kind])


def event_name(action: str) -> Any:
    """Return what was done with a statement, in words."""
    return ACTION_WORDS.get(f"settlement.{action}", action)


# What every page of settlement needs to put its rows into words.
WORDS: Mapping[str, Any] = {
    "chips": STATE_CHIPS,
    "state_names": STATE_NAMES,
    "line_kinds": LINE_KIND_NAMES,
    "line_name": line_name,
    "dispute_names": DISPUTE_NAMES,
    "period_name": period_name,
    "event_name": event_name,
    "State": State,
}
