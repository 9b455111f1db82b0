"""Settlement as a shop's manager sees it: the statements of their own shops."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from shops.models import Shop
from shops.words import name_of
from subsidies.services import settlement
from subsidies.settlement.merchants import Merchants


def shop_reach(session: Session, *, actor: Actor) -> settlement.Reach:
    """Return the reach of a manager: the accounts of the shops they answer for, and no area around them."""
    query = select(Shop.merchant_account).where(Shop.id.in_(actor.shop_ids), Shop.merchant_account.is_not(None))
    return settlement.Reach(merchants=tuple(account for account in session.scalars(query) if account))


def shops_by_account(session: Session, *, actor: Actor) -> Mapping[int, str]:
    """Return the names of a manager's shops by the accounts they are paid on."""
    query = select(Shop).where(Shop.id.in_(actor.shop_ids)).order_by(Shop.code)
    return {shop.merchant_account: name_of(shop) for shop in session.scalars(query) if shop.merchant_account}


SHOPS = Merchants(one="shop", role=Role.SHOP_MANAGER, reach=shop_reach, names=shops_by_account)
