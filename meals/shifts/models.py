"""The table of shifts: one drawer, one shift at a time."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Identifier, Model


class TillShift(Model):
    """From opening a drawer with its float to counting it; totals are kept as they stood at closing."""

    __tablename__ = "till_shift"

    id: Mapped[Identifier]
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    canteen_id: Mapped[int] = mapped_column(ForeignKey("canteen.id"))
    number: Mapped[int]
    day: Mapped[date]
    float_fen: Mapped[Fen]
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    totals: Mapped[dict[str, Any] | None]
    expected_fen: Mapped[Fen | None]
    counted_fen: Mapped[Fen | None]
    counts: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(default="")
    is_forced: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("till_id", "number"), Index("ix_till_shift_canteen_id_day", "canteen_id", "day"))
