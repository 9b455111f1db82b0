"""The tables of the ways in: events, and devices that call without being known."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class SafetyEvent(Model):
    """One thing that a device said. ``occurred_at`` is what it is judged by: the device's time, or our best guess."""

    __tablename__ = "safety_event"
    __table_args__ = (
        CheckConstraint("length(event_id) BETWEEN 1 AND 100", name="event_id"),
        Index(None, "home_id", "device_at"),
        {"postgresql_partition_by": "RANGE (device_at)"},
    )

    gateway_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(primary_key=True)
    device_at: Mapped[datetime] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    home_id: Mapped[int | None]
    device_id: Mapped[int | None]
    kind: Mapped[str]
    place: Mapped[str]
    state: Mapped[str]
    value: Mapped[float | None]
    clock_suspect: Mapped[bool]


class SafetyStranger(Model):
    """A device that calls through a gateway and is installed nowhere."""

    __tablename__ = "safety_stranger"
    __table_args__ = (CheckConstraint("length(ref) BETWEEN 1 AND 120", name="ref"), Index(None, "last_at"))

    gateway_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ref: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
