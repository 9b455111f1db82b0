"""Tables of money: who paid a visit, what a month was worth, what a bed was built with."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Fen, Identifier, Model
from care_beds.money.rules import MonthState
from care_beds.money.terms import Payer

ACCOUNT, SENIOR, BED, PROVIDER = "account.id", "senior.id", "care_bed.id", "care_provider.id"
POLICY = "policy_document.id"
APPROVED, PAID = "approved", "paid"
BY_AREA = {"area_code": "text_pattern_ops"}


class VisitPayment(Model):
    """A visit that was paid, whole, by one payer; undone at most once."""

    __tablename__ = "visit_payment"
    __table_args__ = (
        UniqueConstraint("txn_id"),
        CheckConstraint(f"payer IN {tuple(map(str, Payer))!r}", name="payer"),
        CheckConstraint("minutes >= 0 AND minutes <= present_minutes", name="minutes"),
        CheckConstraint("price_fen >= 0 AND (price_fen > 0 OR payer = 'self')", name="price"),
        CheckConstraint("(payer IN ('points', 'bed_subsidy')) = (txn_id IS NOT NULL)", name="txn"),
        Index(None, "area_code", "visit_on", postgresql_ops=BY_AREA),
        Index(None, "provider_id", "visit_on"),
        Index(None, "bed_id", "visit_on"),
        Index(None, "senior_id", "visit_on"),
    )

    visit_id: Mapped[int] = mapped_column(ForeignKey("care_visit.id"), primary_key=True, autoincrement=False)
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    provider_id: Mapped[int] = mapped_column(ForeignKey(PROVIDER))
    area_code: Mapped[str]
    visit_on: Mapped[date]
    service: Mapped[str]
    payer: Mapped[str]
    present_minutes: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    price_fen: Mapped[Fen]
    shares: Mapped[list[Any]] = mapped_column(server_default="[]")
    facts: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    policy_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    txn_id: Mapped[UUID | None]
    paid_at: Mapped[datetime]
    paid_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    external_ref: Mapped[str] = mapped_column(default="", server_default="")
    external_at: Mapped[datetime | None]
    external_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    reversal_reason: Mapped[str] = mapped_column(default="", server_default="")
    reversal_id: Mapped[UUID | None]


class MonthRun(ApprovalMixin, Model):
    """The months of a place that one person handed in and another decides."""

    __tablename__ = "bed_month_run"
    __table_args__ = (
        *approval_constraints(approved=APPROVED),
        CheckConstraint("beds > 0 AND amount_fen > 0", name="amount"),
        Index("ix_bed_month_run_month", "month", "area_code", postgresql_ops=BY_AREA),
        Index("ix_bed_month_run_unpaid", "id", postgresql_where=text("state = 'approved' AND paid_at IS NULL")),
    )

    id: Mapped[Identifier]
    area_code: Mapped[str]
    month: Mapped[date]
    beds: Mapped[int] = mapped_column(Integer)
    amount_fen: Mapped[Fen]
    paid_at: Mapped[datetime | None]


class BedMonth(Model):
    """A month of a bed, held against what is asked of it; final once it is paid, but for being taken back."""

    __tablename__ = "bed_month"
    __table_args__ = (
        UniqueConstraint("txn_id"),
        CheckConstraint(f"state IN {tuple(map(str, MonthState))!r}", name="state"),
        Index("ix_bed_month_month", "month", "area_code", postgresql_ops=BY_AREA),
        Index("ix_bed_month_run_id", "run_id", postgresql_where=text("run_id IS NOT NULL")),
    )

    bed_id: Mapped[int] = mapped_column(ForeignKey(BED), primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey(PROVIDER))
    area_code: Mapped[str]
    visits: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    minimum_visits: Mapped[int] = mapped_column(Integer)
    minimum_minutes: Mapped[int] = mapped_column(Integer)
    state: Mapped[str]
    subsidy_fen: Mapped[Fen]
    facts: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    shares: Mapped[list[Any]] = mapped_column(server_default="[]")
    policy_id: Mapped[int] = mapped_column(ForeignKey(POLICY))
    judged_at: Mapped[datetime]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("bed_month_run.id"))
    txn_id: Mapped[UUID | None]
    paid_at: Mapped[datetime | None]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    reversal_reason: Mapped[str] = mapped_column(default="", server_default="")
    reversal_id: Mapped[UUID | None]


class BedMonthPart(Model):
    """What one of several providers was paid of a month of a bed, by the minutes they were there; never changed."""

    __tablename__ = "bed_month_part"
    __table_args__ = (
        UniqueConstraint("txn_id"),
        ForeignKeyConstraint(["bed_id", "month"], ["bed_month.bed_id", "bed_month.month"]),
        Index(None, "provider_id"),
    )

    bed_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey(PROVIDER), primary_key=True, autoincrement=False)
    minutes: Mapped[int] = mapped_column(Integer)
    amount_fen: Mapped[Fen]
    txn_id: Mapped[UUID]
    reversal_id: Mapped[UUID | None]


class BedPayback(ApprovalMixin, Model):
    """What is taken back of the building of a bed that closed too early: asked by one person, booked by another."""

    __tablename__ = "bed_payback"
    __table_args__ = (
        *approval_constraints(approved=PAID),
        UniqueConstraint("reversal_id"),
        CheckConstraint("amount_fen > 0 AND served_months >= 0", name="amount"),
    )

    bed_id: Mapped[int] = mapped_column(ForeignKey("bed_construction.bed_id"), primary_key=True, autoincrement=False)
    area_code: Mapped[str]
    closed_on: Mapped[date]
    close_reason: Mapped[str]
    served_months: Mapped[int] = mapped_column(Integer)
    keep_months: Mapped[int] = mapped_column(Integer)
    amount_fen: Mapped[Fen]
    policy_id: Mapped[int] = mapped_column(ForeignKey(POLICY))
    reversal_id: Mapped[UUID | None]


class BedConstruction(ApprovalMixin, Model):
    """What the building of a bed is paid with: asked by one person, paid by another, once."""

    __tablename__ = "bed_construction"
    __table_args__ = (
        *approval_constraints(approved=PAID),
        UniqueConstraint("txn_id"),
        CheckConstraint("amount_fen > 0 AND adaptations_fen >= 0", name="amount"),
        Index(None, "senior_id"),
        Index("ix_bed_construction_area_code", "area_code", "bed_id", postgresql_ops=BY_AREA),
    )

    bed_id: Mapped[int] = mapped_column(ForeignKey(BED), primary_key=True, autoincrement=False)
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    provider_id: Mapped[int] = mapped_column(ForeignKey(PROVIDER))
    area_code: Mapped[str]
    amount_fen: Mapped[Fen]
    adaptations_fen: Mapped[Fen]
    devices: Mapped[list[Any]]
    reasons: Mapped[list[Any]]
    shares: Mapped[list[Any]]
    policy_id: Mapped[int] = mapped_column(ForeignKey(POLICY))
    txn_id: Mapped[UUID | None]
    paid_at: Mapped[datetime | None]
