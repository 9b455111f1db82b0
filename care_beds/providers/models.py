"""Tables of providers, their carers, carers' certificates and kin, and what the street wrote after a look."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed, Small


class CareProvider(Model):
    """A firm or centre that looks after care beds: its papers, how many beds it may have, where it is paid."""

    __tablename__ = "care_provider"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]{1,11}$'", name="code"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("capacity BETWEEN 0 AND 5000", name="capacity"),
        CheckConstraint("agreement_expires_on >= agreement_from", name="agreement"),
        CheckConstraint("state IN ('active', 'suspended', 'ended')", name="state"),
        CheckConstraint("state = 'active' OR length(state_words) >= 2", name="state_words"),
        Index("ix_care_provider_area_code", "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
    )

    id: Mapped[Identifier]
    code: Mapped[str]
    name: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    licence_number: Mapped[str]
    licence_expires_on: Mapped[date]
    agreement_number: Mapped[str]
    agreement_from: Mapped[date]
    agreement_expires_on: Mapped[date]
    capacity: Mapped[int]
    phone: Mapped[str] = mapped_column(default="", server_default="")
    merchant_account: Mapped[int] = mapped_column(ForeignKey("ledger.account.id"))
    state: Mapped[str] = mapped_column(default="active", server_default="active")
    state_since: Mapped[datetime]
    state_words: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]


class Carer(Model):
    """Somebody who visits for one provider, with an account of their own. Whoever left has a day they left on."""

    __tablename__ = "carer"
    __table_args__ = (
        Index(None, "account_id"),
        # Whoever comes back works with the old account: once at a time, as the person does.
        Index(
            "uq_carer_account_id_employed", "account_id", unique=True, postgresql_where=text("employed_until IS NULL")
        ),
        CheckConstraint("length(name) BETWEEN 1 AND 50", name="name"),
        CheckConstraint("octet_length(phone_index) = 32", name="phone_index"),
        CheckConstraint("octet_length(id_number_index) = 32", name="id_number_index"),
        CheckConstraint("employed_until > employed_from", name="employed"),
        CheckConstraint("state IN ('active', 'suspended')", name="state"),
        CheckConstraint("state = 'active' OR length(state_words) >= 2", name="state_words"),
        Index(None, "provider_id"),
        Index(None, "phone_index"),
        # One person works for one provider at a time: whoever moves leaves the first one first.
        Index(
            "uq_carer_id_number_index_employed",
            "id_number_index",
            unique=True,
            postgresql_where=text("employed_until IS NULL"),
        ),
    )

    id: Mapped[Identifier]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"))
    name: Mapped[str]
    phone_sealed: Mapped[Sealed]
    phone_index: Mapped[bytes]
    id_number_sealed: Mapped[Sealed]
    id_number_index: Mapped[bytes]
    employed_from: Mapped[date]
    employed_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="active", server_default="active")
    state_words: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]


class CarerCertificate(Model):
    """A certificate of a carer, good until its last day; one without a last day does not end. Renewed by a new row."""

    __tablename__ = "carer_certificate"
    __table_args__ = (
        CheckConstraint("kind IN ('care_worker', 'health', 'nurse', 'therapist', 'first_aid')", name="kind"),
        CheckConstraint("length(number) BETWEEN 2 AND 60", name="number"),
        CheckConstraint("expires_on >= issued_on", name="period"),
        Index(None, "carer_id"),
        Index("ix_carer_certificate_expires_on", "expires_on", postgresql_where=text("withdrawn_at IS NULL")),
    )

    id: Mapped[Identifier]
    carer_id: Mapped[int] = mapped_column(ForeignKey("carer.id"))
    kind: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    picture_id: Mapped[UUID | None] = mapped_column(ForeignKey("picture.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CarerKin(Model):
    """A senior whom a carer is related to or lives with, as declared; a declaration that was wrong is ended."""

    __tablename__ = "carer_kin"
    __table_args__ = (
        CheckConstraint(
            "relation IN ('spouse', 'parent', 'parent_in_law', 'grandparent', 'sibling', 'other_relative', 'none')",
            name="relation",
        ),
        CheckConstraint("relation <> 'none' OR is_cohabitant", name="reason"),
        Index(None, "senior_id"),
        Index(
            "uq_carer_kin_carer_id_senior_id_open",
            "carer_id",
            "senior_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Identifier]
    carer_id: Mapped[int] = mapped_column(ForeignKey("carer.id"))
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    relation: Mapped[str]
    is_cohabitant: Mapped[bool]
    declared_on: Mapped[date]
    declared_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]


class ProviderReview(Model):
    """What somebody of the street or district found when they looked at a provider."""

    __tablename__ = "provider_review"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("length(words) BETWEEN 2 AND 2000", name="words"),
        Index(None, "provider_id", "reviewed_on"),
    )

    id: Mapped[Identifier]
    provider_id: Mapped[int] = mapped_column(ForeignKey("care_provider.id"))
    reviewed_on: Mapped[date]
    stars: Mapped[Small]
    words: Mapped[str]
    reviewed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
