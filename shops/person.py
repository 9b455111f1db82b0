"""What shops offer for a person's page: what was bought and came back, and what the purses hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.dossier import Before, Moment, MomentSource, SeniorTab, is_before, key_of
from app.people.queries import check_visible, profile_on
from shops.access import READERS, visible_shops
from shops.models import Shop, ShopReturn, ShopSale
from shops.purses import list_held
from shops.queries import list_bought_by
from shops.wording import in_units
from shops.words import in_language, name_of
from subsidies.access import WALLET_READERS

SORT, LABEL = "shop", _l("Shopping")
ROLES = frozenset(set(READERS) & set(WALLET_READERS))


def list_moments(
    session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int
) -> Sequence[Moment]:
    """Tell what somebody bought for points and what came back, newest first."""
    sold = _list_sold(session, senior_id=senior_id, actor=actor, before=before, limit=limit)
    back = _list_back(session, senior_id=senior_id, actor=actor, before=before, limit=limit)
    return sorted([*sold, *back], key=lambda moment: moment.place, reverse=True)[:limit]


def goods_panel(session: Session, *, senior_id: int, actor: Actor, now: datetime) -> str:
    """Show what somebody's purses hold, and what was bought last."""
    check_visible(session, senior_id=senior_id, actor=actor)
    today = business_day(now)
    area_code = profile_on(session, senior_id=senior_id, day=today).residence_area
    held = list_held(session, home=senior_id, area_code=area_code, on=today)
    bought = list_bought_by(session, senior_id=senior_id, actor=actor, limit=10)
    if not held and not bought:
        return ""
    words = {"in_units": in_units, "in_language": in_language, "name_of": name_of}
    return render_template("shops/goods_panel.html", held=held, bought=bought, **words)


def _list_sold(session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int) -> list[Moment]:
    key = key_of("shop_sale", ShopSale.id)
    query = (
        select(ShopSale, Shop, key.label("key"))
        .join(Shop, Shop.id == ShopSale.shop_id)
        .where(ShopSale.home == senior_id, visible_shops(actor), *is_before(ShopSale.occurred_at, key, before))
        .order_by(ShopSale.occurred_at.desc(), key.desc())
        .limit(limit)
    )
    return [
        Moment(
            at=row.ShopSale.occurred_at,
            key=row.key,
            sort=SORT,
            icon="receipt",
            title=_("Shopping at %(shop)s", shop=name_of(row.Shop)),
            words=_("%(points)s yuan in points", points=_yuan(row.ShopSale.points_fen)),
            endpoint="shop_sales.show_sale",
            args={"sale_id": row.ShopSale.id},
        )
        for row in session.execute(query)
    ]


def _list_back(session: Session, *, senior_id: int, actor: Actor, before: Before | None, limit: int) -> list[Moment]:
    key = key_of("shop_return", ShopReturn.id)
    query = (
        select(ShopReturn, Shop, key.label("key"))
        .join(ShopSale, (ShopSale.home == ShopReturn.home) & (ShopSale.id == ShopReturn.sale_id))
        .join(Shop, Shop.id == ShopSale.shop_id)
        .where(ShopReturn.home == senior_id, visible_shops(actor), *is_before(ShopReturn.returned_at, key, before))
        .order_by(ShopReturn.returned_at.desc(), key.desc())
        .limit(limit)
    )
    return [
        Moment(
            at=row.ShopReturn.returned_at,
            key=row.key,
            sort=SORT,
            icon="undo",
            title=_("Articles came back to %(shop)s", shop=name_of(row.Shop)),
            words=_("%(points)s yuan in points", points=_yuan(row.ShopReturn.points_fen)),
            endpoint="shop_sales.show_sale",
            args={"sale_id": row.ShopReturn.sale_id},
        )
        for row in session.execute(query)
    ]


def _yuan(fen: Any) -> str:
    return in_units(fen, 100)


TIMELINE = (MomentSource(sort=SORT, label=LABEL, roles=ROLES, moments=list_moments),)
TABS = (SeniorTab(code="goods", label=LABEL, order=35, roles=ROLES, panel=goods_panel),)
