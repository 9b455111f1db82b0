"""Tables of notices, of the messages that go out, of what people wish, and of how the channels fare."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Sealed, Small

WAITING, SENT, GIVEN_UP = "waiting", "sent", "given_up"
SMS, EMAIL, DEMO = "sms", "email", "demo"
# Who goes first: codes that somebody waits for at a door, then what cannot wait, then everything else.
CODE_RANK, URGENT_RANK, PLAIN_RANK = 0, 1, 2


class Notice(Model):
    """Something that one account is told, in its notice centre. The words are made when it is read."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        CheckConstraint("kind ~ '^[a-z_]+([.][a-z_]+)*$'", name="kind"),
        Index(None, "account_id", "id"),
        Index("ix_notice_unread", "account_id", "id", postgresql_where=text("read_at IS NULL")),
        Index(None, "created_at"),
        Index("ix_notice_senior_id", "senior_id", postgresql_where=text("senior_id IS NOT NULL")),
    )

    id: Mapped[Identifier]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    key: Mapped[str]
    params: Mapped[dict[str, Any]]
    senior_id: Mapped[int | None]
    urgent: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Delivery(Model):
    """One message on its way out: of a notice, or of a code that no notice shows. ``key`` goes out with each try."""

    __tablename__ = "message_delivery"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("notice_id", "channel"),
        CheckConstraint("channel IN ('sms', 'email', 'demo')", name="channel"),
        CheckConstraint("state IN ('waiting', 'sent', 'given_up')", name="state"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint("rank BETWEEN 0 AND 2", name="rank"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("secret IS NULL OR (notice_id IS NULL AND state = 'waiting')", name="secret"),
        CheckConstraint("notice_id IS NULL OR account_id IS NOT NULL", name="whose"),
        Index("ix_message_delivery_due", "channel", "rank", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_message_delivery_stuck", "id", postgresql_where=text("state <> 'sent'")),
        Index(None, "account_id"),
        Index(None, "created_at"),
    )

    id: Mapped[Identifier]
    key: Mapped[str]
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    channel: Mapped[str]
    address_sealed: Mapped[Sealed]
    kind: Mapped[str]
    secret: Mapped[Sealed | None]
    language: Mapped[str]
    rank: Mapped[Small]
    state: Mapped[str] = mapped_column(default=WAITING, server_default=WAITING)
    tries: Mapped[Small] = mapped_column(default=0, server_default="0")
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="", server_default="")


class Wish(Model):
    """How one account wants to be told. Without a row: by SMS, everything, and quiet hours as the rules say."""

    __tablename__ = "message_wish"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
        CheckConstraint("jsonb_typeof(silent) = 'array'", name="silent"),
        CheckConstraint("email_confirmed_at IS NULL OR email_sealed IS NOT NULL", name="confirmed"),
        CheckConstraint("(email_digest IS NULL) = (email_until IS NULL)", name="code"),
        CheckConstraint("email_tries >= 0", name="tries"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sms: Mapped[bool] = mapped_column(default=True, server_default="true")
    email: Mapped[bool] = mapped_column(default=False, server_default="false")
    email_sealed: Mapped[Sealed | None]
    email_digest: Mapped[bytes | None]
    email_until: Mapped[datetime | None]
    email_tries: Mapped[Small] = mapped_column(default=0, server_default="0")
    email_confirmed_at: Mapped[datetime | None]
    silent: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    changed_at: Mapped[datetime]


class ChannelState(Model):
    """How a channel fares: who is sending now, until when it rests after a fault, and what the fault was."""

    __tablename__ = "message_channel"
    __table_args__ = (CheckConstraint("faults >= 0", name="faults"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    busy_until: Mapped[datetime]
    resting_until: Mapped[datetime]
    faults: Mapped[Small]
    last_error: Mapped[str] = mapped_column(default="", server_default="")


class DemoMessage(Model):
    """A message that the demonstration shows on a page instead of sending it."""

    __tablename__ = "demo_message"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[Identifier]
    key: Mapped[str]
    address: Mapped[str]
    text: Mapped[str]
    sent_at: Mapped[datetime]
