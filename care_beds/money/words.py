"""The money of care beds in words of the page's language: payers, purses, states."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from app.auth import current_actor
from app.web.language import ENGLISH, current_language
from app.web.wording import in_language, join_steps
from care_beds.money.payable import BAR_WORDS
from care_beds.money.rules import MonthState, Reason, Why
from care_beds.money.terms import Funder, PartMonths, Payer
from care_beds.money.wording import explain
from subsidies.access import WALLET_READERS


class Chip(NamedTuple):
    """A state as shown: colour, icon, word."""

    state: str
    icon: str
    word: Any


PAYER_NAMES: Mapping[Payer, Any] = {
    Payer.POINTS: _l("Points"),
    Payer.BED_SUBSIDY: _l("Bed subsidy"),
    Payer.INSURANCE: _l("Long-term care insurance"),
    Payer.SELF: _l("The family itself"),
}
FUNDER_NAMES: Mapping[Funder, Any] = {
    Funder.CITY: _l("City"),
    Funder.DISTRICT: _l("District"),
    Funder.STREET: _l("Street"),
    Funder.COMMUNITY: _l("Community"),
    Funder.CHARITY: _l("Charity"),
}
LINE_NAMES: Mapping[str, Any] = {
    "visit": _l("Visit"),
    "bed_month": _l("Month of a bed"),
    "construction": _l("Building of a bed"),
}
PART_MONTH_NAMES: Mapping[PartMonths, Any] = {
    PartMonths.BY_DAYS: _l("the month counts by its days of service, what it takes too"),
    PartMonths.NOTHING: _l("such a month is worth nothing"),
    PartMonths.WHOLE: _l("the month counts whole, if there was a day of service"),
}
MONTH_CHIPS: Mapping[MonthState, Chip] = {
    MonthState.MET: Chip("ok", "check", _l("Met")),
    MonthState.NOT_MET: Chip("warn", "warn", _l("Not met")),
    MonthState.SUSPENDED: Chip("", "clock", _l("Suspended")),
    MonthState.PAID: Chip("ok", "ok", _l("Paid")),
}
RUN_CHIPS: Mapping[str, Chip] = {
    "submitted": Chip("warn", "clock", _l("Waits for approval")),
    "approved": Chip("info", "clock", _l("Approved, being paid")),
    "paid": Chip("ok", "ok", _l("Paid")),
    "rejected": Chip("danger", "undo", _l("Sent back")),
}
BUILT_CHIPS: Mapping[str, Chip] = {
    "to_ask": Chip("", "plus", _l("Not asked for yet")),
    "submitted": Chip("warn", "clock", _l("Waits for approval")),
    "paid": Chip("ok", "ok", _l("Paid")),
    "rejected": Chip("danger", "undo", _l("Sent back")),
}
PAYER_CHIPS: Mapping[Payer, Chip] = {
    Payer.POINTS: Chip("gold", "points", PAYER_NAMES[Payer.POINTS]),
    Payer.BED_SUBSIDY: Chip("info", "bed", PAYER_NAMES[Payer.BED_SUBSIDY]),
    Payer.INSURANCE: Chip("", "care", PAYER_NAMES[Payer.INSURANCE]),
    Payer.SELF: Chip("", "person", PAYER_NAMES[Payer.SELF]),
}
# What says in one line why a month is worth something or nothing; the whole reasoning stands on its own page.
SHORT: Mapping[str, frozenset[Why]] = {
    MonthState.MET: frozenset({Why.VISITS, Why.TIME, Why.AMOUNT}),
    MonthState.PAID: frozenset({Why.VISITS, Why.TIME, Why.AMOUNT}),
    MonthState.NOT_MET: frozenset({Why.VISITS, Why.TIME, Why.NOT_COUNTED, Why.NO_BAND, Why.NO_DAYS, Why.PART_MONTH}),
    MonthState.SUSPENDED: frozenset({Why.DAYS}),
}


def tell(reasons: Sequence[Reason]) -> Sequence[str]:
    """Tell reasons in the language of the page, one sentence each."""
    told: Sequence[str] = in_language(explain(reasons))
    return told


def tell_month(state: str, reasons: Sequence[Reason]) -> str:
    """Say in one line why a month is worth something or nothing: what was short, or what it comes to."""
    shown = [reason for reason in reasons if reason.code in SHORT[state] and not _is_met(state, reason)]
    return join_steps(tell(shown))


def tell_payment(view: Any) -> str:
    """Say in one line who paid a visit and why."""
    return join_steps(tell([reason for reason in view.reasons if reason.code is not Why.PRICE]))


def may_open_books() -> bool:
    """Say whether the reader of a page may follow a payment into the books."""
    return bool(current_actor().roles & set(WALLET_READERS))


def run_chip(run: Any) -> Chip:
    """Return the state of what was handed in together, as shown."""
    return RUN_CHIPS["paid" if run.paid_at else run.state]


def write_hours(minutes: int) -> str:
    """Write minutes as hours with one decimal, as plans count them: 5.4."""
    return f"{minutes / 60:.1f}"


def write_month(month: date) -> str:
    """Write a month with its year: 2026年10月; October 2026."""
    return month.strftime("%B %Y") if current_language() == ENGLISH else f"{month.year}年{month.month}月"


def _is_met(state: str, reason: Reason) -> bool:
    """Say whether a part of what was asked was met in a month that as a whole was not: then it explains nothing."""
    least, done = reason.params.get("least"), reason.params.get("visits", reason.params.get("minutes"))
    return state == MonthState.NOT_MET and least is not None and done >= least


WORDS: Mapping[str, Any] = {
    "payer_names": PAYER_NAMES,
    "payer_chips": PAYER_CHIPS,
    "funder_names": FUNDER_NAMES,
    "month_chips": MONTH_CHIPS,
    "built_chips": BUILT_CHIPS,
    "run_chip": run_chip,
    "tell": tell,
    "tell_month": tell_month,
    "tell_payment": tell_payment,
    "bar_words": BAR_WORDS,
    "write_hours": write_hours,
    "write_month": write_month,
    "may_open_books": may_open_books,
}
