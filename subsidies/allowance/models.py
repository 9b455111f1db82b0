"""Tables of the allowance: approved applications, monthly runs, what they decided for whom, corrections."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Identifier, Model, Small

APPROVED = "approved"
CHANGES = ("new", "same", "more", "less", "lost", "near", "done")
CLAW_BACK, TOP_UP = "claw_back", "top_up"
OPEN = text("state IN ('draft', 'submitted')")


class Approval(Model):
    """That an application of a senior for a programme was approved, and for which days."""

    __tablename__ = "allowance_approval"
    __table_args__ = (CheckConstraint("until_on > from_on", name="period"),)

    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"), primary_key=True)
    programme: Mapped[str] = mapped_column(primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]
    application_id: Mapped[int | None]


class GrantRun(ApprovalMixin, Model):
    """A month's grants of a programme in an area: looked at, handed in, approved by somebody else, posted."""

    __tablename__ = "grant_run"
    __table_args__ = (
        *approval_constraints(approved=APPROVED),
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("issue_on >= month AND issue_on < month + 28", name="issue"),
        CheckConstraint("state = 'draft' OR previewed_at IS NOT NULL", name="previewed"),
        CheckConstraint(f"posted_at IS NULL OR state = '{APPROVED}'", name="posted"),
        Index(None, "programme", "month"),
        Index("uq_grant_run_open", "programme", "month", "area_code", unique=True, postgresql_where=OPEN),
    )

    id: Mapped[Identifier]
    programme: Mapped[str]
    month: Mapped[date]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    issue_on: Mapped[date]
    policy_ids: Mapped[list[Any]]
    created_at: Mapped[datetime]
    people: Mapped[int] = mapped_column(default=0, server_default="0")
    looked_at: Mapped[int] = mapped_column(default=0, server_default="0")
    looked_to: Mapped[int] = mapped_column(default=0, server_default="0")
    previewed_at: Mapped[datetime | None]
    totals: Mapped[dict[str, Any] | None]
    posted: Mapped[int] = mapped_column(default=0, server_default="0")
    posted_fen: Mapped[int] = mapped_column(default=0, server_default="0")
    posted_at: Mapped[datetime | None]


class GrantPart(Model):
    """Some thousand people of a run, granted their points together: those behind ``after``, up to ``until``."""

    __tablename__ = "grant_part"

    run_id: Mapped[int] = mapped_column(ForeignKey("grant_run.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    after: Mapped[int]
    until: Mapped[int]
    posted: Mapped[int] = mapped_column(default=0, server_default="0")
    posted_fen: Mapped[int] = mapped_column(default=0, server_default="0")
    posted_at: Mapped[datetime | None]


class GrantReasoning(Model):
    """A way of reasoning that a run followed, for one person or for many."""

    __tablename__ = "grant_reasoning"

    run_id: Mapped[int] = mapped_column(ForeignKey("grant_run.id"), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    # json, not jsonb: two ways of reasoning are the same when their text is.
    reasons: Mapped[Any] = mapped_column(JSON)


class GrantDecision(Model):
    """What a run decided for a person, with the facts as they were known."""

    __tablename__ = "grant_decision"
    __table_args__ = (
        CheckConstraint(f"change IN {CHANGES!r}", name="change"),
        CheckConstraint("amount_fen >= 0 AND before_fen >= 0", name="amount_fen"),
        CheckConstraint("(amount_fen > 0) = (document_id IS NOT NULL)", name="document"),
        Index("ix_grant_decision_changed", "run_id", "change", "senior_id", postgresql_where=text("change <> 'same'")),
    )

    run_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    senior_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change: Mapped[str]
    amount_fen: Mapped[int]
    before_fen: Mapped[int]
    document_id: Mapped[int | None]
    reasoning: Mapped[int] = mapped_column(Integer)
    area_code: Mapped[str]
    birth_on: Mapped[date]
    hukou_area: Mapped[str]
    residence_area: Mapped[str]
    living: Mapped[str | None]
    income: Mapped[str]
    ability: Mapped[Small | None]
    status: Mapped[str]
    applied: Mapped[str]


class GrantCorrection(ApprovalMixin, Model):
    """What of a month's grant turned out not to be due, or too little; two people sign it, then it is booked."""

    __tablename__ = "grant_correction"
    __table_args__ = (
        *approval_constraints(approved=APPROVED),
        CheckConstraint(f"kind IN {(CLAW_BACK, TOP_UP)!r}", name="kind"),
        CheckConstraint(
            "granted_fen >= 0 AND due_fen >= 0 AND (kind = 'claw_back') = (due_fen < granted_fen)"
            " AND due_fen <> granted_fen",
            name="amounts",
        ),
        CheckConstraint(f"txn_id IS NULL OR state = '{APPROVED}'", name="txn"),
        Index(None, "senior_id"),
        Index(None, "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
        Index("uq_grant_correction_open", "senior_id", "programme", "month", unique=True, postgresql_where=OPEN),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    programme: Mapped[str]
    month: Mapped[date]
    area_code: Mapped[str]
    kind: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("grant_run.id"))
    granted_fen: Mapped[int]
    due_fen: Mapped[int]
    why: Mapped[str]
    reasons: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    txn_id: Mapped[UUID | None]
    from_lot_fen: Mapped[int] = mapped_column(default=0, server_default="0")
    receivable_fen: Mapped[int] = mapped_column(default=0, server_default="0")


class AllowanceTrial(Model):
    """What a document would have changed for the people of a month; without a result, a worker is at it."""

    __tablename__ = "allowance_trial"
    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        CheckConstraint("(result IS NULL) = (finished_at IS NULL)", name="finished"),
        Index("ix_allowance_trial_policy_id_month", "policy_id", "month", "id"),
        Index(
            "uq_allowance_trial_open", "policy_id", "month", unique=True, postgresql_where=text("finished_at IS NULL")
        ),
    )

    id: Mapped[Identifier]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    month: Mapped[date]
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    people: Mapped[int]
    looked_at: Mapped[int] = mapped_column(default=0, server_default="0")
    result: Mapped[dict[str, Any] | None]
    finished_at: Mapped[datetime | None]
