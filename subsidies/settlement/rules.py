"""Periods of settlement, and the order of its steps. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

REOPENED = "reopened"
PERIOD = re.compile(r"(20\d\d)-(?:(0[1-9]|1[0-2])|Q([1-4]))")


class Cycle(StrEnum):
    """How often merchants are settled with."""

    MONTH = "month"
    QUARTER = "quarter"


class State(StrEnum):
    """Where a statement stands."""

    DRAFTED = "drafted"
    SENT = "sent"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    STREET_CONFIRMED = "street_confirmed"
    APPROVED = "approved"
    PAID = "paid"


# Its lines and sums can no longer change; what comes later is a correction in the next open period.
FROZEN = frozenset({State.APPROVED, State.PAID})


class Step(StrEnum):
    """What people do with a statement, each by its own button."""

    SEND = "send"
    CONFIRM = "confirm"
    CONFIRM_FOR_STREET = "confirm_for_street"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PAY = "pay"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Way:
    """From where a step may be taken, and where it leads."""

    sources: frozenset[State]
    target: State


WAYS: Mapping[Step, Way] = {
    Step.SEND: Way(frozenset({State.DRAFTED, State.DISPUTED}), State.SENT),
    Step.CONFIRM: Way(frozenset({State.SENT}), State.CONFIRMED),
    Step.CONFIRM_FOR_STREET: Way(frozenset({State.CONFIRMED}), State.STREET_CONFIRMED),
    Step.SEND_BACK: Way(frozenset({State.STREET_CONFIRMED}), State.DRAFTED),
    Step.APPROVE: Way(frozenset({State.STREET_CONFIRMED}), State.APPROVED),
    Step.PAY: Way(frozenset({State.APPROVED}), State.PAID),
    Step.REOPEN: Way(frozenset({State.APPROVED}), State.DRAFTED),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a quarter, half-open."""

    from_on: date
    until_on: date

    @property
    def cycle(self) -> Cycle:
        """Return which of the two it is."""
        return Cycle.MONTH if (self.until_on - self.from_on).days <= 31 else Cycle.QUARTER

    @property
    def code(self) -> str:
        """Write it as ``2026-10`` or ``2026-Q4``."""
        part = f"{self.from_on.month:02d}" if self.cycle is Cycle.MONTH else f"Q{(self.from_on.month + 2) // 3}"
        return f"{self.from_on.year}-{part}"

    @property
    def last_on(self) -> date:
        """Return its last day, on which the rules that settle it must hold."""
        return self.until_on - timedelta(days=1)


def may_take(step: Step, state: State, *, silent_until: date | None = None, today: date | None = None) -> bool:
    """Tell whether a step may be taken now.

    :param silent_until: the last day a merchant may answer, where silence confirms
    """
    if state in WAYS[step].sources:
        return True
    # The agreement says that whoever says nothing in time has agreed.
    is_silent = silent_until is not None and today is not None and today > silent_until
    return step is Step.CONFIRM_FOR_STREET and state is State.SENT and is_silent


def period_from(first: date, cycle: Cycle) -> Period:
    """Return the period of a cycle that a day lies in."""
    month = first.month if cycle is Cycle.MONTH else (first.month - 1) // 3 * 3 + 1
    months = 1 if cycle is Cycle.MONTH else 3
    from_on = date(first.year, month, 1)
    until = from_on.year * 12 + month - 1 + months
    return Period(from_on, date(until // 12, until % 12 + 1, 1))


def find_period(text: str) -> Period | None:
    """Read ``2026-10`` or ``2026-Q4``; ``None`` for anything else."""
    found = PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, quarter = found.groups()
    if month:
        return period_from(date(int(year), int(month), 1), Cycle.MONTH)
    return period_from(date(int(year), int(quarter) * 3, 1), Cycle.QUARTER)


def period_before(day: date, cycle: Cycle) -> Period:
    """Return the last period of a cycle that ended before a day."""
    return period_from(period_from(day, cycle).from_on - timedelta(days=1), cycle)
