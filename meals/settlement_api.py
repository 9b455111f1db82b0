"""A canteen's statements over HTTP: reading them, confirming one, disputing a line."""

from meals.settling import CANTEENS
from subsidies.settlement.merchant_api import make_api

blueprint = make_api(CANTEENS, name="canteen_settlement_api", url_prefix="/api/v1/meals/settlements")
