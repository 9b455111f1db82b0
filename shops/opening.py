"""Reads what a sale in a shop is decided by; the payer's book is locked before anything of the payer's is read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ScalarSelect, Text, column, func, or_, select, table
from sqlalchemy.orm import Session, aliased

from app.auth import Actor
from app.people.queries import find_senior_by_card, profile_on
from shops.access import visible_shops
from shops.basket import Bill, Opening, Priced
from shops.errors import BasketRefused, NoPurse, OutsideOwnShop, ShopClosed, ShopNotFound
from shops.models import APPROVED, VALID, Shop, ShopArticle, ShopPrice, ShopSale, ShopSaleLine
from shops.policy import find_purse
from shops.rules import Amount, Bought, Lot, Per, period_start
from subsidies import queries as ledger_queries
from subsidies import services as ledger

card = table("card", column("number", Text), column("senior_id", BigInteger), column("state", Text))


def open_payer(session: Session, bill: Bill, *, by: Actor, lock: bool) -> int | None:
    """Return whose card was shown; nobody where it is none of ours.

    :param lock: lock the payer's book, until the transaction ends
    :raises OutsideOwnShop: if the caller does not work in the shop
    :raises InFlight: if the payer is being served elsewhere at this moment
    """
    if bill.shop_id not in by.shop_ids:
        raise OutsideOwnShop
    home = find_senior_by_card(session, number=bill.card)
    if lock and home is not None:
        ledger.open_book(session, home=home)
    return home


def open_basket(session: Session, bill: Bill, *, home: int | None, on: date) -> Opening:
    """Read what a basket is decided by, once its payer is open.

    :raises OutsideOwnShop: if there is no such shop
    :raises ShopClosed: if the shop may not take points on this day
    :raises NoPurse: if no purse pays in such shops here
    :raises BasketRefused: if an article is not sold here, or has no price
    """
    shop = session.get(Shop, bill.shop_id)
    if shop is None:
        raise OutsideOwnShop
    if not may_trade(shop, on):
        raise ShopClosed
    purse = find_purse(session, area_code=shop.area_code, sort=shop.sort, on=on)
    if purse is None:
        raise NoPurse
    lines = read_lines(session, bill, on=on)
    if home is None:
        return Opening(shop=shop, purse=purse, lines=lines, on=on)
    return Opening(
        shop=shop,
        purse=purse,
        lines=lines,
        on=on,
        home=home,
        person=profile_on(session, senior_id=home, day=on),
        card_state=session.scalar(select(card.c.state).where(card.c.number == bill.card)) or "",
    )


def may_trade(shop: Any, on: date) -> bool:
    """Say whether a shop may take points on a day."""
    return bool(
        shop.state == APPROVED and shop.trading == "open" and shop.agreement_from <= on <= shop.agreement_expires_on
    )


def load_shop(session: Session, *, shop_id: int, actor: Actor, lock: bool = False) -> Shop:
    """Load a shop of the actor's.

    :param lock: let no one else change the shop meanwhile; sales go on
    :raises ShopNotFound: if there is none with this id among the actor's
    """
    query = select(Shop).where(Shop.id == shop_id, visible_shops(actor))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise ShopNotFound
    return found


def read_lines(session: Session, bill: Bill, *, on: date) -> Sequence[Priced]:
    """Return the articles of a bill in its order, with their prices of the day.

    :raises BasketRefused: if one of them is not sold here on this day, or stands there twice
    """
    found = price_articles(session, shop_id=bill.shop_id, on=on, ids=[article_id for article_id, _n in bill.items])
    faults = {
        str(place): {"article_id": [_l("This article is not sold here on this day.")]}
        for place, (article_id, _n) in enumerate(bill.items)
        if article_id not in found
    }
    if faults:
        raise BasketRefused(errors={"items": faults})
    if len(found) < len(bill.items):
        raise BasketRefused(errors={"items": [_l("An article stands there twice. Give its number of pieces once.")]})
    return [_priced(found[article_id], count) for article_id, count in bill.items]


def price_articles(session: Session, *, shop_id: int, on: date, ids: Sequence[int] | None = None) -> Mapping[int, Any]:
    """Return the articles that a shop sells on a day, each with its price: the last one that began by then."""
    price = price_of_day(on)
    query = select(ShopArticle, price.label("price_fen")).where(
        ShopArticle.shop_id == shop_id,
        or_(ShopArticle.withdrawn_on.is_(None), ShopArticle.withdrawn_on > on),
        price.is_not(None),
    )
    if ids is not None:
        query = query.where(ShopArticle.id.in_(ids))
    rows = session.execute(query.order_by(ShopArticle.position, ShopArticle.id))
    return {row.ShopArticle.id: row for row in rows}


def price_of_day(on: date) -> ScalarSelect[int]:
    """Return the price of an article on a day, to be selected beside the article."""
    price = aliased(ShopPrice)
    query = select(price.price_fen).where(
        price.article_id == ShopArticle.id, price.state == VALID, price.valid_from <= on
    )
    last = query.order_by(price.valid_from.desc(), price.id.desc()).limit(1)
    return last.correlate(ShopArticle).scalar_subquery()


def list_bought(session: Session, *, home: int, purse: str, on: date) -> Sequence[Bought]:
    """Return what somebody bought from a purse before, by code and period; what came back does not count."""
    net = ShopSaleLine.count - ShopSaleLine.returned_count
    fen = ShopSaleLine.points_fen - ShopSaleLine.points_fen * ShopSaleLine.returned_count // ShopSaleLine.count
    sums = []
    for per in Per:
        since = period_start(per, on)
        inside = ShopSale.sold_on >= since if since else ShopSale.sold_on.is_not(None)
        sums += [
            func.coalesce(func.sum(each).filter(inside), 0).label(f"{per}_{name}") for name, each in _named(net, fen)
        ]
    query = (
        select(ShopSaleLine.code, ShopSaleLine.category, *sums)
        .join(ShopSale, (ShopSale.home == ShopSaleLine.home) & (ShopSale.id == ShopSaleLine.sale_id))
        .where(ShopSaleLine.home == home, ShopSale.purse == purse)
        .group_by(ShopSaleLine.code, ShopSaleLine.category)
    )
    return [
        Bought(
            code=row.code,
            category=row.category,
            by_period={per: Amount(int(getattr(row, f"{per}_count")), int(getattr(row, f"{per}_fen"))) for per in Per},
        )
        for row in session.execute(query)
    ]


def list_lots(session: Session, *, home: int, on: date) -> list[Lot]:
    """Return somebody's points in the order in which the ledger takes them."""
    wallet = ledger_queries.get_wallet(session, home=home, on=on)
    return [Lot(purpose=lot.purpose, expires_on=lot.expires_on, fen=lot.remaining_fen) for lot in wallet.lots]


def _named(net: Any, fen: Any) -> tuple[tuple[str, Any], ...]:
    return ("count", net), ("fen", fen)


def _priced(row: Any, count: int) -> Priced:
    article = row.ShopArticle
    return Priced(
        article_id=article.id,
        code=article.code,
        category=article.category,
        name=article.name,
        name_en=article.name_en,
        price_fen=row.price_fen,
        count=count,
        limit_count=article.limit_count,
        limit_per=article.limit_per,
        stock=article.stock,
    )
