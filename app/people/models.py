"""Tables of seniors, their status over time, their cards, and files waiting to be imported."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed, Small


class Senior(Model):
    """A person the product serves. What identifies them is sealed and found by blind indexes."""

    __tablename__ = "senior"
    __table_args__ = (
        UniqueConstraint("id_number_index"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 50 AND name = btrim(name)", name="name"),
        CheckConstraint("sex IN ('male', 'female')", name="sex"),
        CheckConstraint("octet_length(id_number_index) = 32", name="id_number_index"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone"),
        CheckConstraint("living_situation IN ('alone', 'empty_nest', 'with_family')", name="living_situation"),
        CheckConstraint(
            "income_class IN ('destitute', 'low_income', 'low_margin', 'hardship', 'none')", name="income_class"
        ),
        CheckConstraint("ability_level BETWEEN 0 AND 4", name="ability_level"),
        Index(None, "residence_area_code", "id", postgresql_ops={"residence_area_code": "text_pattern_ops"}),
        Index(None, "hukou_area_code", "id", postgresql_ops={"hukou_area_code": "text_pattern_ops"}),
        Index(None, "phone_index"),
        Index("ix_senior_name_characters", text("string_to_array(lower(name), NULL)"), postgresql_using="gin"),
    )

    id: Mapped[Identifier]
    name: Mapped[str]
    birth_on: Mapped[date]
    sex: Mapped[str]
    id_number_sealed: Mapped[Sealed]
    id_number_index: Mapped[bytes]
    phone_sealed: Mapped[Sealed | None]
    phone_index: Mapped[bytes | None]
    address_sealed: Mapped[Sealed | None]
    hukou_area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    residence_area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    living_situation: Mapped[str | None]
    income_class: Mapped[str] = mapped_column(default="none", server_default="none")
    ability_level: Mapped[Small | None]
    registered_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class SeniorStatus(Model):
    """What holds for a senior during a period of days; periods of one person never overlap."""

    __tablename__ = "senior_status"
    __table_args__ = (
        UniqueConstraint("senior_id", "from_on"),
        CheckConstraint(
            "status IN ('active', 'in_hospital', 'in_institution', 'moved_away', 'deceased')", name="status"
        ),
        CheckConstraint("until_on > from_on", name="period"),
        CheckConstraint("status <> 'deceased' OR until_on IS NULL", name="death"),
        ExcludeConstraint(
            (text("int8range(senior_id, senior_id, '[]')"), "&&"),
            (text("daterange(from_on, until_on)"), "&&"),
            name="ex_senior_status_period",
            using="gist",
        ),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    status: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_at: Mapped[datetime]


class SeniorAbility(Model):
    """Which ability level a senior has from a day on, or that none holds any more, and what that rests on.

    The senior's own column is today's.
    """

    __tablename__ = "senior_ability"
    __table_args__ = (
        UniqueConstraint("source"),
        CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        CheckConstraint("source ~ '^[a-z_]+:[0-9]+$'", name="source"),
        Index(None, "senior_id", "from_on", "id"),
        Index("ix_senior_ability_waiting", "senior_id", "from_on", postgresql_where=text("taken_up_at IS NULL")),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    level: Mapped[Small | None]
    from_on: Mapped[date]
    source: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_up_at: Mapped[datetime | None]


class Card(Model):
    """A card by its number; a person has at most one that pays."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("replaces"),
        CheckConstraint("number ~ '^6021[0-9]{15}$'", name="number"),
        CheckConstraint("state IN ('issued', 'lost', 'replaced', 'cancelled')", name="state"),
        CheckConstraint("replaces <> number", name="replaces"),
        Index(None, "senior_id"),
        Index("uq_card_senior_id_issued", "senior_id", unique=True, postgresql_where=text("state = 'issued'")),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    state: Mapped[str]
    issued_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    replaces: Mapped[str | None] = mapped_column(ForeignKey("card.number"))


class SeniorImport(Model):
    """A file of seniors on its way in; the file itself is sealed, and gone once it was imported."""

    __tablename__ = "senior_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('uploaded', 'checked', 'confirmed', 'imported', 'refused', 'discarded')", name="state"
        ),
        CheckConstraint("mode IN ('all', 'good_rows')", name="mode"),
        CheckConstraint("mode IS NOT NULL OR state NOT IN ('confirmed', 'imported')", name="confirmed"),
        CheckConstraint("(file_sealed IS NULL) = (state IN ('imported', 'refused', 'discarded'))", name="file"),
        Index(None, "account_id", "id"),
        Index(None, "state"),
    )

    id: Mapped[Identifier]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    account_name: Mapped[str]
    area_codes: Mapped[list[Any]]
    device: Mapped[str]
    file_name: Mapped[str]
    file_sealed: Mapped[Sealed | None] = mapped_column(deferred=True)
    state: Mapped[str]
    mode: Mapped[str | None]
    rows_done: Mapped[int] = mapped_column(default=0, server_default="0")
    rows_total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
