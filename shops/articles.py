"""The catalogue of a shop: articles, their limits and stock, and prices by day; a rise may need a second signature."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app.approvals.errors import NotSubmitted, SelfApproval
from app.approvals.rules import REJECTED, SUBMITTED
from app.audit import services as audit
from app.auth import Actor
from app.clock import business_day
from app.errors import Invalid
from shops.errors import ArticleCodeTaken, ArticleNotFound, PriceWaits, TooManyArticles
from shops.models import VALID, Shop, ShopArticle, ShopPrice
from shops.opening import load_shop
from shops.policy import find_purse
from shops.rules import MOST_ARTICLES, needs_second_signature


def add_article(
    session: Session, *, shop_id: int, code: str, category: str, price_fen: int, by: Actor, now: datetime, **about: Any
) -> ShopArticle:
    """Put an article on the shelves from today on.

    :raises ShopNotFound: if there is no such shop among the caller's
    :raises ArticleCodeTaken: if another article of the shop has the code
    :raises TooManyArticles: if the shelves are full
    :raises Invalid: if points never pay for its category, or its limit is half said
    """
    shop = load_shop(session, shop_id=shop_id, actor=by, lock=True)
    _check_category(session, shop, category, on=business_day(now))
    _check_limit(about)
    if session.scalar(select(ShopArticle.id).where(ShopArticle.shop_id == shop_id, ShopArticle.code == code)):
        raise ArticleCodeTaken(errors={"code": [ArticleCodeTaken.detail]})
    sold = select(func.count()).where(ShopArticle.shop_id == shop_id, ShopArticle.withdrawn_on.is_(None))
    if session.scalars(sold).one() >= MOST_ARTICLES:
        raise TooManyArticles
    article = ShopArticle(shop_id=shop_id, code=code, category=category, created_at=now, **about)
    session.add(article)
    session.flush()
    first = {"price_fen": price_fen, "valid_from": business_day(now), "state": VALID}
    session.add(ShopPrice(article_id=article.id, maker_id=by.account_id, submitted_at=now, **first))
    session.flush()
    _note(session, "shop_article.added", shop, article, by=by, now=now, new={"code": code, "price_fen": price_fen})
    return article


def change_article(
    session: Session, *, shop_id: int, article_id: int, by: Actor, now: datetime, **about: Any
) -> ShopArticle:
    """Change an article's names, its limit for one person, or what is counted of it.

    :raises ShopNotFound: if there is no such shop among the caller's
    :raises ArticleNotFound: if the shop has no such article
    :raises Invalid: if its limit is half said
    """
    shop = load_shop(session, shop_id=shop_id, actor=by)
    article = _load_article(session, shop_id=shop_id, article_id=article_id)
    _check_limit({name: about.get(name, getattr(article, name)) for name in ("limit_count", "limit_per")})
    old = {name: getattr(article, name) for name, value in about.items() if getattr(article, name) != value}
    for name in old:
        setattr(article, name, about[name])
    session.flush()
    if old:
        _note(session, "shop_article.changed", shop, article, by=by, now=now, old=old, new={n: about[n] for n in old})
    return article


def withdraw_article(session: Session, *, shop_id: int, article_id: int, by: Actor, now: datetime) -> ShopArticle:
    """Take an article off the shelves from today on; what was sold of it stays and may come back.

    :raises ShopNotFound: if there is no such shop among the caller's
    :raises ArticleNotFound: if the shop has no such article
    """
    shop = load_shop(session, shop_id=shop_id, actor=by)
    article = _load_article(session, shop_id=shop_id, article_id=article_id)
    if article.withdrawn_on is None:
        article.withdrawn_on = business_day(now)
        session.flush()
        _note(session, "shop_article.withdrawn", shop, article, by=by, now=now)
    return article


def add_stock(session: Session, *, shop_id: int, article_id: int, pieces: int, by: Actor, now: datetime) -> ShopArticle:
    """Add pieces to what is counted of an article, or take some away; from then on it is counted.

    :raises ShopNotFound: if there is no such shop among the caller's
    :raises ArticleNotFound: if the shop has no such article
    :raises Invalid: if fewer would be left than none
    """
    shop = load_shop(session, shop_id=shop_id, actor=by)
    article = _load_article(session, shop_id=shop_id, article_id=article_id)
    had = article.stock or 0
    if had + pieces < 0:
        raise Invalid(errors={"pieces": [_l("There are only %(n)s pieces.", n=had)]})
    session.execute(update(ShopArticle).where(ShopArticle.id == article.id).values(stock=had + pieces))
    session.refresh(article)
    new = {"stock": article.stock}
    _note(session, "shop_article.stocked", shop, article, by=by, now=now, old={"stock": had}, new=new)
    return article


def set_price(
    session: Session, *, shop_id: int, article_id: int, price_fen: int, valid_from: date, by: Actor, now: datetime
) -> ShopPrice:
    """Set what an article costs from a day on; a rise waits for a second person where the purse's rules say so.

    :raises ShopNotFound: if there is no such shop among the caller's
    :raises ArticleNotFound: if the shop has no such article
    :raises PriceWaits: if another price waits to be decided
    :raises Invalid: if the day is over
    """
    shop = load_shop(session, shop_id=shop_id, actor=by)
    article = _load_article(session, shop_id=shop_id, article_id=article_id)
    today = business_day(now)
    if valid_from < today:
        raise Invalid(errors={"valid_from": [_l("This day is over. Choose today or a later day.")]})
    if session.scalar(select(ShopPrice.id).where(ShopPrice.article_id == article_id, ShopPrice.state == SUBMITTED)):
        raise PriceWaits
    purse = find_purse(session, area_code=shop.area_code, sort=shop.sort, on=today)
    waits = needs_second_signature(
        old_fen=find_price(session, article_id=article_id, on=valid_from),
        signed_fen=find_signed_price(session, article_id=article_id, on=valid_from),
        new_fen=price_fen,
        rise_percent=purse.rise_percent if purse else 0,
    )
    price = ShopPrice(
        article_id=article_id,
        price_fen=price_fen,
        valid_from=valid_from,
        state=SUBMITTED if waits else VALID,
        maker_id=by.account_id,
        submitted_at=now,
    )
    session.add(price)
    session.flush()
    new = {"price_fen": price_fen, "valid_from": valid_from.isoformat(), "state": price.state}
    _note(session, "shop_price.set", shop, article, by=by, now=now, new=new)
    return price


def decide_price(
    session: Session, *, price_id: int, is_right: bool, reason: str = "", by: Actor, now: datetime
) -> ShopPrice:
    """Sign a price that somebody else set, or refuse it and say why.

    :raises ArticleNotFound: if there is no such price in the caller's areas
    :raises NotSubmitted: if it was decided before
    :raises SelfApproval: if the caller set it
    :raises Invalid: if it is refused without a reason
    """
    price = session.scalar(
        select(ShopPrice).where(ShopPrice.id == price_id).with_for_update().execution_options(populate_existing=True)
    )
    article = session.get(ShopArticle, price.article_id) if price else None
    if price is None or article is None:
        raise ArticleNotFound
    shop = load_shop(session, shop_id=article.shop_id, actor=by)
    if price.state != SUBMITTED:
        raise NotSubmitted
    if price.maker_id == by.account_id:
        raise SelfApproval
    if not is_right and not reason:
        raise Invalid(errors={"reason": [_l("Say why, in a few words.")]})
    price.state, price.checker_id, price.decided_at = VALID if is_right else REJECTED, by.account_id, now
    price.reason = reason
    session.flush()
    action = "shop_price.signed" if is_right else "shop_price.rejected"
    _note(session, action, shop, article, by=by, now=now, new={"price_fen": price.price_fen}, reason=reason)
    return price


def find_price(session: Session, *, article_id: int, on: date) -> int | None:
    """Return what an article costs on a day, or nothing."""
    query = select(ShopPrice.price_fen).where(
        ShopPrice.article_id == article_id, ShopPrice.state == VALID, ShopPrice.valid_from <= on
    )
    return session.scalar(query.order_by(ShopPrice.valid_from.desc(), ShopPrice.id.desc()).limit(1))


def find_signed_price(session: Session, *, article_id: int, on: date) -> int | None:
    """Return the price of a day that two people signed last, or the one the article began with."""
    first = select(func.min(ShopPrice.id)).where(ShopPrice.article_id == article_id).scalar_subquery()
    query = select(ShopPrice.price_fen).where(
        ShopPrice.article_id == article_id,
        ShopPrice.state == VALID,
        ShopPrice.valid_from <= on,
        or_(ShopPrice.checker_id.is_not(None), ShopPrice.id == first),
    )
    return session.scalar(query.order_by(ShopPrice.valid_from.desc(), ShopPrice.id.desc()).limit(1))


def _load_article(session: Session, *, shop_id: int, article_id: int) -> ShopArticle:
    query = select(ShopArticle).where(ShopArticle.id == article_id, ShopArticle.shop_id == shop_id)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise ArticleNotFound
    return found


def _check_category(session: Session, shop: Shop, category: str, *, on: date) -> None:
    purse = find_purse(session, area_code=shop.area_code, sort=shop.sort, on=on)
    if purse is not None and not purse.pays_for(category):
        raise Invalid(errors={"category": [_l("Points do not pay for this category here.")]})


def _check_limit(about: Any) -> None:
    if (about.get("limit_count") is None) != (about.get("limit_per") is None):
        raise Invalid(errors={"limit_count": [_l("A limit needs both: how many pieces, and in which period.")]})


def _note(
    session: Session, action: str, shop: Shop, article: ShopArticle, *, by: Actor, now: datetime, **more: Any
) -> None:
    subject = f"shop_article:{article.id}"
    audit.record(session, actor=by, action=action, subject=subject, area_code=shop.area_code, now=now, **more)
