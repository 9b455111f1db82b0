"""Reading the ledger: wallets, statements, one transaction, the trial balance. Asks nobody's leave."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.areas.rules import ancestors
from app.clock import ZONE
from app.errors import NotFound
from subsidies.ledger.canonical import Line, Movement, Terms, chain_hash
from subsidies.models import FUNDERS, WALLET, Account, Book, Idem, Lot, Posting, Txn


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """Points of one origin that are still there."""

    id: int
    funder: str
    programme: str
    purpose: str
    granted_fen: int
    remaining_fen: int
    expires_on: date
    parent_lot: int | None


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a payer may spend on a day, and where it comes from; earliest last good day first."""

    home: int
    balance_fen: int
    lots: Sequence[LotView]


@dataclass(frozen=True, slots=True)
class PostingView:
    """A posting with the names of its accounts, and the last good day of its lot."""

    n: int
    debit: int
    credit: int
    debit_name: str
    credit_name: str
    debit_kind: str
    credit_kind: str
    amount_fen: int
    lot_id: int | None
    undoes: int | None
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementView:
    """A transaction with all that explains it. ``change_fen`` is what it did to the payer's points."""

    home: int
    id: UUID
    seq: int
    kind: str
    reverses: UUID | None
    occurred_at: datetime
    booked_at: datetime
    actor: str
    device: str
    cause: Mapping[str, Any]
    hash: str
    postings: Sequence[PostingView]

    @property
    def change_fen(self) -> int:
        """Return what the payer's points gained, negative for what they lost."""
        return sum(
            line.amount_fen * ((line.credit == WALLET) - (line.debit == WALLET)) for line in self.postings
        )

    @property
    def public_fen(self) -> int:
        """Return what funders paid beside points, negative where it went back."""
        return sum(
            line.amount_fen * ((line.debit_kind in FUNDERS) - (line.credit_kind in FUNDERS))
            for line in self.postings
            if WALLET not in (line.debit, line.credit)
        )


@dataclass(frozen=True, slots=True)
class Movements:
    """Some movements, newest first, and the cursor of the next page."""

    items: Sequence[MovementView]
    next: int | None
