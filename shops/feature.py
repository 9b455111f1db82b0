"""What shops hand to the application."""

from flask_babel import lazy_gettext as _l

from app.auth.workplaces import Trade, register_workplaces
from app.features import Feature
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from shops import api, register_api
from shops.policy import PURSE_RULES
from shops.queries import list_workplaces
from shops.telling import KINDS
from shops.wording import explain_cause, explain_return
from subsidies.queries import register_explainer

register_kind(PURSE_RULES)
register_workplaces(list_workplaces, Trade.SHOP)
register_explainer("shop", explain_cause)
register_explainer("shop_return", explain_return)
for told in KINDS:
    register_message(told)

FEATURE = Feature(
    name="shops",
    heading=_l("Shops"),
    api=(api.blueprint, register_api.blueprint),
)
