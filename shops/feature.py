"""What shops hand to the application."""

from flask_babel import lazy_gettext as _l

from app.auth.workplaces import Trade, register_workplaces
from app.features import Feature
from app.policies.kinds import register_kind
from shops.policy import PURSE_RULES
from shops.queries import list_workplaces

register_kind(PURSE_RULES)
register_workplaces(list_workplaces, Trade.SHOP)

FEATURE = Feature(name="shops", heading=_l("Shops"))
