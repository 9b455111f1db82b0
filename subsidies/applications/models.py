"""Tables of applications: where each stands, every step of it, and the documents handed in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Identifier, Model, Sealed

STATES = ("submitted", "checked", "approved", "refused", "appealed", "upheld", "withdrawn")
RELATIONS = ("self", "spouse", "child", "family", "guardian", "community")
OUTCOMES = (
    "recorded",
    "supported",
    "doubted",
    "approved",
    "refused",
    "appealed",
    "appeal_approved",
    "appeal_upheld",
    "withdrawn",
    "ended",
)
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
ENDED = "ended"
OPEN_STATES = ("submitted", "checked", "appealed")


class Application(Model):
    """Who asked for what, and where it stands."""

    __tablename__ = "allowance_application"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"relation IN {RELATIONS!r}", name="relation"),
        CheckConstraint("length(note) <= 1000", name="note"),
        CheckConstraint("decided_by <> recorded_by AND decided_by <> checked_by", name="two_people"),
        CheckConstraint(
            "appeal_decided_by <> recorded_by AND appeal_decided_by <> checked_by"
            " AND appeal_decided_by <> decided_by AND appeal_decided_by <> appeal_recorded_by",
            name="three_people",
        ),
        CheckConstraint(
            "(state NOT IN ('checked', 'approved', 'refused', 'appealed', 'upheld') OR checked_by IS NOT NULL)"
            " AND (state NOT IN ('approved', 'refused', 'appealed', 'upheld') OR decided_by IS NOT NULL)"
            " AND (state <> 'appealed' OR appeal_recorded_by IS NOT NULL)"
            " AND (state <> 'upheld' OR appeal_decided_by IS NOT NULL)"
            " AND (appeal_decided_by IS NULL OR state IN ('approved', 'upheld'))",
            name="signed",
        ),
        CheckConstraint(
            "(state = 'approved') = (approved_from IS NOT NULL)"
            " AND (approved_until IS NULL OR approved_until > approved_from)",
            name="approved",
        ),
        Index(
            "uq_allowance_application_open",
            "senior_id",
            "programme",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'checked', 'appealed')"),
        ),
        Index(None, "state", "due_on", "id"),
        Index(None, "senior_id"),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    programme: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    state: Mapped[str]
    relation: Mapped[str]
    applicant_sealed: Mapped[Sealed | None]
    phone_sealed: Mapped[Sealed | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    applied_on: Mapped[date]
    due_on: Mapped[date]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    appeal_recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    appeal_decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_from: Mapped[date | None]
    approved_until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Step(Model):
    """One step of an application, with its reasons as they were known then."""

    __tablename__ = "application_step"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES!r}", name="outcome"),
        CheckConstraint(
            "length(reason) <= 2000 AND (outcome NOT IN"
            " ('doubted', 'refused', 'appealed', 'appeal_approved', 'appeal_upheld', 'withdrawn', 'ended')"
            " OR reason <> '')",
            name="reason",
        ),
        Index("ix_application_step_application_id", "application_id", "id"),
    )

    id: Mapped[Identifier]
    application_id: Mapped[int] = mapped_column(ForeignKey("allowance_application.id"))
    outcome: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    due_on: Mapped[date | None]
    reason: Mapped[str]
    basis: Mapped[dict[str, Any]]


class Document(Model):
    """What was handed in with an application, sealed."""

    __tablename__ = "application_document"
    __table_args__ = (
        UniqueConstraint("application_id", "digest"),
        CheckConstraint(f"media_type IN {MEDIA_TYPES!r}", name="media_type"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("length(title) BETWEEN 1 AND 100", name="title"),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("allowance_application.id"), primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    title: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    digest: Mapped[bytes]
    content_sealed: Mapped[Sealed] = mapped_column(deferred=True)
    added_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]


class Ending(ApprovalMixin, Model):
    """From when on an approval shall no longer hold: one person asks, another decides."""

    __tablename__ = "application_ending"
    __table_args__ = (
        *approval_constraints(approved=ENDED),
        CheckConstraint("length(btrim(why)) BETWEEN 1 AND 2000", name="why"),
        Index(
            "uq_application_ending_open", "application_id", unique=True, postgresql_where=text("state = 'submitted'")
        ),
    )

    id: Mapped[Identifier]
    application_id: Mapped[int] = mapped_column(ForeignKey("allowance_application.id"))
    until_on: Mapped[date]
    why: Mapped[str]
