"""Tables of the meals feature: canteens, dishes with prices by day, tills, checkouts, failed scans."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Fen, Identifier, Model, Small

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


class Canteen(Model):
    """A place that cooks or hands out meals: central kitchen, canteen or meal point."""

    __tablename__ = "canteen"

    id: Mapped[Identifier]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    kitchen_id: Mapped[int | None] = mapped_column(ForeignKey("canteen.id"))
    merchant_account: Mapped[int] = mapped_column(ForeignKey("ledger.account.id"))
    seats: Mapped[int] = mapped_column(default=0)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=lambda: list(EVERY_DAY))
    licence_expires_on: Mapped[date]
    agreement_expires_on: Mapped[date]
    closed_from: Mapped[date | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_canteen_area_code", "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),)


class CanteenClosure(Model):
    """A day on which a canteen does not open."""

    __tablename__ = "canteen_closure"

    canteen_id: Mapped[int] = mapped_column(ForeignKey("canteen.id"), primary_key=True)
    closed_on: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str]


class Dish(Model):
    """A set meal or a dish of one canteen; the default one is sold by a scan alone."""

    __tablename__ = "dish"

    id: Mapped[Identifier]
    canteen_id: Mapped[int] = mapped_column(ForeignKey("canteen.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    contents: Mapped[str] = mapped_column(default="")
    position: Mapped[Small] = mapped_column(default=0)
    is_default: Mapped[bool] = mapped_column(default=False)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), default=lambda: list(EVERY_DAY))
    withdrawn_on: Mapped[date | None]

    __table_args__ = (
        Index(
            "uq_dish_default", "canteen_id", unique=True, postgresql_where=text("is_default AND withdrawn_on IS NULL")
        ),
    )


class DishPrice(Model):
    """What a dish costs from one day until another."""

    __tablename__ = "dish_price"

    id: Mapped[Identifier]
    dish_id: Mapped[int] = mapped_column(ForeignKey("dish.id"))
    price_fen: Mapped[Fen]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class Till(Model):
    """A counter with a screen and a scanner."""

    __tablename__ = "till"

    id: Mapped[Identifier]
    canteen_id: Mapped[int] = mapped_column(ForeignKey("canteen.id"))
    number: Mapped[Small]
    withdrawn_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("canteen_id", "number"),)


class Checkout(Model):
    """One sale to one senior: what it cost, who paid what, by which rules and facts."""

    __tablename__ = "checkout"

    home: Mapped[int] = mapped_column(ForeignKey("senior.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    canteen_id: Mapped[int]
    till_id: Mapped[int | None]
    account_id: Mapped[int]
    card: Mapped[str] = mapped_column(ForeignKey("card.number"))
    programme: Mapped[str] = mapped_column(default="meal_discount")
    meal_on: Mapped[date]
    window_name: Mapped[str | None]
    slot: Mapped[int | None] = mapped_column(SmallInteger)
    price_fen: Mapped[Fen]
    public_fen: Mapped[Fen]
    concession_fen: Mapped[Fen]
    points_fen: Mapped[Fen]
    cash_fen: Mapped[Fen]
    unpaid_fen: Mapped[Fen] = mapped_column(default=0, server_default="0")
    shares: Mapped[list[Any]]
    items: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]
    policy_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    posted: Mapped[bool]
    occurred_at: Mapped[datetime]
    booked_at: Mapped[datetime]
    reversal_id: Mapped[UUID | None]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[int | None]
    reversal_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("price_fen = public_fen + concession_fen + points_fen + cash_fen + unpaid_fen", name="adds_up"),
        Index("uq_checkout_id", "id", unique=True),
        Index("ix_checkout_canteen_id_booked_at", "canteen_id", "booked_at"),
        Index("ix_checkout_reversed_at", "reversed_at", postgresql_where=text("reversed_at IS NOT NULL")),
        Index("ix_checkout_undone", "canteen_id", "booked_at", postgresql_where=text("reversed_at IS NOT NULL")),
        Index(
            "uq_checkout_slot",
            "home",
            "meal_on",
            "programme",
            "window_name",
            "slot",
            unique=True,
            postgresql_where=text("slot IS NOT NULL AND reversed_at IS NULL"),
        ),
    )


class FailedScan(Model):
    """A scan that sold nothing, with its reason: auditors look for patterns in these."""

    __tablename__ = "failed_scan"

    id: Mapped[Identifier]
    at: Mapped[datetime]
    canteen_id: Mapped[int] = mapped_column(ForeignKey("canteen.id"))
    till_id: Mapped[int | None] = mapped_column(ForeignKey("till.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    code_tail: Mapped[str]
    code_digest: Mapped[bytes]
    senior_id: Mapped[int | None] = mapped_column(ForeignKey("senior.id"))

    __table_args__ = (Index("ix_failed_scan_canteen_id_at", "canteen_id", "at"),)
