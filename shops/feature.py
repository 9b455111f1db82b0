"""What shops hand to the application."""

from flask_babel import lazy_gettext as _l

from app.auth import Role
from app.auth.workplaces import Trade, register_workplaces
from app.exports.registry import register_export
from app.features import Feature, NavItem
from app.messages.kinds import register_kind as register_message
from app.policies.kinds import register_kind
from shops import api, register_api, register_pages, sale_pages, settlement_api, settlement_pages, till_pages
from shops.access import READERS, SELLERS
from shops.checks.catalogue import register_checks
from shops.circumstances import register_baskets
from shops.person import TABS, TIMELINE
from shops.personal_data import PERSONAL
from shops.policy import PURSE_RULES
from shops.queries import list_workplaces
from shops.settling import shop_reach
from shops.telling import KINDS
from shops.turns import TURN_EFFECTS
from shops.wording import explain_cause, explain_return
from subsidies.queries import register_explainer
from subsidies.services import settlement

register_kind(PURSE_RULES)
register_workplaces(list_workplaces, Trade.SHOP)
register_explainer("shop", explain_cause)
register_explainer("shop_return", explain_return)
register_baskets()
register_checks()
for told in KINDS:
    register_message(told)
register_export(
    settlement.lines_export(
        "shop_settlement_lines",
        roles=(Role.SHOP_MANAGER,),
        reach=lambda session, actor: shop_reach(session, actor=actor),
    )
)

FEATURE = Feature(
    name="shops",
    heading=_l("Shops"),
    api=(api.blueprint, register_api.blueprint, settlement_api.blueprint),
    pages=(till_pages.blueprint, sale_pages.blueprint, settlement_pages.blueprint, register_pages.blueprint),
    navigation=(
        NavItem(endpoint="shop_till.show_till", label=_l("Till"), icon="scan", roles=frozenset(SELLERS), order=15),
        NavItem(
            endpoint="shop_sales.show_day",
            label=_l("Today's sales"),
            icon="receipt",
            roles=frozenset(SELLERS),
            order=16,
        ),
        NavItem(endpoint="shops.list_shops", label=_l("Shops"), icon="bowl", roles=frozenset(READERS), order=26),
        NavItem(
            endpoint="shop_sales.list_sales",
            label=_l("Sold in shops"),
            icon="receipt",
            roles=frozenset(READERS),
            order=27,
        ),
        NavItem(
            endpoint="shop_statements.list_statements",
            label=_l("My statements"),
            icon="check",
            roles=frozenset({Role.SHOP_MANAGER}),
            order=28,
        ),
    ),
    timeline=TIMELINE,
    senior_tabs=TABS,
    turn_effects=TURN_EFFECTS,
    personal=PERSONAL,
    landing={Role.SHOPKEEPER: "shop_till.show_till", Role.SHOP_MANAGER: "shop_sales.show_day"},
    audit_words={
        "shop.asked": _l("Shop written down"),
        "shop.approved": _l("Shop taken in"),
        "shop.rejected": _l("Shop not taken in"),
        "shop.changed": _l("Shop changed"),
        "shop.open": _l("Shop goes on"),
        "shop.suspended": _l("Shop suspended"),
        "shop.ended": _l("Shop ended"),
        "shop_article.added": _l("Article added"),
        "shop_article.changed": _l("Article changed"),
        "shop_article.stocked": _l("Stock changed"),
        "shop_article.withdrawn": _l("Article taken off the shelves"),
        "shop_price.set": _l("Price of an article set"),
        "shop_price.signed": _l("Rise of a price signed"),
        "shop_price.rejected": _l("Rise of a price refused"),
        "shop_sale.returned": _l("Articles taken back"),
        "shop_sale.claimed_back": _l("Points of a basket claimed back"),
        "field.stock": _l("In stock"),
    },
)
