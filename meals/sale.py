"""The values a sale is made of, from what the till asks to what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from app.clock import business_day
from meals.opening import Opening
from meals.rules import Diner, MealDiscount, Quote, SaleRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a till asks for: whose card, where, what was eaten, and when if not now."""

    card: str
    canteen_id: int
    items: tuple[tuple[int, int], ...] = ()
    amount_fen: int | None = None
    till_id: int | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A bill with all that was decided about it."""

    bill: Bill
    opening: Opening
    diner: Diner
    quote: Quote
    lines: tuple[Mapping[str, Any], ...]
    policy: MealDiscount | None
    rules: SaleRules | None
    occurred_at: datetime
    # The till that decided by itself and the number it gave the sale; the server, where there is nothing.
    decided_by: Mapping[str, Any] | None = None

    @property
    def meal_on(self) -> date:
        """Return the business day of the meal."""
        return business_day(self.occurred_at)

    @cached_property
    def reasons(self) -> list[dict[str, object]]:
        """Return the steps of the decision as they are told, chained and stored."""
        return [reason.as_json() for reason in self.quote.reasons]

    @property
    def policy_ids(self) -> list[int]:
        """Return the documents that decided this sale."""
        return [document.document_id for document in (self.policy, self.rules) if document]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the till is told, and whether it was told before."""

    body: Mapping[str, Any]
    replayed: bool = False
