"""Tables of drills, and of what was destroyed of whom, when, why and by whose word."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Identifier, Model

APPROVED = "approved"


class Drill(Model):
    """A copy of the database that was restored and looked through."""

    __tablename__ = "restore_drill"
    __table_args__ = (CheckConstraint("finished_at >= started_at", name="period"), Index(None, "finished_at"))

    id: Mapped[Identifier]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    is_good: Mapped[bool]
    report: Mapped[dict[str, Any]]


class Shredding(ApprovalMixin, Model):
    """A list of what is to be destroyed, which two people sign."""

    __tablename__ = "shredding"
    __table_args__ = (
        *approval_constraints(approved=APPROVED),
        CheckConstraint("finished_at IS NULL OR state = 'approved'", name="finished"),
    )

    id: Mapped[Identifier]
    until_on: Mapped[date]
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ShreddingLine(Model):
    """One kind of data of one person: what is due, and once it was done the tombstone."""

    __tablename__ = "shredding_line"
    __table_args__ = (
        CheckConstraint("data ~ '^[a-z_]{2,20}$'", name="data"),
        CheckConstraint("cause IN ('deceased', 'moved_away')", name="cause"),
        CheckConstraint("due_on > since_on", name="due"),
        CheckConstraint("(done_at IS NULL) = (rows_touched IS NULL)", name="done"),
        CheckConstraint("left_why = '' OR done_at IS NULL", name="left"),
        Index(
            "uq_shredding_line_done",
            "senior_id",
            "data",
            "since_on",
            unique=True,
            postgresql_where=text("done_at IS NOT NULL"),
        ),
        Index(None, "senior_id"),
    )

    shredding_id: Mapped[int] = mapped_column(ForeignKey("shredding.id"), primary_key=True)
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"), primary_key=True)
    data: Mapped[str] = mapped_column(primary_key=True)
    cause: Mapped[str]
    since_on: Mapped[date]
    due_on: Mapped[date]
    area_code: Mapped[str]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    done_at: Mapped[datetime | None]
    left_why: Mapped[str] = mapped_column(default="", server_default="")
    rows_touched: Mapped[int | None]
