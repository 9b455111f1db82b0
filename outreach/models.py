"""Tables of outreach: scores and their history, what has changed, visits that are due and made, help referred to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Small

ACCOUNT, AREA, SENIOR, VISIT = "account.id", "area.code", "senior.id", "outreach_visit.id"
BY_PLACE = {"area_code": "text_pattern_ops"}


class Risk(Model):
    """How great a person's risk is today, why, what could help, and when they were last visited."""

    __tablename__ = "outreach_risk"
    __table_args__ = (
        CheckConstraint("band IN ('red', 'orange', 'yellow', 'none')", name="band"),
        CheckConstraint("score >= 0", name="score"),
        Index(
            "ix_outreach_risk_area_code",
            "area_code",
            "band",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("band <> 'none'"),
        ),
        Index(
            "ix_outreach_risk_suggests",
            "area_code",
            "senior_id",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("suggests <> '{}'"),
        ),
    )

    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR), primary_key=True, autoincrement=False)
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    score: Mapped[Small]
    band: Mapped[str]
    reasons: Mapped[list[Any]]
    suggests: Mapped[list[str]] = mapped_column(ARRAY(Text))
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    scored_on: Mapped[date]
    band_since_on: Mapped[date]
    last_visit_on: Mapped[date | None]


class RiskScore(Model):
    """A score that differs from the one before it, with the reasons it adds up from; never changed."""

    __tablename__ = "outreach_score"
    __table_args__ = (
        CheckConstraint("band IN ('red', 'orange', 'yellow', 'none')", name="band"),
        Index(None, "senior_id", "id"),
        Index("ix_outreach_score_area_code_on_day", "area_code", "on_day", postgresql_ops=BY_PLACE),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str]
    on_day: Mapped[date]
    at: Mapped[datetime]
    score: Mapped[Small]
    band: Mapped[str]
    reasons: Mapped[list[Any]]
    before_score: Mapped[int | None] = mapped_column(SmallInteger)
    before_band: Mapped[str | None]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))


class OutreachChange(Model):
    """Something about a person that has changed and is looked into: seen by the product, or told by somebody."""

    __tablename__ = "outreach_change"
    __table_args__ = (
        CheckConstraint("weight IN ('important', 'ordinary')", name="weight"),
        CheckConstraint("(reported IS NULL) = (by_account IS NULL)", name="reported"),
        Index(None, "senior_id", "id"),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str]
    factor: Mapped[str]
    reported: Mapped[str | None]
    weight: Mapped[str]
    on_day: Mapped[date]
    words: Mapped[str] = mapped_column(default="", server_default="")
    recorded_at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))


class OutreachVisit(Model):
    """That somebody was visited, or not found; never changed. ``id`` is the key of whoever sent it."""

    __tablename__ = "outreach_visit"
    __table_args__ = (
        CheckConstraint("way IN ('home', 'phone', 'video')", name="way"),
        CheckConstraint("result IN ('well', 'help', 'ill', 'refused', 'not_home', 'no_answer', 'away')", name="result"),
        CheckConstraint("is_met = (result IN ('well', 'help', 'ill', 'refused'))", name="met"),
        CheckConstraint("NOT counts OR is_met", name="counts"),
        Index("ix_outreach_visit_area_code_visit_on", "area_code", "visit_on", postgresql_ops=BY_PLACE),
        Index(None, "senior_id", "visit_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    band: Mapped[str]
    way: Mapped[str]
    result: Mapped[str]
    is_met: Mapped[bool]
    counts: Mapped[bool]
    words: Mapped[str] = mapped_column(default="", server_default="")
    next_step: Mapped[str] = mapped_column(default="none", server_default="none")
    next_on: Mapped[date | None]
    visit_on: Mapped[date]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by_account: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))


class OutreachTask(Model):
    """A visit that is due: one open one of each kind for a person."""

    __tablename__ = "outreach_task"
    __table_args__ = (
        CheckConstraint("kind IN ('regular', 'important', 'ordinary')", name="kind"),
        CheckConstraint("state IN ('open', 'done', 'dropped')", name="state"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(state = 'done') = (visit_id IS NOT NULL)", name="done"),
        CheckConstraint("level BETWEEN 0 AND 2 AND attempts >= 0", name="level"),
        Index(
            "uq_outreach_task_senior_id_kind_open",
            "senior_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_outreach_task_open",
            "area_code",
            "due_on",
            "id",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("state = 'open'"),
        ),
        Index(None, "senior_id", "id"),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    kind: Mapped[str]
    band: Mapped[str]
    causes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    attempts: Mapped[Small] = mapped_column(default=0, server_default="0")
    next_on: Mapped[date | None]
    level: Mapped[Small] = mapped_column(default=0, server_default="0")
    level_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey(VISIT))


class OutreachProblem(Model):
    """What a visit found that somebody must see to; closed when all help it was referred to has ended."""

    __tablename__ = "outreach_problem"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed"),
        CheckConstraint("closed_at IS NULL OR closing_words <> ''", name="closing_words"),
        Index(None, "senior_id", "id"),
        Index(
            "ix_outreach_problem_open",
            "area_code",
            "id",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Identifier]
    visit_id: Mapped[UUID] = mapped_column(ForeignKey(VISIT))
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    words: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    closing_words: Mapped[str] = mapped_column(default="", server_default="")


class OutreachReferral(Model):
    """That somebody was referred to help, and what came of it."""

    __tablename__ = "outreach_referral"
    __table_args__ = (
        CheckConstraint("kind IN ('allowance', 'meals', 'bed', 'kit', 'other')", name="kind"),
        CheckConstraint("kind <> 'other' OR office <> ''", name="office"),
        CheckConstraint("state IN ('opened', 'accepted', 'refused', 'done')", name="state"),
        CheckConstraint("(state IN ('refused', 'done')) = (ended_on IS NOT NULL)", name="ended"),
        CheckConstraint("state <> 'refused' OR outcome <> ''", name="outcome"),
        CheckConstraint("state <> 'accepted' OR accepted_on IS NOT NULL", name="accepted"),
        Index(
            "uq_outreach_referral_senior_id_kind_open",
            "senior_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('opened', 'accepted') AND kind <> 'other'"),
        ),
        Index(
            "ix_outreach_referral_open",
            "area_code",
            "due_on",
            "id",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("state IN ('opened', 'accepted')"),
        ),
        Index("ix_outreach_referral_area_code_id", "area_code", "id", postgresql_ops=BY_PLACE),
        Index(None, "senior_id", "id"),
        Index(None, "problem_id"),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    kind: Mapped[str]
    office: Mapped[str] = mapped_column(default="", server_default="")
    words: Mapped[str] = mapped_column(default="", server_default="")
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("outreach_problem.id"))
    state: Mapped[str] = mapped_column(default="opened", server_default="opened")
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    due_on: Mapped[date]
    accepted_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    outcome: Mapped[str] = mapped_column(default="", server_default="")
