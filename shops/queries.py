"""Reading shops, their articles, what was sold in them and came back, and what somebody's purses hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, case, column, func, select, table
from sqlalchemy.orm import Session

from app.approvals.rules import SUBMITTED
from app.areas import queries as areas
from app.auth import Actor
from app.auth.workplaces import Workplace
from app.paging import Page, cut_page, moment_cursor, read_cursor, read_moment_cursor, write_cursor
from shops.access import visible_shops
from shops.errors import ShopSaleNotFound
from shops.facts import plain
from shops.models import APPROVED, Shop, ShopArticle, ShopPrice, ShopRefusal, ShopReturn, ShopSale, ShopSaleLine
from shops.opening import load_shop, price_articles, price_of_day
from shops.rules import MOST_ARTICLES

senior = table("senior", column("id", BigInteger), column("name", Text))
account = table("account", column("id", BigInteger), column("name", Text))
area = table("area", column("code", Text), column("name", Text), column("name_en", Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRow:
    """A shop as a list shows it."""

    shop: Any
    area_name: str
    area_name_en: str

    @property
    def standing(self) -> str:
        """Return how the shop stands: not signed yet, not taken in, or how it trades."""
        return str(self.shop.trading if self.shop.state == APPROVED else self.shop.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """An article with its price of the day, and the price that waits for a signature."""

    article: Any
    price_fen: int | None
    waiting: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleRow:
    """A basket as a list shows it."""

    sale: Any
    person: str
    shop: Any
    is_claimed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SalePage:
    """A basket with its articles and what came back."""

    sale: Any
    person: str
    seller: str
    shop: Any
    lines: Sequence[Any]
    returns: Sequence[Any]

    @property
    def is_claimed(self) -> bool:
        """Say whether points went back that no article came back for: after a turn of life."""
        return bool(self.sale.returned_points_fen > sum(each.points_fen for each in self.returns))


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySums:
    """What a shop sold on a day, and how often it had to refuse."""

    baskets: int
    points_fen: int
    cash_fen: int
    refusals: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPrice:
    """A price that waits for its second signature."""

    price: Any
    article: Any
    shop: Any
    now_fen: int | None


def list_workplaces(
    session: Session, *, area_codes: Collection[str] | None, ids: Collection[int] | None
) -> Sequence[Workplace]:
    """List shops within some areas, or those of some ids, for giving roles and for the frame of pages."""
    query = select(Shop.id, Shop.name, Shop.area_code)
    if area_codes is not None:
        inside = areas.within(Shop.area_code, area_codes)
        query = query.where(inside, Shop.state == APPROVED, Shop.trading != "ended")
    if ids is not None:
        query = query.where(Shop.id.in_(ids))
    rows = session.execute(query.order_by(Shop.area_code, Shop.code))
    return [Workplace(id=row.id, name=row.name, area_code=row.area_code) for row in rows]


def list_shops(
    session: Session, *, actor: Actor, state: str = "", after: str | None = None, limit: int = 50
) -> Page[ShopRow]:
    """List the shops of the actor's areas, or those they work in, by code."""
    query = select(Shop, area.c.name, area.c.name_en).join(area, area.c.code == Shop.area_code)
    query = query.where(visible_shops(actor))
    if state:
        query = query.where(Shop.state == state)
    if after:
        query = query.where(Shop.code > read_cursor(after, str)[0])
    rows = session.execute(query.order_by(Shop.code).limit(limit + 1)).all()
    found = [ShopRow(shop=plain(shop), area_name=name, area_name_en=name_en or name) for shop, name, name_en in rows]
    return cut_page(found, limit, lambda row: write_cursor(row.shop.code))


def get_shop(session: Session, *, shop_id: int, actor: Actor) -> ShopRow:
    """Return one shop.

    :raises ShopNotFound: if there is none with this id among the actor's
    """
    shop = plain(load_shop(session, shop_id=shop_id, actor=actor))
    place = session.execute(select(area.c.name, area.c.name_en).where(area.c.code == shop.area_code)).one()
    return ShopRow(shop=shop, area_name=place.name, area_name_en=place.name_en or place.name)


def list_articles(session: Session, *, shop_id: int, actor: Actor, on: date) -> Sequence[ArticleRow]:
    """List what a shop has on its shelves, with prices of the day, and then what it had, no more than fits a page.

    :raises ShopNotFound: if there is no such shop among the actor's
    """
    load_shop(session, shop_id=shop_id, actor=actor)
    prices = price_articles(session, shop_id=shop_id, on=on)
    waiting = _waiting_of(session, shop_id)
    query = select(ShopArticle).where(ShopArticle.shop_id == shop_id)
    order = (ShopArticle.withdrawn_on.is_not(None), ShopArticle.position, ShopArticle.id)
    return [
        ArticleRow(
            article=plain(article),
            price_fen=prices[article.id].price_fen if article.id in prices else None,
            waiting=plain(waiting.get(article.id)),
        )
        for article in session.scalars(query.order_by(*order).limit(2 * MOST_ARTICLES))
    ]


def list_shelf(session: Session, *, shop_id: int, on: date) -> Sequence[ArticleRow]:
    """List what may be sold in a shop today; asks nobody's leave."""
    found = price_articles(session, shop_id=shop_id, on=on)
    return [ArticleRow(article=plain(row.ShopArticle), price_fen=row.price_fen, waiting=None) for row in found.values()]


def list_waiting_prices(session: Session, *, actor: Actor, on: date, limit: int = 100) -> Sequence[WaitingPrice]:
    """List the prices of the actor's shops that wait for a second signature, oldest first."""
    query = (
        select(ShopPrice, ShopArticle, Shop, price_of_day(on))
        .join(ShopArticle, ShopArticle.id == ShopPrice.article_id)
        .join(Shop, Shop.id == ShopArticle.shop_id)
        .where(ShopPrice.state == SUBMITTED, visible_shops(actor))
        .order_by(ShopPrice.id)
        .limit(limit)
    )
    return [
        WaitingPrice(price=plain(price), article=plain(article), shop=plain(shop), now_fen=now_fen)
        for price, article, shop, now_fen in session.execute(query)
    ]


def list_sales(
    session: Session,
    *,
    actor: Actor,
    shop_id: int | None = None,
    on: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[SaleRow]:
    """List what was sold in the actor's shops, newest first."""
    back = select(func.coalesce(func.sum(ShopReturn.points_fen), 0)).where(
        ShopReturn.home == ShopSale.home, ShopReturn.sale_id == ShopSale.id
    )
    is_claimed = ShopSale.returned_points_fen > back.correlate(ShopSale).scalar_subquery()
    query = (
        select(ShopSale, senior.c.name, Shop, is_claimed)
        .join(Shop, Shop.id == ShopSale.shop_id)
        .join(senior, senior.c.id == ShopSale.home)
        .where(visible_shops(actor))
    )
    if shop_id is not None:
        query = query.where(ShopSale.shop_id == shop_id)
    if on is not None:
        query = query.where(ShopSale.sold_on == on)
    if after:
        at, key = read_moment_cursor(after, UUID)
        query = query.where((ShopSale.booked_at < at) | ((ShopSale.booked_at == at) & (ShopSale.id < key)))
    rows = session.execute(query.order_by(ShopSale.booked_at.desc(), ShopSale.id.desc()).limit(limit + 1)).all()
    found = [
        SaleRow(sale=plain(sale), person=name, shop=plain(shop), is_claimed=claimed)
        for sale, name, shop, claimed in rows
    ]
    return cut_page(found, limit, lambda row: moment_cursor(row.sale.booked_at, row.sale.id))


def list_bought_by(session: Session, *, senior_id: int, actor: Actor, limit: int) -> Sequence[SaleRow]:
    """List what somebody bought last in the actor's shops."""
    query = (
        select(ShopSale, senior.c.name, Shop)
        .join(Shop, Shop.id == ShopSale.shop_id)
        .join(senior, senior.c.id == ShopSale.home)
        .where(ShopSale.home == senior_id, visible_shops(actor))
        .order_by(ShopSale.occurred_at.desc(), ShopSale.id.desc())
        .limit(limit)
    )
    return [SaleRow(sale=plain(sale), person=name, shop=plain(shop)) for sale, name, shop in session.execute(query)]


def get_sale(session: Session, *, sale_id: UUID, actor: Actor) -> SalePage:
    """Return one basket.

    :raises ShopSaleNotFound: if there is none with this id in the actor's shops
    """
    query = (
        select(ShopSale, senior.c.name, account.c.name.label("seller"), Shop)
        .join(Shop, Shop.id == ShopSale.shop_id)
        .join(senior, senior.c.id == ShopSale.home)
        .join(account, account.c.id == ShopSale.account_id)
        .where(ShopSale.id == sale_id, visible_shops(actor))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise ShopSaleNotFound
    sale, person, seller, shop = row
    return SalePage(
        sale=plain(sale),
        person=person,
        seller=seller,
        shop=plain(shop),
        lines=[plain(line) for line in _lines(session, sale)],
        returns=[plain(each) for each in _returns(session, sale)],
    )


def sum_day(session: Session, *, shop_id: int, on: date, since: datetime, until: datetime) -> DaySums:
    """Add up what a shop sold on a day, what came back of it taken off, and count what it refused.

    :param since: when the day began; ``until`` when it ended
    """
    left_points = ShopSale.points_fen - ShopSale.returned_points_fen
    left_cash = ShopSale.cash_fen - ShopSale.returned_cash_fen
    sums = select(func.count(), func.coalesce(func.sum(left_points), 0), func.coalesce(func.sum(left_cash), 0))
    baskets, points_fen, cash_fen = session.execute(
        sums.where(ShopSale.shop_id == shop_id, ShopSale.sold_on == on)
    ).one()
    refused = (
        select(ShopRefusal.reason, func.count())
        .where(ShopRefusal.shop_id == shop_id, ShopRefusal.at >= since, ShopRefusal.at < until)
        .group_by(ShopRefusal.reason)
    )
    return DaySums(
        baskets=baskets,
        points_fen=int(points_fen),
        cash_fen=int(cash_fen),
        refusals={row[0]: row[1] for row in session.execute(refused)},
    )


def count_waiting(session: Session, *, actor: Actor) -> int:
    """Count the shops and prices of the actor's areas that wait for somebody else's signature."""
    shops = select(func.count()).where(visible_shops(actor), Shop.state == SUBMITTED, Shop.maker_id != actor.account_id)
    prices = (
        select(func.count(case((ShopPrice.maker_id != actor.account_id, 1))))
        .join(ShopArticle, ShopArticle.id == ShopPrice.article_id)
        .join(Shop, Shop.id == ShopArticle.shop_id)
        .where(ShopPrice.state == SUBMITTED, visible_shops(actor))
    )
    return (session.scalar(shops) or 0) + (session.scalar(prices) or 0)


def _lines(session: Session, sale: ShopSale) -> Sequence[ShopSaleLine]:
    query = select(ShopSaleLine).where(ShopSaleLine.home == sale.home, ShopSaleLine.sale_id == sale.id)
    return session.scalars(query.order_by(ShopSaleLine.n)).all()


def _returns(session: Session, sale: ShopSale) -> Sequence[ShopReturn]:
    query = select(ShopReturn).where(ShopReturn.home == sale.home, ShopReturn.sale_id == sale.id)
    return session.scalars(query.order_by(ShopReturn.returned_at)).all()


def _waiting_of(session: Session, shop_id: int) -> Mapping[int, ShopPrice]:
    query = select(ShopPrice).join(ShopArticle, ShopArticle.id == ShopPrice.article_id)
    found = session.scalars(query.where(ShopArticle.shop_id == shop_id, ShopPrice.state == SUBMITTED))
    return {price.article_id: price for price in found}
