"""The ledger's tables, for reading: only the functions of the database write them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model

SCHEMA = "ledger"
WALLET = 1  # the control account behind all books
FUNDERS = ("city", "district", "street", "community", "charity")
KINDS = ("wallet", *FUNDERS, "merchant", "expired", "receivable")
ROOM_FOR_UPDATES = {"schema": SCHEMA, "postgresql_with": {"fillfactor": 70}}


class Account(Model):
    """Who gives and who takes; never changed."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("kind", "area_code", "owner_ref", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"(id = {WALLET}) = (kind = 'wallet')", name="wallet"),
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"),
        {"schema": SCHEMA},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False, start=100), primary_key=True)
    kind: Mapped[str]
    area_code: Mapped[str | None]
    owner_ref: Mapped[str | None]
    name: Mapped[str]
    digest: Mapped[bytes]


class Book(Model):
    """One payer: balance, number of movements, and the head of the hash chain."""

    __tablename__ = "book"
    __table_args__ = (CheckConstraint("balance_fen >= 0", name="balance_fen"), ROOM_FOR_UPDATES)

    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    balance_fen: Mapped[int] = mapped_column(server_default="0")
    seq: Mapped[int] = mapped_column(server_default="0")
    head: Mapped[bytes] = mapped_column(server_default="")


class Lot(Model):
    """Points of one origin and one last good day."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("remaining_fen BETWEEN 0 AND granted_fen", name="remaining_fen"),
        Index(None, "home", "expires_on", "id"),
        ROOM_FOR_UPDATES,
    )

    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    funder: Mapped[int]
    programme: Mapped[str]
    purpose: Mapped[str]
    granted_fen: Mapped[int]
    remaining_fen: Mapped[int]
    expires_on: Mapped[date]
    parent_lot: Mapped[int | None]


class Txn(Model):
    """One movement of one book."""

    __tablename__ = "txn"
    __table_args__ = (
        UniqueConstraint("home", "seq"),
        # In order of the rows on disk, which is nearly that of time: a btree would cost every sale.
        Index(
            "ix_txn_booked_at",
            "booked_at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 32, "autosummarize": "on"},
        ),
        {"schema": SCHEMA},
    )

    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    kind: Mapped[str]
    reverses: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    booked_at: Mapped[datetime]
    actor: Mapped[str]
    device: Mapped[str]
    balance_fen: Mapped[int]
    answer: Mapped[bytes]
    cause: Mapped[Any] = mapped_column(JSON)
    hash: Mapped[bytes]


class Posting(Model):
    """One debit account, one credit account, one amount."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount_fen"),
        CheckConstraint("debit <> credit", name="sides"),
        {"schema": SCHEMA},
    )

    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    txn_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    debit: Mapped[int]
    credit: Mapped[int]
    amount_fen: Mapped[int]
    lot_id: Mapped[int | None]
    undoes: Mapped[int | None] = mapped_column(SmallInteger)


class Refund(Model):
    """How much of a posting was given back."""

    __tablename__ = "refund"
    __table_args__ = (CheckConstraint("refunded_fen BETWEEN 1 AND amount_fen", name="refunded_fen"), {"schema": SCHEMA})

    home: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    txn_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    amount_fen: Mapped[int]
    refunded_fen: Mapped[int]


class Idem(Model):
    """The first answer to a key."""

    __tablename__ = "idem"
    __table_args__ = (Index(None, "key", postgresql_where=text("txn_id IS NULL")), {"schema": SCHEMA})

    home: Mapped[int]
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    outcome: Mapped[str]
    txn_id: Mapped[UUID | None]
    balance_fen: Mapped[int]
    response: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    answered_at: Mapped[datetime]
    digest: Mapped[bytes | None]


class LedgerCheck(Model):
    """What a verification of the whole ledger found."""

    __tablename__ = "ledger_check"

    id: Mapped[Identifier]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    transactions: Mapped[int]
    faults: Mapped[list[Any]]
