"""Settlement as shown: statements, lines, disputes, sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from subsidies.settlement.rules import Period, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """What one funder owes: for points it gave, and beside points."""

    funder: int
    name: str
    kind: str
    points_fen: int
    public_fen: int

    @property
    def amount_fen(self) -> int:
        """Return both together."""
        return self.points_fen + self.public_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A statement in a list."""

    id: int
    number: str
    merchant: int
    merchant_name: str
    owner_ref: str
    area_code: str
    period: Period
    state: State
    lines: int
    corrections: int
    points_fen: int
    public_fen: int
    correction_fen: int
    due_on: date | None
    reopened: int

    @property
    def total_fen(self) -> int:
        """Return what is to be paid."""
        return self.points_fen + self.public_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """What somebody did with a statement."""

    at: datetime
    name: str
    action: str
    note: str
    total_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """One statement with who owes it, who signed it, and its story."""

    line: StatementLine
    root: str
    height: int
    policy_id: int
    bank_reference: str | None
    shares: Sequence[ShareView]
    events: Sequence[EventView]
    people: Mapping[str, str]
    moments: Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A disputed line, with its statement."""

    id: int
    statement_id: int
    merchant_name: str
    period: Period
    n: int
    home: int
    txn_id: Any
    amount_fen: int
    reason: str
    state: str
    raised_by: str
    raised_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Statements:
    """Some statements, and the cursor of the next page."""

    items: Sequence[StatementLine]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line: one transaction of the ledger, with what each funder owes for it."""

    n: int
    home: int
    seq: int
    txn_id: UUID
    kind: str
    what: str
    reverses: UUID | None
    occurred_at: datetime
    about_on: date
    is_correction: bool
    points_fen: int
    public_fen: int
    funders: Sequence[int]
    funder_points_fen: Sequence[int]
    funder_public_fen: Sequence[int]
    height: int


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a statement in order, and the number after which the next page begins."""

    items: Sequence[LineView]
    next: int | None


@dataclass(frozen=True, slots=True)
class Disputes:
    """Some disputes, oldest first, and the cursor of the next page."""

    items: Sequence[DisputeView]
    next: int | None


@dataclass(frozen=True, slots=True)
class PeriodSums:
    """How many statements of a period stand where, and what they come to."""

    period: Period
    counts: dict[State, int]
    totals_fen: dict[State, int]

    @property
    def statements(self) -> int:
        """Return how many statements there are."""
        return sum(self.counts.values())

    @property
    def total_fen(self) -> int:
        """Return what all of them come to."""
        return sum(self.totals_fen.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the printed statement shows: sums by day instead of every line."""

    shown: StatementView
    days: Sequence[Any]
    disputes: Sequence[DisputeView]
    payee: Any
