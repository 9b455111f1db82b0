"""Terms, facts and quotes as plain values, in which the browser's price rules (``pricing.js``) take and give them."""

from dataclasses import asdict
from enum import Enum
from typing import Any

from meals.pricing.facts import Diner, Item, Quote, Reason, Taken
from meals.pricing.terms import MealDiscount, Per


def plain_terms(policy: MealDiscount) -> dict[str, Any]:
    """Write down a document's terms: windows, bands, payers, limits, rounding and points."""
    plain: dict[str, Any] = _plain(asdict(policy))
    return plain


def plain_diner(diner: Diner) -> dict[str, Any]:
    """Write down the guest as the bands see her."""
    return asdict(diner)


def plain_taken(taken: Taken) -> dict[str, Any]:
    """Write down counters by their period, and the last subsidised meal as a refusal tells it."""
    last = taken.last
    told = {"at": f"{last.at:%H:%M}", "canteen": last.canteen, "till": last.till, "here": last.here} if last else None
    return {**{str(per): asdict(taken.per(per)) for per in Per}, "last": told}


def plain_items(items: list[Item]) -> list[dict[str, Any]]:
    """Write down the lines of a bill."""
    return [_plain(asdict(item)) for item in items]


def plain_reason(reason: Reason) -> dict[str, Any]:
    """Write down one step of a decision."""
    plain: dict[str, Any] = _plain(reason.as_json())
    return plain


def plain_quote(quote: Quote) -> dict[str, Any]:
    """Write down who pays what, and why."""
    return {
        "price_fen": quote.price_fen,
        "shares": [_plain(asdict(share)) for share in quote.shares],
        "points_fen": quote.points_fen,
        "cash_fen": quote.cash_fen,
        "subsidised": quote.subsidised,
        "window": quote.window,
        "band": quote.band,
        "reasons": [plain_reason(reason) for reason in quote.reasons],
        "left": [_plain(asdict(left)) for left in quote.left],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Enum) else value
