"""The table of notes about people: the application may add rows and read them, nothing else."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed


class SeniorNote(Model):
    """What somebody of the staff noted about a person; a mistake is corrected by another note."""

    __tablename__ = "senior_note"
    __table_args__ = (
        UniqueConstraint("id", "senior_id", "kind"),
        # A note is corrected once; what corrects it may be corrected in turn.
        UniqueConstraint("corrects"),
        # A correction is about the same person and as confidential as what it corrects.
        ForeignKeyConstraint(
            ["corrects", "senior_id", "kind"], ["senior_note.id", "senior_note.senior_id", "senior_note.kind"]
        ),
        CheckConstraint("kind IN ('plain', 'confidential')", name="kind"),
        CheckConstraint("corrects < id", name="corrects"),
        Index(None, "senior_id", "written_at", "id"),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    kind: Mapped[str]
    body_sealed: Mapped[Sealed]
    corrects: Mapped[int | None]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime]
