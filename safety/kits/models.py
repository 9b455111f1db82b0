"""Tables of kits: homes, who may be called, gateways, devices with what was last heard of them, history, settings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin
from app.db import Identifier, Model, Sealed, Small

ACCOUNT, AREA, HOME = "account.id", "area.code", "safety_home.id"
USED = "state IN ('stocked', 'installed')"
BY_PREFIX = {"area_code": "text_pattern_ops"}


class SafetyHome(Model):
    """The home of one person with a kit, from the application until it was taken away."""

    __tablename__ = "safety_home"
    __table_args__ = (
        Index("uq_safety_home_senior_id_live", "senior_id", unique=True, postgresql_where=text("state <> 'ended'")),
        Index(None, "senior_id"),
        Index("ix_safety_home_area_code_id", "area_code", "id", postgresql_ops=BY_PREFIX),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    address_sealed: Mapped[Sealed | None]
    way_in_sealed: Mapped[Sealed | None]
    instructions: Mapped[str] = mapped_column(default="", server_default="")
    illnesses_sealed: Mapped[Sealed | None]
    medicines_sealed: Mapped[Sealed | None]
    health_agreed_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="pending", server_default="pending")
    lives_alone: Mapped[bool]
    kin_near: Mapped[bool]
    payer: Mapped[str]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy_document.id"))
    agreed_by: Mapped[str]
    agreed_on: Mapped[date]
    applied_on: Mapped[date]
    applied_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    testing_from: Mapped[datetime | None]
    testing_until: Mapped[datetime | None]
    away_reason: Mapped[str | None]
    away_from: Mapped[datetime | None]
    away_until: Mapped[datetime | None]
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    end_words: Mapped[str] = mapped_column(default="", server_default="")


class SafetyContact(Model):
    """Somebody to be called about a home, in the order of the positions."""

    __tablename__ = "safety_contact"
    __table_args__ = (
        UniqueConstraint("home_id", "position", deferrable=True, initially="DEFERRED"),
        Index(None, "account_id"),
    )

    id: Mapped[Identifier]
    home_id: Mapped[int] = mapped_column(ForeignKey(HOME))
    position: Mapped[Small]
    kind: Mapped[str]
    name: Mapped[str]
    relation: Mapped[str] = mapped_column(default="", server_default="")
    phone_sealed: Mapped[Sealed]
    has_key: Mapped[bool] = mapped_column(default=False, server_default="false")
    minutes_away: Mapped[Small | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))


class SafetyGateway(Model):
    """What devices speak through: a box in one home, or the platform of a vendor or a community that serves many."""

    __tablename__ = "safety_gateway"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("token_digest"),
        UniqueConstraint("mqtt_user"),
        Index("ix_safety_gateway_area_code_id", "area_code", "id", postgresql_ops=BY_PREFIX),
        Index("ix_safety_gateway_home_id", "home_id", postgresql_where=text("home_id IS NOT NULL")),
    )

    id: Mapped[Identifier]
    code: Mapped[str]
    name: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    home_id: Mapped[int | None] = mapped_column(ForeignKey(HOME))
    heartbeat_seconds: Mapped[int] = mapped_column(Integer, default=300, server_default="300")
    state: Mapped[str] = mapped_column(default="active", server_default="active")
    token_digest: Mapped[bytes | None]
    token_at: Mapped[datetime | None]
    token_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    mqtt_user: Mapped[str | None]
    mqtt_password: Mapped[str | None]
    last_seen_at: Mapped[datetime | None]
    # By how many seconds its messages usually come later than its clock says; and more of late, since when.
    lag_seconds: Mapped[int | None] = mapped_column(Integer)
    more_lag_seconds: Mapped[int | None] = mapped_column(Integer)
    more_lag_since: Mapped[datetime | None]
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))


class SafetyDevice(Model):
    """One device: in stock, assigned to a home (in stock with a home), installed there, returned or lost."""

    __tablename__ = "safety_device"
    __table_args__ = (
        Index("uq_safety_device_gateway_id_ref_used", "gateway_id", "ref", unique=True, postgresql_where=text(USED)),
        Index("uq_safety_device_serial_used", "serial", unique=True, postgresql_where=text(USED)),
        Index(None, "home_id"),
        Index(None, "ref"),
        Index("ix_safety_device_area_code_id", "area_code", "id", postgresql_ops=BY_PREFIX),
    )

    id: Mapped[Identifier]
    area_code: Mapped[str] = mapped_column(ForeignKey(AREA))
    ref: Mapped[str]
    gateway_id: Mapped[int | None] = mapped_column(ForeignKey("safety_gateway.id"))
    home_id: Mapped[int | None] = mapped_column(ForeignKey(HOME))
    type: Mapped[str]
    place: Mapped[str] = mapped_column(default="", server_default="")
    serial: Mapped[str]
    state: Mapped[str] = mapped_column(default="stocked", server_default="stocked")
    installed_at: Mapped[datetime | None]
    tested_at: Mapped[datetime | None]
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))


class SafetyDeviceSeen(Model):
    """What was last heard of a device; written over in place."""

    __tablename__ = "safety_device_seen"
    __table_args__ = ({"postgresql_with": {"fillfactor": 70}},)

    device_id: Mapped[int] = mapped_column(ForeignKey("safety_device.id"), primary_key=True, autoincrement=False)
    device_at: Mapped[datetime]
    received_at: Mapped[datetime]
    battery: Mapped[Small | None]
    linkquality: Mapped[Small | None]
    state: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))


class SafetyKitStep(Model):
    """One thing that was done with a kit; never changed, never deleted."""

    __tablename__ = "safety_kit_step"
    __table_args__ = (Index(None, "home_id", "id"), Index(None, "device_id", "id"))

    id: Mapped[Identifier]
    home_id: Mapped[int | None] = mapped_column(ForeignKey(HOME))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("safety_device.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    words: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))


class SafetyHomeSetting(ApprovalMixin, Model):
    """Thresholds of one home that differ from those of its area, for a time, signed by two people."""

    __tablename__ = "safety_home_setting"
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(home_id, home_id, '[]')"), "&&"),
            (text("valid"), "&&"),
            name="ex_safety_home_setting_valid",
            using="gist",
            where=text("state = 'approved'"),
        ),
        Index(None, "home_id", "id"),
    )

    id: Mapped[Identifier]
    home_id: Mapped[int] = mapped_column(ForeignKey(HOME))
    overrides: Mapped[dict[str, Any]]
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    words: Mapped[str]
