"""The table of exports: what was asked for, why, by whom, and how it went on."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Identifier, Model

ALLOWED = "allowed"


class DataExport(ApprovalMixin, Model):
    """One file that somebody wanted. What was asked for and why is never changed."""

    __tablename__ = "data_export"
    __table_args__ = (
        *approval_constraints(approved=ALLOWED),
        CheckConstraint("built_at IS NULL OR NOT is_named OR state = 'allowed'", name="named"),
        CheckConstraint("length(btrim(purpose)) BETWEEN 4 AND 400", name="purpose"),
        CheckConstraint("file_format IN ('xlsx', 'csv')", name="file_format"),
        Index(None, "maker_id", "id"),
    )

    id: Mapped[Identifier]
    what: Mapped[str]
    filters: Mapped[dict[str, Any]]
    told: Mapped[str]
    file_format: Mapped[str]
    purpose: Mapped[str]
    is_named: Mapped[bool]
    language: Mapped[str]
    held: Mapped[list[Any]]
    device: Mapped[str]
    area_code: Mapped[str | None]
    created_at: Mapped[datetime]
    rows_total: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0, server_default="0")
    built_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
