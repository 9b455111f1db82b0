"""Settlement on a shop manager's pages: my shop's statements, confirming one, disputing a line of it."""

from shops.settling import SHOPS
from subsidies.settlement.merchant_pages import Templates, make_pages

blueprint = make_pages(
    SHOPS,
    Templates(many="shops/statements.html", one="shops/statement.html"),
    name="shop_statements",
    module=__name__,
    url_prefix="/shops/statements",
)
