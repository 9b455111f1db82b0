"""Tables of the picture: sums by place and day, when they were made, and the screens that show them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model


class CityDay(Model):
    """How much of something there was on a day in a place and all that lies within it."""

    __tablename__ = "city_day"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z0-9_]{2,60}$'", name="code"),
        Index(None, "source", "on_day"),
    )

    area_code: Mapped[str] = mapped_column(primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    value: Mapped[int]


class CityFold(Model):
    """When a count was last made of a day."""

    __tablename__ = "city_fold"

    source: Mapped[str] = mapped_column(primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    folded_at: Mapped[datetime]


class CityDisplay(Model):
    """A screen on a wall: it stands for no person, shows one place, and can be sent away."""

    __tablename__ = "city_display"
    __table_args__ = (
        UniqueConstraint("code_digest"),
        UniqueConstraint("token_digest"),
        CheckConstraint("length(btrim(name)) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint("(code_digest IS NULL) = (code_expires_at IS NULL)", name="code"),
        CheckConstraint("octet_length(code_digest) = 32 AND octet_length(token_digest) = 32", name="digests"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        Index("ix_city_display_area_code", "area_code", "id", postgresql_ops={"area_code": "text_pattern_ops"}),
    )

    id: Mapped[Identifier]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    name: Mapped[str]
    language: Mapped[str]
    code_digest: Mapped[bytes | None]
    code_expires_at: Mapped[datetime | None]
    token_digest: Mapped[bytes | None]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
