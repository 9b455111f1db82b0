"""The canonical text that a transaction's hash covers, version 1.

``hash = SHA-256(hash of the transaction before in the same book, empty for the first || UTF-8 of the text)``.

The text is a JSON array with ``", "`` between its elements and ``","`` between those of the arrays in it,
strings escaped as JSON demands and no further, absent values ``null``:

==  =============  ==========================================================================
 0  version        1
 1  home           the payer's book
 2  seq            1 for the first transaction of a book, then without a gap
 3  id             UUID, lower case with hyphens
 4  kind           ``grant``, ``spend``, ``reversal``, ``expiry``, ``claw_back``, ``offset``
 5  reverses       UUID of the transaction that is reversed, claimed back or offset, or ``null``
 6  occurred_at    microseconds since 1970-01-01 UTC
 7  booked_at      the same
 8  actor          who asked
 9  device         on what
10  debits         one account id for each posting, in the order of n
11  credits        the same
12  amounts        fen, the same
13  lots           lot ids, ``null`` where a posting has none, without the nulls at the end
14  undoes         n of the posting given back, for each posting; ``null`` as a whole when there is none
15  terms          ``"funder programme purpose expires_on parent"`` of the lot for each posting that credits the
                   wallet, ``-`` for no parent; ``null`` as a whole when there is none
16  balance        fen of all the payer's points after it, those that expired unswept too
17  answer         hex of ``SHA-256(fingerprint of what was asked || UTF-8 of the key and of the stored response)``
18  cause          the JSON document as it is stored, to the letter
==  =============  ==========================================================================

No personal data is in it: a payer is a number, and a cause holds ids, amounts and codes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

VERSION = 1
WALLET = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Scalar = int | str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lot is, for ever: where its points come from, for what, and until when."""

    funder: int
    programme: str
    purpose: str
    expires_on: date
    parent_lot: int | None

    def __str__(self) -> str:
        parent = "-" if self.parent_lot is None else self.parent_lot
        return f"{self.funder} {self.programme} {self.purpose} {self.expires_on.isoformat()} {parent}"


@dataclass(frozen=True, slots=True)
class Line:
    """A posting; ``terms`` are those of its lot."""

    debit: int
    credit: int
    amount_fen: int
    lot_id: int | None = None
    undoes: int | None = None
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A transaction with its postings in order; ``cause`` is the stored text."""

    home: int
    seq: int
    id: UUID
    kind: str
    reverses: UUID | None
    occurred_at: datetime
    booked_at: datetime
    actor: str
    device: str
    lines: Sequence[Line]
    balance_fen: int
    answer: bytes
    cause: str


def canonical_text(movement: Movement) -> str:
    """Write a transaction as its hash covers it."""
    lines = movement.lines
    undoes = [line.undoes for line in lines]
    terms = [str(line.terms) for line in lines if line.credit == WALLET]
    parts = [
        *(_scalar(value) for value in (VERSION, movement.home, movement.seq, str(movement.id), movement.kind)),
        _scalar(str(movement.reverses) if movement.reverses else None),
        *(_scalar(micros(moment)) for moment in (movement.occurred_at, movement.booked_at)),
        *(_scalar(value) for value in (movement.actor, movement.device)),
        *(_array(values) for values in ([x.debit for x in lines], [x.credit for x in lines])),
        *(_array(values) for values in ([x.amount_fen for x in lines], _trimmed([x.lot_id for x in lines]))),
        _array(undoes) if any(undoes) else "null",
        _array(terms) if terms else "null",
        *(_scalar(value) for value in (movement.balance_fen, movement.answer.hex())),
        movement.cause,
    ]
    return f"[{', '.join(parts)}]"


def chain_hash(previous: bytes, movement: Movement) -> bytes:
    """Return a transaction's hash, given that of the one before it in the same book (empty for the first)."""
    return hashlib.sha256(previous + canonical_text(movement).encode()).digest()


def micros(moment: datetime) -> int:
    """Return an aware moment in microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def _scalar(value: Scalar) -> str:
    return json.dumps(value, ensure_ascii=False)


def _array(values: Sequence[Scalar]) -> str:
    return f"[{','.join(_scalar(value) for value in values)}]"


def _trimmed(values: list[int | None]) -> list[int | None]:
    while values and values[-1] is None:
        values = values[:-1]
    return values
