"""Tables of alerts: what rings, what was heard, who was asked and what came of it, who was on duty.

What they promise stands in the migration: one open alert of a home and lane, what was closed stays as it was, and a
change for the live feed with every commit that touches an alert.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed, Small

ACCOUNT, AREA, SENIOR = "account.id", "area.code", "senior.id"
HOME, GATEWAY, INCIDENT, STEP = "safety_home.id", "safety_gateway.id", "safety_incident.id", "safety_step.id"
BY_PLACE = {"area_code": "text_pattern_ops"}
OPEN = text("state <> 'closed'")


class Incident(Model):
    """One alert: everything heard of a home in a lane until somebody closed it."""

    __tablename__ = "safety_incident"
    __table_args__ = (
        Index("uq_safety_incident_home_id_lane_open", "home_id", "lane", unique=True, postgresql_where=OPEN),
        Index("uq_safety_incident_gateway_id_lane_open", "gateway_id", "lane", unique=True, postgresql_where=OPEN),
        Index("ix_safety_incident_open", "area_code", "id", postgresql_ops=BY_PLACE, postgresql_where=OPEN),
        Index("ix_safety_incident_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_safety_incident_home_id", "home_id", "id", postgresql_where=text("home_id IS NOT NULL")),
        Index("ix_safety_incident_senior_id", "senior_id", "id", postgresql_where=text("senior_id IS NOT NULL")),
        Index("ix_safety_incident_opened_at", "opened_at"),
        Index(
            "ix_safety_incident_unanswered",
            "area_code",
            "id",
            postgresql_ops=BY_PLACE,
            postgresql_where=text("unanswered_at IS NOT NULL AND state = 'raised'"),
        ),
        Index(
            "ix_safety_incident_follow_up",
            "follow_up_on",
            postgresql_where=text("follow_up_on IS NOT NULL AND followed_up_at IS NULL"),
        ),
    )

    id: Mapped[Identifier]
    lane: Mapped[str]
    home_id: Mapped[int | None] = mapped_column(ForeignKey(HOME))
    gateway_id: Mapped[int | None] = mapped_column(ForeignKey(GATEWAY))
    senior_id: Mapped[int | None] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    priority: Mapped[Small]
    state: Mapped[str] = mapped_column(default="raised", server_default="raised")
    rule: Mapped[str]
    place: Mapped[str] = mapped_column(default="", server_default="")
    # When the first thing happened at home, and when the product knew.
    raised_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    repeats: Mapped[int] = mapped_column(default=0, server_default="0")
    sounding: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    reopens_id: Mapped[int | None] = mapped_column(ForeignKey(INCIDENT))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy_document.id"))
    ladder: Mapped[str] = mapped_column(default="", server_default="")
    # Rounds of all ladders so far, which number the steps; and how often this ladder was climbed.
    round: Mapped[Small] = mapped_column(default=0, server_default="0")
    climb: Mapped[Small] = mapped_column(default=0, server_default="0")
    # What the product does next and when: the least of the next step, the next round, idleness, the end of a shelf.
    due_at: Mapped[datetime | None]
    round_at: Mapped[datetime | None]
    idle_at: Mapped[datetime | None]
    ringing_at: Mapped[datetime | None]
    # Since when its ladder has been climbed to the end in vain.
    unanswered_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    taken_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]
    arrived_who: Mapped[str] = mapped_column(default="", server_default="")
    cleared_at: Mapped[datetime | None]
    shelved: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    shelved_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    shelved_until: Mapped[datetime | None]
    shelved_reason: Mapped[str] = mapped_column(default="", server_default="")
    outcome: Mapped[str] = mapped_column(default="", server_default="")
    cause: Mapped[str] = mapped_column(default="", server_default="")
    is_false: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    follow_up_on: Mapped[date | None]
    followed_up_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    closed_at: Mapped[datetime | None]
    closing_words: Mapped[str] = mapped_column(default="", server_default="")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class AlertSignal(Model):
    """One thing that was heard of a home; each once, however often it is sent. Never changed."""

    __tablename__ = "safety_signal"
    __table_args__ = (
        UniqueConstraint(
            "home_id",
            "gateway_id",
            "rule",
            "place",
            "kind",
            "occurred_at",
            name="uq_safety_signal_heard",
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "incident_id", "id"),
    )

    id: Mapped[Identifier]
    incident_id: Mapped[int] = mapped_column(ForeignKey(INCIDENT))
    home_id: Mapped[int | None]
    gateway_id: Mapped[int | None]
    rule: Mapped[str]
    place: Mapped[str]
    priority: Mapped[Small]
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    why: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class AlertRing(Model):
    """That an alert rang, why, and who answered when; or how the ring ended without an answer."""

    __tablename__ = "safety_ring"
    __table_args__ = (
        Index(None, "incident_id", "id"),
        Index("ix_safety_ring_began_at", "began_at"),
        Index(
            "uq_safety_ring_incident_id_open",
            "incident_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[Identifier]
    incident_id: Mapped[int] = mapped_column(ForeignKey(INCIDENT))
    kind: Mapped[str]
    priority: Mapped[Small]
    began_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    ended_at: Mapped[datetime | None]


class AlertStep(Model):
    """Somebody who is to be asked for help: when, whether it was done, what came of it."""

    __tablename__ = "safety_step"
    __table_args__ = (
        UniqueConstraint("incident_id", "round", "position"),
        Index(
            "ix_safety_step_open",
            "incident_id",
            "due_at",
            postgresql_where=text("started_at IS NULL AND done_at IS NULL AND skipped_reason = ''"),
        ),
        Index(
            "ix_safety_step_task",
            "kind",
            "incident_id",
            postgresql_where=text("started_at IS NOT NULL AND done_at IS NULL AND kind IN ('grid_worker', 'street')"),
        ),
    )

    id: Mapped[Identifier]
    incident_id: Mapped[int] = mapped_column(ForeignKey(INCIDENT))
    round: Mapped[Small]
    position: Mapped[Small]
    kind: Mapped[str]
    nth: Mapped[Small] = mapped_column(default=1, server_default="1")
    tells: Mapped[str]
    target: Mapped[str] = mapped_column(default="", server_default="")
    contact_id: Mapped[int | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    due_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(default="", server_default="")
    means: Mapped[str] = mapped_column(default="", server_default="")
    words: Mapped[str] = mapped_column(default="", server_default="")
    by_account: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    skipped_reason: Mapped[str] = mapped_column(default="", server_default="")


class AlertNote(Model):
    """What somebody wrote down about an alert; never changed."""

    __tablename__ = "safety_note"
    __table_args__ = (Index(None, "incident_id", "id"),)

    id: Mapped[Identifier]
    incident_id: Mapped[int] = mapped_column(ForeignKey(INCIDENT))
    at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")


class AlertChange(Model):
    """That an alert changed: what live desks follow. Numbered in the order of the commits, written by a trigger."""

    __tablename__ = "safety_change"
    __table_args__ = (Index(None, "at"),)

    seq: Mapped[Identifier]
    at: Mapped[datetime]
    incident_id: Mapped[int]
    area_code: Mapped[str]
    lane: Mapped[str]
    priority: Mapped[Small]
    state: Mapped[str]


class AlertCall(Model):
    """A voice call that the product makes by itself, or a message in its stead: waits, rings, and what came of it."""

    __tablename__ = "safety_call"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_safety_call_due", "due_at", postgresql_where=text("state IN ('waiting', 'ringing')")),
        Index(None, "step_id"),
    )

    id: Mapped[Identifier]
    key: Mapped[str]
    incident_id: Mapped[int] = mapped_column(ForeignKey(INCIDENT))
    step_id: Mapped[int] = mapped_column(ForeignKey(STEP))
    kind: Mapped[str]
    name: Mapped[str]
    phone_sealed: Mapped[Sealed]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    tries: Mapped[Small] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    placed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    means: Mapped[str] = mapped_column(default="", server_default="")
    last_error: Mapped[str] = mapped_column(default="", server_default="")


class Shift(Model):
    """That somebody was on duty for a place, whether they heard the test tone, and what they handed over."""

    __tablename__ = "safety_shift"
    __table_args__ = (
        Index("uq_safety_shift_account_id_open", "account_id", unique=True, postgresql_where=text("until_at IS NULL")),
        Index("ix_safety_shift_area_code", "area_code", "from_at"),
    )

    id: Mapped[Identifier]
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    sound_tested_at: Mapped[datetime | None]
    sound_heard: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    words: Mapped[str] = mapped_column(default="", server_default="")
    # When the desk last asked for anything, and the last time that it did not for too long.
    seen_at: Mapped[datetime]
    gone_from: Mapped[datetime | None]
    gone_until: Mapped[datetime | None]


class ServiceRequest(Model):
    """That somebody pressed the green key: a service is wanted, for the street to find out which."""

    __tablename__ = "safety_request"
    __table_args__ = (
        Index("uq_safety_request_home_id_open", "home_id", unique=True, postgresql_where=text("state <> 'done'")),
        Index(None, "senior_id"),
        Index("ix_safety_request_place", "area_code", "id", postgresql_ops=BY_PLACE),
    )

    id: Mapped[Identifier]
    home_id: Mapped[int] = mapped_column(ForeignKey(HOME))
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    asked_at: Mapped[datetime]
    last_at: Mapped[datetime]
    repeats: Mapped[int] = mapped_column(default=0, server_default="0")
    taken_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    taken_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    done_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="", server_default="")


class Watch(Model):
    """When a part of the product last showed that it lives, or failed, and when somebody was told of it."""

    __tablename__ = "safety_watch"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime | None]
    awaited_at: Mapped[datetime] = mapped_column(server_default=func.now())
    failed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
