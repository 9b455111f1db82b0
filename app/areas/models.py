"""The table of places."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class Area(Model):
    """A province, city, district, street or community, by its official code."""

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint("level IN ('province', 'city', 'district', 'street', 'community')", name="level"),
        CheckConstraint(
            "code ~ CASE level WHEN 'street' THEN '^[0-9]{9}$' WHEN 'community' THEN '^[0-9]{12}$' "
            "ELSE '^[0-9]{6}$' END",
            name="code",
        ),
        CheckConstraint("(level = 'province') = (parent_code IS NULL)", name="parent"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        Index(None, "parent_code"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="", server_default="")
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
