"""Tables of settlement: statements, their lines, what happened to them, disputes, reopenings, payees."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Fen, Identifier, Model, Sealed, Small
from subsidies.settlement.rules import REOPENED, State

ACCOUNT, MERCHANT = "account.id", "ledger.account.id"
NO_FEN = text("0")
ACCEPTED = "accepted"


class Intake(Model):
    """Up to which seal transactions were taken in; its one row is the lock of all who make statements."""

    __tablename__ = "settlement_intake"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    height: Mapped[int]


class Making(Model):
    """Statements that somebody wants made: which districts, how many are done, and what came of it."""

    __tablename__ = "settlement_making"
    __table_args__ = (
        CheckConstraint("done BETWEEN 0 AND cardinality(areas)", name="done"),
        Index("ix_settlement_making_open", "asked_at", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[Identifier]
    period: Mapped[str]
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    asked_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    asked_name: Mapped[str]
    device: Mapped[str]
    asked_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(Integer, default=0, server_default=NO_FEN)
    statements: Mapped[int] = mapped_column(Integer, default=0, server_default=NO_FEN)
    completed: Mapped[int] = mapped_column(Integer, default=0, server_default=NO_FEN)
    lines: Mapped[int] = mapped_column(Integer, default=0, server_default=NO_FEN)
    refusal: Mapped[str] = mapped_column(default="", server_default="")
    finished_at: Mapped[datetime | None]


class Statement(Model):
    """What one merchant is owed for one period; frozen from approval on."""

    __tablename__ = "settlement_statement"

    id: Mapped[Identifier]
    merchant: Mapped[int] = mapped_column(ForeignKey(MERCHANT))
    area_code: Mapped[str]
    period_from: Mapped[date]
    period_until: Mapped[date]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    height: Mapped[int]
    root: Mapped[bytes]
    state: Mapped[str] = mapped_column(server_default=State.DRAFTED)
    lines: Mapped[int] = mapped_column(Integer, server_default=NO_FEN)
    corrections: Mapped[int] = mapped_column(Integer, server_default=NO_FEN)
    points_fen: Mapped[Fen] = mapped_column(server_default=NO_FEN)
    public_fen: Mapped[Fen] = mapped_column(server_default=NO_FEN)
    correction_fen: Mapped[Fen] = mapped_column(server_default=NO_FEN)
    shares: Mapped[list[Any]] = mapped_column(server_default="[]")
    due_on: Mapped[date | None]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    sent_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    street_confirmed_at: Mapped[datetime | None]
    street_confirmed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    bank_reference: Mapped[str | None]
    reopened: Mapped[Small] = mapped_column(server_default=text("0"))

    __table_args__ = (
        CheckConstraint(f"state IN {tuple(map(str, State))!r}", name="state"),
        CheckConstraint("period_from < period_until", name="period"),
        ExcludeConstraint(
            (func.int8range(literal_column("merchant"), literal_column("merchant"), text("'[]'")), "&&"),
            (func.daterange(literal_column("period_from"), literal_column("period_until")), "&&"),
            using="gist",
            name="ex_settlement_statement_period",
        ),
        Index("uq_settlement_statement_merchant_period", "merchant", "period_from", unique=True),
        Index(
            "ix_settlement_statement_period_area",
            "period_from",
            "area_code",
            "id",
            postgresql_ops={"area_code": "text_pattern_ops"},
        ),
    )

    @property
    def total_fen(self) -> int:
        """Return what is to be paid; below zero, what the merchant pays back."""
        return self.points_fen + self.public_fen


class Line(Model):
    """One sealed transaction of a merchant. Only its place in a statement ever changes."""

    __tablename__ = "settlement_line"

    home: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    txn_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    merchant: Mapped[int]
    kind: Mapped[str]
    reverses: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    occurred_on: Mapped[date]
    about_on: Mapped[date]
    height: Mapped[int]
    points_fen: Mapped[Fen]
    public_fen: Mapped[Fen]
    funders: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    funder_points_fen: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    funder_public_fen: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    statement_id: Mapped[int | None]
    n: Mapped[int | None] = mapped_column(Integer)
    is_correction: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint("kind IN ('spend', 'reversal')", name="kind"),
        CheckConstraint("(statement_id IS NULL) = (n IS NULL)", name="placed"),
        Index(
            "uq_settlement_line_statement_id_n",
            "statement_id",
            "n",
            unique=True,
            postgresql_where=text("statement_id IS NOT NULL"),
        ),
        Index("ix_settlement_line_waiting", "merchant", "occurred_on", postgresql_where=text("statement_id IS NULL")),
    )


class Event(Model):
    """What was done with a statement, by whom and when, and what it came to then."""

    __tablename__ = "settlement_event"

    id: Mapped[Identifier]
    statement_id: Mapped[int] = mapped_column(ForeignKey("settlement_statement.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    action: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    total_fen: Mapped[Fen]


class Dispute(Model):
    """A line that the merchant does not accept, and what came of it."""

    __tablename__ = "settlement_dispute"

    id: Mapped[Identifier]
    statement_id: Mapped[int] = mapped_column(ForeignKey("settlement_statement.id"))
    n: Mapped[int] = mapped_column(Integer)
    home: Mapped[int]
    txn_id: Mapped[UUID]
    amount_fen: Mapped[Fen]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    raised_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    raised_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'set_aside')", name="state"),
        CheckConstraint("raised_by <> answered_by", name="two_people"),
        Index("uq_settlement_dispute_open", "statement_id", "n", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_settlement_dispute_txn_id", "home", "txn_id"),
    )


class Reopening(ApprovalMixin, Model):
    """The mark that a frozen statement was opened again: one person asks, another decides."""

    __tablename__ = "settlement_reopening"

    id: Mapped[Identifier]
    statement_id: Mapped[int] = mapped_column(ForeignKey("settlement_statement.id"))
    cause: Mapped[str]

    __table_args__ = (
        *approval_constraints(approved=REOPENED),
        Index(
            "uq_settlement_reopening_open", "statement_id", unique=True, postgresql_where=text("state = 'submitted'")
        ),
    )


class Payee(Model):
    """Where a merchant's money goes; the number is sealed."""

    __tablename__ = "merchant_payee"

    merchant: Mapped[int] = mapped_column(ForeignKey(MERCHANT), primary_key=True, autoincrement=False)
    holder: Mapped[str]
    bank: Mapped[str]
    number: Mapped[Sealed]
    tail: Mapped[str]
    changed_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    changed_at: Mapped[datetime]


class PayeeChange(ApprovalMixin, Model):
    """Where a merchant's money shall go: one person writes it down, another accepts it."""

    __tablename__ = "merchant_payee_change"

    id: Mapped[Identifier]
    merchant: Mapped[int] = mapped_column(ForeignKey(MERCHANT))
    holder: Mapped[str]
    bank: Mapped[str]
    number: Mapped[Sealed]
    tail: Mapped[str]

    __table_args__ = (
        *approval_constraints(approved=ACCEPTED),
        Index("uq_merchant_payee_change_open", "merchant", unique=True, postgresql_where=text("state = 'submitted'")),
    )
