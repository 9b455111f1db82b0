"""Tables of the stickers at beds, of codes that were not right, and of visits that were told of too late."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model

ACCOUNT = "account.id"


class BedSticker(Model):
    """The sticker at one bed; whoever loses it or doubts it gets another, and this one counts no more."""

    __tablename__ = "bed_sticker"
    __table_args__ = (
        UniqueConstraint("serial"),
        CheckConstraint("serial ~ '^86[0-9]{10}$'", name="serial"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL OR length(revoke_reason) >= 2)",
            name="revoked",
        ),
        Index("uq_bed_sticker_live", "bed_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
        Index(None, "bed_id"),
    )

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey("care_bed.id"))
    serial: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    revoke_reason: Mapped[str] = mapped_column(default="", server_default="")


class VisitCodeTry(Model):
    """A code that was typed for a visit and belonged to nobody of the family."""

    __tablename__ = "visit_code_try"
    __table_args__ = (Index(None, "visit_id"),)

    id: Mapped[Identifier]
    visit_id: Mapped[int] = mapped_column(ForeignKey("care_visit.id"))
    at: Mapped[datetime]
    by_account: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))


class LateVisit(Model):
    """A visit that a phone told of when the office had given it up, or given it to somebody else; decided once."""

    __tablename__ = "late_visit"
    __table_args__ = (
        Index("uq_late_visit_open", "visit_id", "carer_id", unique=True, postgresql_where=text("decision IS NULL")),
        Index("ix_late_visit_open", "id", postgresql_where=text("decision IS NULL")),
        Index(None, "visit_id"),
    )

    id: Mapped[Identifier]
    visit_id: Mapped[int] = mapped_column(ForeignKey("care_visit.id"))
    carer_id: Mapped[int] = mapped_column(ForeignKey("carer.id"))
    why: Mapped[str]
    raised_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    decided_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="", server_default="")
    made_visit_id: Mapped[int | None] = mapped_column(ForeignKey("care_visit.id"))


class LateMark(Model):
    """One end of such a visit, as its phone told it; never changed."""

    __tablename__ = "late_mark"
    __table_args__ = (UniqueConstraint("key"), UniqueConstraint("late_id", "kind"))

    id: Mapped[Identifier]
    late_id: Mapped[int] = mapped_column(ForeignKey("late_visit.id"))
    kind: Mapped[str]
    key: Mapped[str]
    fingerprint: Mapped[bytes]
    by_account: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    doubts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    items: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    vitals: Mapped[dict[str, Any] | None]
