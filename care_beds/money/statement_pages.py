"""A provider's statements on pages: the list, one with its lines, confirming it, disputing a line."""

from care_beds.money.settling import PROVIDERS
from subsidies.settlement.merchant_pages import Templates, make_pages

blueprint = make_pages(
    PROVIDERS,
    Templates(many="care_money/statements.html", one="care_money/statement.html"),
    name="care_statements",
    module=__name__,
    url_prefix="/care/statements",
)
