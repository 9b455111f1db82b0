"""Settlement on a manager's pages: my canteen's statements, confirming one, disputing a line of it."""

from meals.settling import CANTEENS
from subsidies.settlement.merchant_pages import Templates, make_pages

blueprint = make_pages(
    CANTEENS,
    Templates(many="meals/settlements.html", one="meals/settlement.html"),
    name="canteen_settlement",
    module=__name__,
    url_prefix="/meals/settlements",
)
