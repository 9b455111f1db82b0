"""The table of payment codes that were shown, and which sale each has paid."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model


class PaymentCode(Model):
    """A code somebody was shown. Its number is kept as a digest: who reads the table cannot pay."""

    __tablename__ = "payment_code"
    __table_args__ = (
        UniqueConstraint("senior_id", "nonce"),
        UniqueConstraint("number_digest"),
        CheckConstraint("octet_length(nonce) = 5", name="nonce"),
        CheckConstraint("octet_length(number_digest) = 32", name="number_digest"),
        CheckConstraint("expires_at > issued_at", name="period"),
        CheckConstraint("(used_at IS NULL) = (used_for IS NULL)", name="used"),
        Index("ix_payment_code_used_for", "used_for", postgresql_where=text("used_for IS NOT NULL")),
        Index("ix_payment_code_unused", "expires_at", postgresql_where=text("used_at IS NULL")),
    )

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    nonce: Mapped[bytes]
    number_digest: Mapped[bytes]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_for: Mapped[UUID | None]
