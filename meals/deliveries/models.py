"""Tables of meals brought home, of tries that came to nothing, and of meals fetched for somebody else."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Identifier, Model, Sealed, Small

ACCOUNT, SENIOR, CANTEEN = "account.id", "senior.id", "canteen.id"
SALE = ("checkout.home", "checkout.id")
# A round has not that many stops.
LAST_POSITION = 999


class Delivery(Model):
    """One meal for one guest's door: ordered, sold when it leaves the kitchen, handed over or brought back."""

    __tablename__ = "delivery"

    id: Mapped[Identifier]
    senior_id: Mapped[int] = mapped_column(ForeignKey(SENIOR))
    canteen_id: Mapped[int] = mapped_column(ForeignKey(CANTEEN))
    meal_on: Mapped[date]
    window_name: Mapped[str]
    items: Mapped[list[Any]]
    price_fen: Mapped[Fen]
    address_sealed: Mapped[Sealed | None]
    note_sealed: Mapped[Sealed | None]
    source: Mapped[str]
    ordered_at: Mapped[datetime]
    ordered_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    deliverer_id: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    position: Mapped[Small] = mapped_column(default=0, server_default="0")
    seen_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="ordered", server_default="ordered")
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")
    checkout_id: Mapped[UUID | None]
    out_at: Mapped[datetime | None]
    out_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    handed_at: Mapped[datetime | None]
    handed_by: Mapped[int | None] = mapped_column(ForeignKey(ACCOUNT))
    hand_place: Mapped[str | None]
    received_by: Mapped[str | None]
    receiver_sealed: Mapped[Sealed | None]
    cash_fen: Mapped[Fen | None]
    fee_fen: Mapped[Fen] = mapped_column(default=0, server_default="0")
    fee_txn_id: Mapped[UUID | None]
    fee_policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy_document.id"))
    fee_why: Mapped[dict[str, Any] | None]
    fee_shares: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    fee_facts: Mapped[dict[str, Any] | None]
    fee_reversal_id: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["senior_id", "checkout_id"], SALE),
        UniqueConstraint("checkout_id"),
        UniqueConstraint("fee_txn_id"),
        Index(
            "uq_delivery_live",
            "senior_id",
            "meal_on",
            "window_name",
            unique=True,
            postgresql_where=text("state IN ('ordered', 'out', 'handed')"),
        ),
        Index("ix_delivery_canteen_id_meal_on", "canteen_id", "meal_on", "id"),
        Index(
            "ix_delivery_deliverer_id_meal_on",
            "deliverer_id",
            "meal_on",
            postgresql_where=text("deliverer_id IS NOT NULL"),
        ),
        Index("ix_delivery_senior_id_meal_on", "senior_id", "meal_on"),
        Index("ix_delivery_out", "meal_on", postgresql_where=text("state = 'out'")),
    )


class DeliveryTry(Model):
    """A time at the door that came to nothing, and what became of the meal."""

    __tablename__ = "delivery_try"

    id: Mapped[Identifier]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))
    trouble: Mapped[str]
    outcome: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")


class CheckoutFetch(Model):
    """Who carried away the meal that was sold to somebody else, and why."""

    __tablename__ = "checkout_fetch"

    home: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checkout_id: Mapped[UUID] = mapped_column(primary_key=True)
    canteen_id: Mapped[int] = mapped_column(ForeignKey(CANTEEN))
    fetched_on: Mapped[date]
    relation: Mapped[str]
    fetcher_senior_id: Mapped[int | None] = mapped_column(ForeignKey(SENIOR))
    name_sealed: Mapped[Sealed | None]
    name_index: Mapped[bytes | None]
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="", server_default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey(ACCOUNT))

    __table_args__ = (
        ForeignKeyConstraint(["home", "checkout_id"], SALE),
        Index("ix_checkout_fetch_canteen_id_fetched_on", "canteen_id", "fetched_on"),
        Index(
            "ix_checkout_fetch_fetcher_senior_id",
            "fetcher_senior_id",
            "fetched_on",
            postgresql_where=text("fetcher_senior_id IS NOT NULL"),
        ),
    )
