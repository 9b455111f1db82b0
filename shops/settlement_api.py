"""A shop's statements over HTTP: reading them, confirming one, disputing a line."""

from shops.settling import SHOPS
from subsidies.settlement.merchant_api import make_api

blueprint = make_api(SHOPS, name="shop_statements_api", url_prefix="/api/v1/shops/statements")
