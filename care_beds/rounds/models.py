"""Tables of the stickers at beds, and of codes of families that were not right."""

from datetime import datetime

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
