"""The table of pictures; the files lie under the product's home."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class Picture(Model):
    """A photo that was kept: of what, for what, what its metadata said, and two fingerprints.

    ``media_type`` is what came; what is kept and shown is always a JPEG: ``size_bytes``, ``width`` and ``height`` are
    of that. ``sha256`` is of what came, so that a photo still lying on a phone can be compared with it.
    """

    __tablename__ = "picture"
    __table_args__ = (
        CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'image/webp')", name="media_type"),
        CheckConstraint("size_bytes > 0 AND width > 0 AND height > 0", name="size"),
        CheckConstraint("owner_kind <> '' AND owner_ref <> ''", name="owner"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="place"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="place_whole"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        Index(None, "owner_kind", "owner_ref"),
        Index(None, "senior_id"),
        Index(None, "kept_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    owner_kind: Mapped[str]
    owner_ref: Mapped[str]
    senior_id: Mapped[int | None] = mapped_column(ForeignKey("senior.id"))
    purpose: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    taken_at: Mapped[datetime | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    phash: Mapped[int]
    sha256: Mapped[bytes]
    kept_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kept_at: Mapped[datetime]
