"""Tables of assessments, of who signed them, of risk events, and of levels that other schemes gave."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed, Small

ACCOUNT, SENIOR, AREA = "account.id", "senior.id", "area.code"


class Assessment(Model):
    """One assessment of one person: filled in, complete, signed and then final; or another area's result."""

    __tablename__ = "assessment"

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    origin: Mapped[str] = mapped_column(default="own", server_default="own")
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    reason: Mapped[str]
    reason_words: Mapped[str] = mapped_column(default="", server_default="")
    assessed_on: Mapped[date]
    source: Mapped[str] = mapped_column(default="page", server_default="page")
    started_at: Mapped[datetime]
    started_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    circumstances: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    noted: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    risk_counts: Mapped[dict[str, Any] | None]
    group_points: Mapped[dict[str, Any] | None]
    total: Mapped[Small | None]
    base_level: Mapped[Small | None]
    level: Mapped[Small | None]
    level_before: Mapped[Small | None]
    changes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    rules_id: Mapped[int | None] = mapped_column(ForeignKey("policy_document.id"))
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    signed_at: Mapped[datetime | None]
    counts_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    origin_area_code: Mapped[str | None] = mapped_column(ForeignKey(AREA))
    origin_place: Mapped[str] = mapped_column(default="", server_default="")
    origin_body: Mapped[str] = mapped_column(default="", server_default="")
    document_number: Mapped[str] = mapped_column(default="", server_default="")
    dropped_at: Mapped[datetime | None]
    dropped_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    dropped_words: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        Index("uq_assessment_open", "senior_id", unique=True, postgresql_where=text("state IN ('draft', 'complete')")),
        Index(
            "ix_assessment_standing",
            "senior_id",
            "assessed_on",
            "signed_at",
            postgresql_where=text("state = 'signed'"),
        ),
        Index("ix_assessment_area_code", "area_code", "id", postgresql_ops={"area_code": "text_pattern_ops"}),
        Index("ix_assessment_senior_id", "senior_id", "id"),
    )


class AssessmentSignature(Model):
    """Who signed which content, as whom."""

    __tablename__ = "assessment_signature"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    name_sealed: Mapped[Sealed | None]
    relation: Mapped[str | None]
    content: Mapped[bytes]
    device: Mapped[str]
    signed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("assessment_id", "account_id"),)


class RiskEvent(Model):
    """Something that happened to a person, by whoever heard of it."""

    __tablename__ = "risk_event"

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    kind: Mapped[str]
    happened_on: Mapped[date]
    words: Mapped[str] = mapped_column(default="", server_default="")
    noted_at: Mapped[datetime]
    noted_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))

    __table_args__ = (Index("ix_risk_event_senior_id_happened_on", "senior_id", "happened_on"),)


class OutsideLevel(Model):
    """What another scheme says of a person, as it says it: kept beside, never converted."""

    __tablename__ = "outside_level"

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    scheme: Mapped[str]
    level: Mapped[str]
    body_name: Mapped[str] = mapped_column(default="", server_default="")
    document_number: Mapped[str] = mapped_column(default="", server_default="")
    assessed_on: Mapped[date]
    expires_on: Mapped[date | None]
    noted_at: Mapped[datetime]
    noted_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    withdrawn_words: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (Index("ix_outside_level_senior_id", "senior_id", "id"),)
