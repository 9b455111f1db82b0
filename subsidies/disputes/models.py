"""The table of disputes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model
from subsidies.disputes.rules import State


class Dispute(Model):
    """A line that somebody says is not right, and what the street answered."""

    __tablename__ = "dispute"
    __table_args__ = (
        ForeignKeyConstraint(["home", "booked_id"], ["ledger.txn.home", "ledger.txn.id"], name="fk_dispute_txn"),
        CheckConstraint("booked_id = txn_id", name="booked"),
        CheckConstraint("reason IN ('not_there', 'twice', 'amount', 'unclear', 'other')", name="reason"),
        CheckConstraint("state IN ('open', 'answered', 'upheld', 'withdrawn')", name="state"),
        CheckConstraint("char_length(words) <= 1000 AND char_length(answer) <= 1000", name="lengths"),
        CheckConstraint(
            "(state IN ('answered', 'upheld')) = (answer <> '')"
            " AND (answer <> '') = (answered_at IS NOT NULL)"
            " AND (answered_at IS NULL) = (answered_by IS NULL)",
            name="answered",
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        CheckConstraint("answered_by <> account_id", name="two_people"),
        Index("uq_dispute_open", "home", "txn_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_dispute_home_txn_id", "home", "txn_id"),
        Index("ix_dispute_due", "due_on", "id", postgresql_where=text("state = 'open'")),
        Index("ix_dispute_account_id", "account_id"),
    )

    id: Mapped[Identifier]
    home: Mapped[int] = mapped_column(ForeignKey("senior.id"))
    # The id of the line: the transaction's, or of a sale in cash alone, which has no transaction.
    txn_id: Mapped[UUID]
    booked_id: Mapped[UUID | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default=State.OPEN, server_default=State.OPEN)
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
