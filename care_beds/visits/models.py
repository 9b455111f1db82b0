"""Tables of care plans, of visits and gaps, and of what was recorded and said of visits.

What they promise stands in the migration: one visit at a time for a carer and for a senior, records that stay.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed, Small

ACCOUNT, AREA, BED, CARER = "account.id", "area.code", "care_bed.id", "carer.id"
PROVIDER, SENIOR, VISIT = "care_provider.id", "senior.id", "care_visit.id"
BY_PLACE = {"area_code": "text_pattern_ops"}


class CarePlan(Model):
    """What a person is visited for and how often, proposed by the provider and agreed to by the street."""

    __tablename__ = "care_plan"
    __table_args__ = (
        Index(
            "uq_care_plan_bed_id_open",
            "bed_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
        Index("ix_care_plan_bed_id", "bed_id", "id"),
        Index("ix_care_plan_provider_id_state", "provider_id", "state"),
        Index(
            "ix_care_plan_submitted",
            "area_code",
            "id",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    provider_id: Mapped[int] = mapped_column(ForeignKey(PROVIDER))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    note_sealed: Mapped[Sealed | None]
    made_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    made_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    submitted_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    decided_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="", server_default="")


class PlanLine(Model):
    """One service of a plan: on which weekdays, every how many weeks, from when, for how long, by whom."""

    __tablename__ = "plan_line"
    __table_args__ = (
        Index(None, "plan_id"),
        Index(None, "carer_id", postgresql_where=text("carer_id IS NOT NULL")),
    )

    id: Mapped[Identifier]
    plan_id: Mapped[int] = mapped_column(ForeignKey("care_plan.id"))
    service: Mapped[str]
    weekdays: Mapped[Small]
    every_weeks: Mapped[Small] = mapped_column(default=1, server_default="1")
    start_minute: Mapped[Small]
    minutes: Mapped[Small]
    carer_id: Mapped[int | None] = mapped_column(ForeignKey(CARER))


class CareVisit(Model):
    """One visit to one person by one carer: planned, begun, finished, confirmed; or missed, or cancelled."""

    __tablename__ = "care_visit"
    __table_args__ = (
        Index(
            "uq_care_visit_plan_line_id_due_on",
            "plan_line_id",
            "due_on",
            unique=True,
            postgresql_where=text(
                "plan_line_id IS NOT NULL AND cancel_reason NOT IN ('resting', 'away', 'closed', 'replanned')"
            ),
        ),
        Index(None, "carer_id", "visit_on"),
        Index(None, "provider_id", "visit_on"),
        Index(None, "senior_id", "visit_on"),
        Index(None, "bed_id", "visit_on"),
        Index(None, "visit_on"),
        Index("ix_care_visit_planned", "visit_on", postgresql_where=text("state = 'planned'")),
        Index(None, "started_at", postgresql_where=text("started_at IS NOT NULL")),
        Index("ix_care_visit_finished", "finished_at", postgresql_where=text("state = 'finished'")),
        Index(
            "ix_care_visit_exception",
            "area_code",
            "id",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("exception = 'open'"),
        ),
    )

    id: Mapped[Identifier]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    senior_id: Mapped[int]
    provider_id: Mapped[int]
    carer_id: Mapped[int] = mapped_column(ForeignKey(CARER))
    plan_line_id: Mapped[int | None] = mapped_column(ForeignKey("plan_line.id"))
    area_code: Mapped[str]
    service: Mapped[str]
    due_on: Mapped[date]
    visit_on: Mapped[date]
    planned: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    state: Mapped[str] = mapped_column(default="planned", server_default="planned")
    moved_from: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE)
    covers_carer_id: Mapped[int | None] = mapped_column(ForeignKey(CARER))
    change_reason: Mapped[str] = mapped_column(default="", server_default="")
    missed_reason: Mapped[str] = mapped_column(default="", server_default="")
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")
    words: Mapped[str] = mapped_column(default="", server_default="")
    seen_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    items_done: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    vitals: Mapped[dict[str, Any] | None]
    exception: Mapped[str] = mapped_column(default="none", server_default="none")
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))


class VisitGap(Model):
    """A day of a line for which nobody can come as planned, and what became of it."""

    __tablename__ = "visit_gap"
    __table_args__ = (
        UniqueConstraint("plan_line_id", "due_on"),
        Index("ix_visit_gap_open", "provider_id", "due_on", "id", postgresql_where=text("state = 'open'")),
        Index(None, "bed_id", "due_on"),
    )

    id: Mapped[Identifier]
    plan_line_id: Mapped[int] = mapped_column(ForeignKey("plan_line.id"))
    due_on: Mapped[date]
    bed_id: Mapped[int] = mapped_column(ForeignKey(BED))
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    provider_id: Mapped[int] = mapped_column(ForeignKey(PROVIDER))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    carer_id: Mapped[int | None] = mapped_column(ForeignKey(CARER))
    service: Mapped[str]
    planned: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    visit_id: Mapped[int | None] = mapped_column(ForeignKey(VISIT))
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    words: Mapped[str] = mapped_column(default="", server_default="")


class VisitMark(Model):
    """What a phone told of arriving or leaving; never changed."""

    __tablename__ = "visit_mark"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("visit_id", "kind"),
        Index(None, "picture_id", postgresql_where=text("picture_id IS NOT NULL")),
    )

    id: Mapped[Identifier]
    visit_id: Mapped[int] = mapped_column(ForeignKey(VISIT))
    kind: Mapped[str]
    key: Mapped[str]
    fingerprint: Mapped[bytes]
    by_account: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    sticker_ok: Mapped[bool | None]
    sticker_typed: Mapped[bool] = mapped_column(default=False, server_default="false")
    sticker_id: Mapped[int | None] = mapped_column(ForeignKey("bed_sticker.id"))
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[int | None]
    fix_age_s: Mapped[int | None]
    no_fix_reason: Mapped[str] = mapped_column(default="", server_default="")
    distance_m: Mapped[int | None]
    picture_id: Mapped[UUID | None] = mapped_column(ForeignKey("picture.id"))
    device: Mapped[str] = mapped_column(default="", server_default="")
    clock_suspect: Mapped[bool] = mapped_column(default=False, server_default="false")
    words: Mapped[str] = mapped_column(default="", server_default="")


class VisitException(Model):
    """Something about a visit that does not fit, and what a supervisor decided about it; decided once."""

    __tablename__ = "visit_exception"
    __table_args__ = (
        UniqueConstraint("visit_id", "code"),
        Index("ix_visit_exception_open", "id", postgresql_where=text("decision IS NULL")),
    )

    id: Mapped[Identifier]
    visit_id: Mapped[int] = mapped_column(ForeignKey(VISIT))
    code: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    raised_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    decided_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="", server_default="")


class VisitConfirmation(Model):
    """How a visit was confirmed; ``cannot`` may be followed by a tap or a code."""

    __tablename__ = "visit_confirmation"
    __table_args__ = (
        UniqueConstraint("visit_id", "how"),
        Index(
            "uq_visit_confirmation_visit_id_said",
            "visit_id",
            unique=True,
            postgresql_where=text("how IN ('tap', 'code', 'lapse')"),
        ),
    )

    id: Mapped[Identifier]
    visit_id: Mapped[int] = mapped_column(ForeignKey(VISIT))
    how: Mapped[str]
    by_account: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    occurred_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="", server_default="")


class VisitRating(Model):
    """What one account thought of a visit; said once."""

    __tablename__ = "visit_rating"
    __table_args__ = (UniqueConstraint("visit_id", "by_account"),)

    id: Mapped[Identifier]
    visit_id: Mapped[int] = mapped_column(ForeignKey(VISIT))
    stars: Mapped[Small]
    words: Mapped[str] = mapped_column(default="", server_default="")
    by_account: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    at: Mapped[datetime]


class VisitObjection(Model):
    """What a family says is not right about a visit, and the answer."""

    __tablename__ = "visit_objection"
    __table_args__ = (
        Index("uq_visit_objection_visit_id_open", "visit_id", unique=True, postgresql_where=text("state = 'open'")),
        Index(None, "visit_id"),
    )

    id: Mapped[Identifier]
    visit_id: Mapped[int] = mapped_column(ForeignKey(VISIT))
    words: Mapped[str]
    by_account: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    answered_at: Mapped[datetime | None]
