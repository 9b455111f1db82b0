"""A provider's statements over HTTP: reading them, confirming one, disputing a line."""

from care_beds.money.settling import PROVIDERS
from subsidies.settlement.merchant_api import make_api

blueprint = make_api(PROVIDERS, name="care_statements_api", url_prefix="/api/v1/care-beds/statements")
