"""Tables of devices: which till each is, the codes that enrol them, and what they sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Identifier, Model, Small


class TillDevice(Model):
    """A browser that sells at a till, with a token of its own; how it stood when it was last heard of."""

    __tablename__ = "till_device"

    id: Mapped[Identifier]
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    number: Mapped[Small]
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    rolled_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    last_seen_at: Mapped[datetime | None]
    version: Mapped[str] = mapped_column(default="", server_default="")
    queue_length: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    oldest_queued_at: Mapped[datetime | None]
    clock_skew_ms: Mapped[int | None]
    is_persistent: Mapped[bool | None]
    roster_at: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        UniqueConstraint("till_id", "number"),
        CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        CheckConstraint("number >= 1 AND queue_length >= 0 AND last_seq >= 0", name="counts"),
    )


class TillEnrolment(Model):
    """A code that is good once: for a new device, or for a new token of one there is."""

    __tablename__ = "till_enrolment"

    id: Mapped[Identifier]
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"), index=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("till_device.id"))
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("octet_length(code_digest) = 32", name="code_digest"),
        CheckConstraint("expires_at > made_at", name="period"),
    )


class TillUpload(Model):
    """One sale or undoing as a device sent it, and what became of it; never changed."""

    __tablename__ = "till_upload"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("till_device.id"))
    seq: Mapped[int | None]
    kind: Mapped[str]
    outcome: Mapped[str]
    home: Mapped[int | None]
    undoes: Mapped[UUID | None]
    fingerprint: Mapped[bytes]
    price_fen: Mapped[Fen] = mapped_column(default=0, server_default="0")
    is_offline: Mapped[bool]
    clock_suspect: Mapped[bool]
    said_at: Mapped[datetime | None]
    roster_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    conflicts: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    body: Mapped[dict[str, Any] | None]

    __table_args__ = (
        CheckConstraint("kind IN ('sale', 'undo', 'other')", name="kind"),
        CheckConstraint("outcome IN ('booked', 'replayed', 'refused_shape')", name="outcome"),
        Index(None, "device_id", "seq"),
        Index("ix_till_upload_undoes", "undoes", postgresql_where=text("undoes IS NOT NULL")),
        Index("ix_till_upload_received_at", "received_at", postgresql_where=text("conflicts <> '[]'")),
    )
