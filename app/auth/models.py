"""Tables of accounts, their roles, their tokens, codes to log in with, and wrong tries at the door."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed, Small


class Account(Model):
    """Someone who can log in."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("username"),
        UniqueConstraint("phone_index"),
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone"),
        CheckConstraint("username = lower(username) AND length(username) BETWEEN 2 AND 64", name="username"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint("text_size IN ('normal', 'elder', 'max')", name="text_size"),
    )

    id: Mapped[Identifier]
    username: Mapped[str]
    password_hash: Mapped[str]
    name: Mapped[str]
    phone_sealed: Mapped[Sealed | None]
    phone_index: Mapped[bytes | None]
    language: Mapped[str | None]
    text_size: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default="false")
    password_changed_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class RoleGrant(Model):
    """A role that an account holds for a time: in an area, a canteen, a shop, or for a provider of care."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "role IN ('cashier', 'canteen_manager', 'street_clerk', 'district_approver', 'auditor', 'administrator',"
            " 'deliverer', 'assessor', 'supervisor', 'provider_manager', 'carer', 'operator', 'installer',"
            " 'grid_worker', 'shopkeeper', 'shop_manager', 'family', 'elder')",
            name="role",
        ),
        CheckConstraint(
            "(role IN ('cashier', 'canteen_manager', 'deliverer')) = (canteen_id IS NOT NULL)", name="canteen"
        ),
        CheckConstraint("(role IN ('provider_manager', 'carer')) = (provider_id IS NOT NULL)", name="provider"),
        CheckConstraint("(role IN ('shopkeeper', 'shop_manager')) = (shop_id IS NOT NULL)", name="shop"),
        CheckConstraint("valid_until >= valid_from", name="period"),
        Index(None, "account_id"),
        Index(None, "canteen_id"),
        Index(None, "provider_id"),
        Index(None, "shop_id"),
    )

    id: Mapped[Identifier]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    canteen_id: Mapped[int | None]
    provider_id: Mapped[int | None]
    shop_id: Mapped[int | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime]


class AccessToken(Model):
    """A browser session, a program's token or a till's: one mechanism. Only the secret's digest is kept."""

    __tablename__ = "access_token"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("kind IN ('session', 'remembered', 'bearer', 'till')", name="kind"),
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        CheckConstraint("idle_minutes > 0", name="idle_minutes"),
        CheckConstraint("expires_at > created_at", name="period"),
        Index(None, "account_id"),
        Index(None, "expires_at"),
    )

    id: Mapped[Identifier]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    digest: Mapped[bytes]
    device: Mapped[str] = mapped_column(default="", server_default="")
    label: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    idle_minutes: Mapped[int | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LogInThrottle(Model):
    """Wrong tries of one account name or one address; its row lock makes the count exact."""

    __tablename__ = "log_in_throttle"
    __table_args__ = (
        CheckConstraint("octet_length(subject) = 32", name="subject"),
        CheckConstraint("failures >= 0 AND rounds >= 0", name="counts"),
        Index(None, "window_from"),
    )

    subject: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    rounds: Mapped[int]
    window_from: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class LogInCode(Model):
    """A code of a few digits that lets somebody in once, for a short time; only a keyed digest of it is kept.

    The subject is a blind index, of a phone or of a senior; each has one open code for a purpose.
    """

    __tablename__ = "log_in_code"
    __table_args__ = (
        CheckConstraint("purpose IN ('phone', 'join', 'counter', 'change')", name="purpose"),
        CheckConstraint("octet_length(subject) = 32", name="subject"),
        CheckConstraint("octet_length(digest) = 32", name="digest"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("expires_at > created_at", name="period"),
        Index(
            "uq_log_in_code_purpose_subject_open",
            "purpose",
            "subject",
            unique=True,
            postgresql_where=text("used_at IS NULL"),
        ),
        Index(None, "expires_at"),
    )

    id: Mapped[Identifier]
    purpose: Mapped[str]
    subject: Mapped[bytes]
    digest: Mapped[bytes]
    tries: Mapped[Small] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
