"""Columns and constraints of a table whose rows two people sign."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.rules import DRAFT


class ApprovalMixin:
    """Who made a row, who decided it, when and why. The table names its own word for approved."""

    state: Mapped[str] = mapped_column(default=DRAFT, server_default=DRAFT)
    maker_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")


def approval_constraints(*, approved: str) -> tuple[CheckConstraint, ...]:
    """Return the constraints that hold whatever the services do; the migration writes the same."""
    return (
        CheckConstraint(f"state IN ('draft', 'submitted', '{approved}', 'rejected')", name="state"),
        CheckConstraint("maker_id <> checker_id", name="two_people"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted"),
        CheckConstraint(
            f"(state IN ('{approved}', 'rejected')) = (checker_id IS NOT NULL)"
            " AND (checker_id IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint("state <> 'rejected' OR reason <> ''", name="reason"),
    )
