"""Tables of printing: which till prints how, and every paper that was printed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Identifier, Model, Small


class TillPrinting(Model):
    """How a till prints: from the browser, or on a printer in the network. Without a row it prints nothing."""

    __tablename__ = "till_printing"

    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"), primary_key=True)
    paper_mm: Mapped[Small]
    way: Mapped[str]
    host: Mapped[str] = mapped_column(default="")
    port: Mapped[int] = mapped_column(default=9100)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class ReceiptPrint(Model):
    """One paper about one sale; what a printer did not take is marked, and does not count."""

    __tablename__ = "receipt_print"

    id: Mapped[Identifier]
    home: Mapped[int]
    checkout_id: Mapped[UUID]
    copy: Mapped[Small]
    way: Mapped[str]
    printed_at: Mapped[datetime]
    printed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    failed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        ForeignKeyConstraint(["home", "checkout_id"], ["checkout.home", "checkout.id"]),
        UniqueConstraint("checkout_id", "copy"),
    )
