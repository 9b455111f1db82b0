"""Which roles do what with shops, and which shops an actor may see."""

from sqlalchemy import ColumnElement, or_

from app.areas import queries as areas
from app.auth import Actor, Role
from shops.models import Shop

# Who sells, and takes articles back.
SELLERS = (Role.SHOPKEEPER, Role.SHOP_MANAGER)
# Who takes a shop into the register and answers for its agreement: a manager does not prolong their own.
KEEPERS = (Role.STREET_CLERK, Role.ADMINISTRATOR)
# Who decides what is sold and what it costs.
STOCKERS = (Role.SHOP_MANAGER, *KEEPERS)
# Who signs what somebody else wrote: new shops, price rises.
CHECKERS = (Role.DISTRICT_APPROVER,)
READERS = (*STOCKERS, *CHECKERS, Role.AUDITOR)
STAFF = (Role.SHOPKEEPER, *READERS)


def visible_shops(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the shops of an actor: those they work in, and all of their areas."""
    return or_(Shop.id.in_(actor.shop_ids), areas.within(Shop.area_code, actor.area_codes))
