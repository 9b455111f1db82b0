"""The policy kinds of meals, and the terms of their documents for the price rules and the sale."""

from collections.abc import Mapping
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

from app.policies.kinds import Kind
from meals.deliveries.policy import DELIVERY_RULES
from meals.documents.checks import find_discount_faults, find_sale_rules_faults
from meals.documents.reading import discount_terms, sale_terms
from meals.documents.schema import MealDiscountIn, SaleRulesIn
from meals.documents.tables import discount_tables, sale_rules_tables
from meals.pricing.terms import MealDiscount, SaleRules
from meals.tills.policy import TILL_RULES


class Document(Protocol):
    """What is needed of a policy document here; ``app.policies`` has the table."""

    id: Any
    area_code: Any
    state: Any
    body: Any


MEAL_DISCOUNT = Kind(
    name="meal_discount",
    label=_l("Meal discount"),
    schema=MealDiscountIn,
    checks=find_discount_faults,
    tables=discount_tables,
    example={
        "windows": [{"name": "lunch", "from": "10:00", "until": "13:30"}],
        "limits": [{"per": "window", "subsidised": 1}],
        "bands": [{"when": {"age": {"from": 60}}, "guest_pays_percent": 80}],
        "payers": [{"payer": "district", "percent": 100, "remainder": True}],
        "points": {"may_pay_percent": 100},
    },
)
SALE_RULES = Kind(
    name="sale_rules",
    label=_l("Sale rules"),
    schema=SaleRulesIn,
    checks=find_sale_rules_faults,
    tables=sale_rules_tables,
    example={"upload_within_hours": 24, "manager_reversal_days": 30, "refund_grace_days": 7},
)
KINDS = (MEAL_DISCOUNT, SALE_RULES, TILL_RULES, DELIVERY_RULES)

# The body of a published document never changes, so that its terms hold for as long as the process lives.
_known: dict[int, MealDiscount | SaleRules] = {}


def find_known(document_id: int) -> MealDiscount | SaleRules | None:
    """Return the terms of a published document that this process has read before, without asking the database."""
    return _known.get(document_id)


def meal_discount(document: Document) -> MealDiscount:
    """Return the terms of a ``meal_discount`` document.

    :raises ValidationError: if the body does not have the kind's shape
    """
    known = _known.get(document.id)
    if isinstance(known, MealDiscount):
        return known
    terms = read_meal_discount(document.body, document_id=document.id, area_code=document.area_code)
    _remember(document, terms)
    return terms


def sale_rules(document: Document) -> SaleRules:
    """Return the rules of a ``sale_rules`` document.

    :raises ValidationError: if the body does not have the kind's shape
    """
    known = _known.get(document.id)
    if isinstance(known, SaleRules):
        return known
    terms = sale_terms(SaleRulesIn().load(document.body), document_id=document.id)
    _remember(document, terms)
    return terms


def _remember(document: Document, terms: MealDiscount | SaleRules) -> None:
    if document.state == "published":
        _known[document.id] = terms


def forget_known() -> None:
    """Forget what was read; for tests that empty the database and begin ids anew."""
    _known.clear()


def read_meal_discount(body: Mapping[str, Any], *, document_id: int, area_code: str) -> MealDiscount:
    """Turn a body into terms.

    :raises ValidationError: if it does not have the kind's shape
    """
    return discount_terms(MealDiscountIn().load(body), document_id=document_id, area_code=area_code)
