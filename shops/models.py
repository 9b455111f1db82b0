"""Tables of shops: the register, articles with prices by day, baskets that were sold, what came back."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Time, text
from sqlalchemy.orm import Mapped, mapped_column

from app.approvals.models import ApprovalMixin, approval_constraints
from app.db import Fen, Identifier, Model, Small

APPROVED, VALID = "approved", "valid"


class Shop(ApprovalMixin, Model):
    """A place that takes points for goods or small services; two people sign before it sells."""

    __tablename__ = "shop"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]{1,11}$'", name="code"),
        CheckConstraint("sort IN ('supermarket', 'barber', 'pharmacy', 'laundry', 'repair', 'bathhouse')", name="sort"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("agreement_expires_on >= agreement_from", name="agreement"),
        CheckConstraint("opens_at < closes_at AND cardinality(weekdays) > 0", name="hours"),
        CheckConstraint("trading IN ('open', 'suspended', 'ended')", name="trading"),
        CheckConstraint("trading = 'open' OR length(trading_words) >= 2", name="trading_words"),
        CheckConstraint("state <> 'approved' OR merchant_account IS NOT NULL", name="paid"),
        *approval_constraints(approved=APPROVED),
        Index("ix_shop_area_code", "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
    )

    id: Mapped[Identifier]
    code: Mapped[str] = mapped_column(unique=True)
    sort: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="", server_default="")
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    address: Mapped[str] = mapped_column(default="", server_default="")
    agreement_number: Mapped[str]
    agreement_from: Mapped[date]
    agreement_expires_on: Mapped[date]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)
    merchant_account: Mapped[int | None] = mapped_column(ForeignKey("ledger.account.id"))
    trading: Mapped[str] = mapped_column(default="open", server_default="open")
    trading_words: Mapped[str] = mapped_column(default="", server_default="")
    trading_since: Mapped[datetime]
    created_at: Mapped[datetime]


class ShopArticle(Model):
    """What a shop sells; its code is what stands on the package, or a short number."""

    __tablename__ = "shop_article"
    __table_args__ = (
        Index("uq_shop_article_shop_id_code", "shop_id", "code", unique=True),
        CheckConstraint("code ~ '^[0-9A-Z-]{1,20}$'", name="code"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("(limit_count IS NULL) = (limit_per IS NULL) AND limit_count > 0", name="limit"),
        CheckConstraint("limit_per IN ('day', 'week', 'month', 'ever')", name="limit_per"),
        CheckConstraint("stock >= 0", name="stock"),
    )

    id: Mapped[Identifier]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="", server_default="")
    category: Mapped[str]
    position: Mapped[Small] = mapped_column(default=0, server_default="0")
    limit_count: Mapped[int | None]
    limit_per: Mapped[str | None]
    stock: Mapped[int | None]
    withdrawn_on: Mapped[date | None]
    created_at: Mapped[datetime]


class ShopPrice(Model):
    """What an article costs from a day on; a rise may wait for a second person."""

    __tablename__ = "shop_price"
    __table_args__ = (
        CheckConstraint("price_fen BETWEEN 1 AND 1000000", name="price"),
        CheckConstraint("state IN ('submitted', 'valid', 'rejected')", name="state"),
        CheckConstraint("maker_id <> checker_id", name="two_people"),
        CheckConstraint(
            "(checker_id IS NULL) = (decided_at IS NULL) AND (state <> 'submitted' OR checker_id IS NULL)"
            " AND (state <> 'rejected' OR checker_id IS NOT NULL AND reason <> '')",
            name="decided",
        ),
        Index(None, "article_id", "valid_from"),
        Index("uq_shop_price_waiting", "article_id", unique=True, postgresql_where=text("state = 'submitted'")),
    )

    id: Mapped[Identifier]
    article_id: Mapped[int] = mapped_column(ForeignKey("shop_article.id"))
    price_fen: Mapped[Fen]
    valid_from: Mapped[date]
    state: Mapped[str]
    maker_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")


class ShopSale(Model):
    """One basket of one senior: what it cost, how much of it points paid, what came back since."""

    __tablename__ = "shop_sale"
    __table_args__ = (
        CheckConstraint("price_fen = points_fen + cash_fen AND points_fen > 0 AND cash_fen >= 0", name="adds_up"),
        CheckConstraint(
            "returned_points_fen BETWEEN 0 AND points_fen AND returned_cash_fen BETWEEN 0 AND cash_fen", name="returned"
        ),
        Index("uq_shop_sale_id", "id", unique=True),
        Index(None, "shop_id", "booked_at"),
        Index(None, "home", "sold_on"),
        Index(None, "sold_on"),
    )

    home: Mapped[int] = mapped_column(ForeignKey("senior.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    account_id: Mapped[int]
    card: Mapped[str] = mapped_column(ForeignKey("card.number"))
    purse: Mapped[str]
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy_document.id"))
    sold_on: Mapped[date]
    price_fen: Mapped[Fen]
    points_fen: Mapped[Fen]
    cash_fen: Mapped[Fen]
    returned_points_fen: Mapped[Fen] = mapped_column(default=0, server_default="0")
    returned_cash_fen: Mapped[Fen] = mapped_column(default=0, server_default="0")
    occurred_at: Mapped[datetime]
    booked_at: Mapped[datetime]


class ShopSaleLine(Model):
    """One article of a basket, as it was named and priced then."""

    __tablename__ = "shop_sale_line"
    __table_args__ = (
        ForeignKeyConstraint(["home", "sale_id"], ["shop_sale.home", "shop_sale.id"]),
        CheckConstraint("count > 0 AND returned_count BETWEEN 0 AND count", name="count"),
        CheckConstraint("points_fen BETWEEN 0 AND price_fen * count AND price_fen > 0", name="points"),
    )

    home: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sale_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(ForeignKey("shop_article.id"))
    code: Mapped[str]
    category: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    price_fen: Mapped[Fen]
    count: Mapped[int]
    points_fen: Mapped[Fen]
    returned_count: Mapped[int] = mapped_column(default=0, server_default="0")


class ShopReturn(Model):
    """Articles of one basket that came back: its id is that of the ledger's reversal, where points went back."""

    __tablename__ = "shop_return"
    __table_args__ = (
        ForeignKeyConstraint(["home", "sale_id"], ["shop_sale.home", "shop_sale.id"]),
        CheckConstraint("points_fen >= 0 AND cash_fen >= 0 AND points_fen + cash_fen > 0", name="amount"),
        CheckConstraint("length(reason) BETWEEN 1 AND 200", name="reason"),
        Index(None, "home", "sale_id"),
    )

    home: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sale_id: Mapped[UUID]
    account_id: Mapped[int]
    reason: Mapped[str]
    lines: Mapped[list[Any]]
    postings: Mapped[list[Any]]
    points_fen: Mapped[Fen]
    cash_fen: Mapped[Fen]
    returned_at: Mapped[datetime]


class ShopRefusal(Model):
    """A card that was shown in a shop and bought nothing, with the reason."""

    __tablename__ = "shop_refusal"
    __table_args__ = (Index(None, "shop_id", "at"),)

    id: Mapped[Identifier]
    at: Mapped[datetime]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    account_id: Mapped[int]
    reason: Mapped[str]
    code_tail: Mapped[str]
    senior_id: Mapped[int | None] = mapped_column(ForeignKey("senior.id"))
