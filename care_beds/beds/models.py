"""Tables of beds: where each stands, its history, survey, agreements, what was built in, and suspensions.

A bed's state, its days and its period of service are not written here: they follow from the steps, in the database.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, FetchedValue, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Identifier, Model, Sealed, Small

ACCOUNT, BED, PROVIDER, PICTURE = "account.id", "care_bed.id", "care_provider.id", "picture.id"
LIVE = (
    "state IN ('applied', 'assessed', 'surveyed', 'planned', 'agreed', 'adapted', 'accepted', 'in_service',"
    " 'suspended')"
)


class CareBed(Model):
    """One bed of one person, from the application on."""

    __tablename__ = "care_bed"
    __table_args__ = (
        UniqueConstraint("number"),
        ExcludeConstraint(
            (text("int8range(senior_id, senior_id, '[]')"), "&&"),
            (text("active_during"), "&&"),
            name="ex_care_bed_active",
            using="gist",
        ),
        Index("uq_care_bed_live", "senior_id", unique=True, postgresql_where=text(LIVE)),
        Index(
            "ix_care_bed_area_code_due_on",
            "area_code",
            "due_on",
            "id",
            postgresql_ops={"area_code": "text_pattern_ops"},
        ),
        Index(
            "ix_care_bed_provider_id_state",
            "provider_id",
            "state",
            postgresql_where=text("provider_id IS NOT NULL"),
        ),
        Index(None, "senior_id"),
        Index("ix_care_bed_state", "state", "id"),
    )

    id: Mapped[Identifier]
    number: Mapped[str]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey(PROVIDER))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    address_sealed: Mapped[Sealed | None]
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    programme: Mapped[str]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    state: Mapped[str] = mapped_column(server_default=FetchedValue())
    since_on: Mapped[date]
    due_on: Mapped[date | None] = mapped_column(server_default=FetchedValue())
    active_during: Mapped[Range[date] | None] = mapped_column(DATERANGE, server_default=FetchedValue())
    assessment_id: Mapped[int | None]
    level: Mapped[Small | None]
    assessed_until: Mapped[date | None]
    plan_id: Mapped[int | None]
    applied_on: Mapped[date]
    applied_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    relation: Mapped[str]
    applicant_sealed: Mapped[Sealed | None]
    phone_sealed: Mapped[Sealed | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    proposal: Mapped[str | None] = mapped_column(server_default=FetchedValue())
    proposal_reason: Mapped[str | None] = mapped_column(server_default=FetchedValue())
    proposed_on: Mapped[date | None] = mapped_column(server_default=FetchedValue())


class BedStep(Model):
    """One step of a bed's life; never changed, never deleted. Writing it moves the bed."""

    __tablename__ = "bed_step"
    __table_args__ = (Index(None, "bed_id", "id"),)

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    step: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    on_day: Mapped[date]
    due_on: Mapped[date | None]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    words: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class BedSurvey(Model):
    """What was found at home; a move brings another one."""

    __tablename__ = "bed_survey"
    __table_args__ = (Index(None, "bed_id", "id"),)

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    surveyed_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    at: Mapped[datetime]
    dwelling: Mapped[str]
    floor: Mapped[Small | None]
    has_lift: Mapped[bool]
    has_network: Mapped[bool]
    agrees_to_devices: Mapped[bool]
    lives_with: Mapped[str]
    hazards: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    words: Mapped[str] = mapped_column(default="", server_default="")


class BedAgreement(Model):
    """What senior, provider and street agree on, for so long."""

    __tablename__ = "bed_agreement"
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(bed_id, bed_id, '[]')"), "&&"),
            (text("daterange(from_on, COALESCE(ended_on, until_on))"), "&&"),
            name="ex_bed_agreement_signed",
            using="gist",
            where=text("state = 'signed'"),
        ),
        Index("uq_bed_agreement_draft", "bed_id", unique=True, postgresql_where=text("state = 'draft'")),
        Index(None, "bed_id", "id"),
        Index(None, "provider_id", postgresql_where=text("state = 'draft'")),
    )

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    provider_id: Mapped[int] = mapped_column(ForeignKey(PROVIDER))
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    drawn_up_at: Mapped[datetime]
    drawn_up_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    ended_on: Mapped[date | None]
    words: Mapped[str] = mapped_column(default="", server_default="")


class BedSignature(Model):
    """One of the three signatures under an agreement."""

    __tablename__ = "bed_signature"
    __table_args__ = (
        UniqueConstraint("agreement_id", "party"),
        Index(
            "uq_bed_signature_own",
            "agreement_id",
            "account_id",
            unique=True,
            postgresql_where=text("how = 'own'"),
        ),
    )

    id: Mapped[Identifier]
    agreement_id: Mapped[int] = mapped_column(ForeignKey("bed_agreement.id"))
    party: Mapped[str]
    how: Mapped[str]
    name_sealed: Mapped[Sealed]
    relation: Mapped[str] = mapped_column(default="", server_default="")
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    signed_at: Mapped[datetime]


class BedAdaptation(Model):
    """A change to the home, with a picture of before and one of after."""

    __tablename__ = "bed_adaptation"
    __table_args__ = (Index(None, "bed_id", "id"),)

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    item: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="wanted", server_default="wanted")
    cost_fen: Mapped[Fen | None]
    before_picture_id: Mapped[UUID | None] = mapped_column(ForeignKey(PICTURE))
    after_picture_id: Mapped[UUID | None] = mapped_column(ForeignKey(PICTURE))
    done_on: Mapped[date | None]
    built_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))


class BedDevice(Model):
    """A device of a bed: wanted, in the home, or gone."""

    __tablename__ = "bed_device"
    __table_args__ = (
        Index(
            "uq_bed_device_serial",
            "serial",
            unique=True,
            postgresql_where=text("state IN ('installed', 'tested', 'faulty')"),
        ),
        Index(None, "bed_id", "id"),
    )

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    kind: Mapped[str]
    serial: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="wanted", server_default="wanted")
    installed_on: Mapped[date | None]
    installed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    tested_on: Mapped[date | None]
    tested_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    returned_on: Mapped[date | None]
    words: Mapped[str] = mapped_column(default="", server_default="")


class BedSuspension(Model):
    """Days on which a bed rests; they never overlap."""

    __tablename__ = "bed_suspension"
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(bed_id, bed_id, '[]')"), "&&"),
            (text("during"), "&&"),
            name="ex_bed_suspension_during",
            using="gist",
        ),
    )

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    during: Mapped[Range[date]] = mapped_column(DATERANGE)
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
