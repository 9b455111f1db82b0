"""What a till, a guest and an auditor are told about a sale: documents made of what was decided."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from app.clock import local
from meals.deciding import guest
from meals.models import Checkout
from meals.rules import Left, Per, Share
from meals.sale import Priced
from meals.wording import explain, tier_label


def quote_document(priced: Priced) -> dict[str, Any]:
    """Say who would pay what, why, and what the counters would have left."""
    quote, opening = priced.quote, priced.opening
    assert opening.canteen is not None
    return {
        "price_fen": quote.price_fen,
        "shares": [share_document(share) for share in quote.shares],
        "public_fen": quote.public_fen,
        "concession_fen": quote.concession_fen,
        "points_fen": quote.points_fen,
        "cash_fen": quote.cash_fen,
        "balance_fen": opening.balance_fen,
        "meal_points_fen": opening.points_fen,
        "subsidised": quote.subsidised,
        "window": quote.window,
        "explanation": explain(quote.reasons),
        "reasons": priced.reasons,
        "policies": priced.policy_ids,
        "left": [_left(left) for left in quote.left],
        "items": [_line(line) for line in priced.lines],
        "guest": {**guest(opening), "age": priced.diner.age, "tier": tier_label(quote.reasons)},
        "canteen": {"id": opening.canteen["id"], "name": opening.canteen["name"]},
        "till": opening.canteen["till_number"],
    }


def receipt_document(priced: Priced, *, checkout_id: UUID) -> dict[str, Any]:
    """Say what was sold: the quote come true, with its number and what is left of the points."""
    return {
        "id": str(checkout_id),
        "number": receipt_number(priced, checkout_id),
        **quote_document(priced),
        "unpaid_fen": priced.quote.unpaid_fen,
        "balance_fen": priced.opening.balance_fen - priced.quote.points_fen,
        "meal_points_fen": priced.opening.points_fen - priced.quote.points_fen,
        "sold_at": priced.occurred_at.isoformat(),
    }


def receipt_number(priced: Priced, checkout_id: UUID) -> str:
    """Return the number that a guest can read out: till, time, and three digits of the sale's id."""
    assert priced.opening.canteen is not None
    return f"{priced.opening.canteen['till_number'] or 0}-{local(priced.occurred_at):%H%M}-{checkout_id.int % 1000:03d}"


def reversal_document(checkout: Checkout, *, reversal_id: UUID, at: datetime, reason: str) -> dict[str, Any]:
    """Say what was undone: what goes back to the points, and what to hand back in cash."""
    return {
        "id": str(reversal_id),
        "checkout_id": str(checkout.id),
        "points_fen": checkout.points_fen,
        "cash_fen": checkout.cash_fen,
        "reversed_at": at.isoformat(),
        "reason": reason,
    }


def share_document(share: Share) -> dict[str, Any]:
    """Name one payer and what it bears."""
    return {"payer": str(share.payer), "kind": str(share.payer), "amount_fen": share.amount_fen}


def facts_document(priced: Priced) -> dict[str, Any]:
    """Keep the facts of the day that decided, so that the price can be worked out again; no names, no numbers."""
    diner, opening = priced.diner, priced.opening
    assert opening.senior is not None
    taken = opening.taken(priced.quote.window, priced.bill.canteen_id)
    return {
        "age": diner.age,
        "hukou_area": diner.hukou_area,
        "residence_area": diner.residence_area,
        "income": diner.income,
        "ability": diner.ability,
        "living": diner.living,
        "status": opening.senior["status"],
        "window": priced.quote.window,
        "points_available_fen": opening.points_fen,
        "taken": {str(per): asdict(taken.per(per)) for per in Per},
    }


def cause_document(priced: Priced) -> dict[str, Any]:
    """Say in the ledger what a movement was for: amounts that are no postings too, and the documents."""
    quote = priced.quote
    return {
        "what": "meal",
        **({"shown": "code"} if priced.opening.shown else {}),
        "canteen": priced.bill.canteen_id,
        "till": priced.bill.till_id,
        "price_fen": quote.price_fen,
        "cash_fen": quote.cash_fen,
        "concession_fen": quote.concession_fen,
        **({"unpaid_fen": quote.unpaid_fen} if quote.unpaid_fen else {}),
        **({"decided_by": dict(priced.decided_by)} if priced.decided_by else {}),
        "policies": priced.policy_ids,
        "reasons": priced.reasons,
    }


def _left(left: Left) -> dict[str, Any]:
    return {"per": str(left.per), "subsidised": left.subsidised, "public_fen": left.public_fen}


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {key: line[key] for key in ("id", "name", "name_en", "kind", "price_fen", "count")}
