"""Settlement as a canteen's manager sees it: the statements of their own canteens."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from meals.models import Canteen
from meals.page_words import name_of
from subsidies.services import settlement
from subsidies.settlement.merchants import Merchants


def canteen_reach(session: Session, *, actor: Actor) -> settlement.Reach:
    """Return the reach of a manager: the accounts of the canteens they answer for, and no area around them."""
    query = select(Canteen.merchant_account).where(Canteen.id.in_(actor.canteen_ids))
    return settlement.Reach(merchants=tuple(session.scalars(query)))


def canteens_by_account(session: Session, *, actor: Actor) -> Mapping[int, str]:
    """Return the names of a manager's canteens by the accounts they are paid on."""
    query = select(Canteen).where(Canteen.id.in_(actor.canteen_ids)).order_by(Canteen.code)
    return {canteen.merchant_account: name_of(canteen) for canteen in session.scalars(query)}


CANTEENS = Merchants(one="canteen", role=Role.CANTEEN_MANAGER, reach=canteen_reach, names=canteens_by_account)
