"""The table of the audit log; the application may add rows and read them, nothing else."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class AuditEntry(Model):
    """One thing that somebody did or saw. Names are kept as they were then."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("action ~ '^[a-z_]+([.][a-z_]+)*$'", name="action"),
        Index(None, "at"),
        Index(None, "account_id", "id"),
        Index(None, "action", "id"),
        Index(None, "subject_kind", "subject_id", "id"),
        Index(None, "area_code", "id", postgresql_ops={"area_code": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    account_name: Mapped[str] = mapped_column(server_default="")
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(server_default="")
    area_code: Mapped[str | None]
    device: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    old: Mapped[dict[str, Any] | None]
    new: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(server_default="")
