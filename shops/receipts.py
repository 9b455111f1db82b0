"""What a till and a family are told about a basket: documents made of what was decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.clock import local
from shops.basket import Bill, Decided
from shops.deciding import describe_left, describe_objection, guest
from shops.models import ShopSale
from shops.wording import explain_cause


def quote_document(bill: Bill, decided: Decided) -> dict[str, Any]:
    """Say who would pay what, what limits leave, and everything that stands against the basket."""
    opening, basket = decided.opening, decided.basket
    cause = cause_document(decided)
    return {
        "price_fen": basket.price_fen,
        "points_fen": basket.points_fen,
        "cash_fen": basket.cash_fen,
        "balance_fen": decided.held_fen,
        "guest": guest(bill, opening),
        "shop": {"id": opening.shop.id, **names_of(opening.shop)},
        "purse": purse_document(decided),
        "items": _items(decided),
        "left": [describe_left(decided, each) for each in basket.left],
        "objections": [{"why": str(each.why), **describe_objection(decided, each)} for each in basket.objections],
        "explanation": explain_cause(cause),
        "policies": [opening.purse.document_id],
    }


def receipt_document(bill: Bill, decided: Decided, *, sale_id: UUID, now: datetime) -> dict[str, Any]:
    """Say what was sold: the quote come true, with its number and what is left of the points."""
    return {
        "id": str(sale_id),
        "number": receipt_number(sale_id, now),
        **quote_document(bill, decided),
        "balance_fen": decided.held_fen - decided.basket.points_fen,
        "sold_at": now.isoformat(),
    }


def receipt_number(sale_id: UUID, now: datetime) -> str:
    """Return the number that somebody can read out: day, time, and four digits of the sale's id."""
    return f"{local(now):%m%d-%H%M}-{sale_id.int % 10_000:04d}"


def return_document(
    sale: ShopSale, *, return_id: UUID, points_fen: int, cash_fen: int, at: datetime, reason: str
) -> dict[str, Any]:
    """Say what came back: what goes to the points, and what to hand back in cash."""
    return {
        "id": str(return_id),
        "sale_id": str(sale.id),
        "points_fen": points_fen,
        "cash_fen": cash_fen,
        "returned_at": at.isoformat(),
        "reason": reason,
    }


def cause_document(decided: Decided) -> dict[str, Any]:
    """Say in the ledger what a movement was for: shop, purse, articles, and the document that decided."""
    opening, basket = decided.opening, decided.basket
    purse = opening.purse
    return {
        "what": "shop",
        "shop": opening.shop.id,
        "shop_name": names_of(opening.shop),
        "purse": purse.code,
        "purse_name": dict(purse.name),
        "unit": dict(purse.unit),
        "unit_fen": purse.unit_fen,
        "policies": [purse.document_id],
        "price_fen": basket.price_fen,
        "points_fen": basket.points_fen,
        "cash_fen": basket.cash_fen,
        "items": [{**names_of(line), "code": line.code, "count": line.count} for line in opening.lines],
    }


def names_of(thing: Any) -> Mapping[str, str]:
    """Return a shop's or an article's name in both languages."""
    return {"zh": thing.name, "en": thing.name_en or thing.name}


def purse_document(decided: Decided) -> dict[str, Any]:
    """Say which purse pays, and what its units are."""
    purse = decided.opening.purse
    return {
        "code": purse.code,
        "name": dict(purse.name),
        "unit": dict(purse.unit),
        "unit_fen": purse.unit_fen,
        "return_days": purse.return_days,
    }


def _items(decided: Decided) -> list[dict[str, Any]]:
    return [
        {
            "n": place,
            "article_id": line.article_id,
            "code": line.code,
            "name": line.name,
            "name_en": line.name_en,
            "price_fen": line.price_fen,
            "count": line.count,
            "points_fen": points,
            "cash_fen": line.price_fen * line.count - points,
        }
        for place, (line, points) in enumerate(zip(decided.opening.lines, decided.basket.line_points, strict=True), 1)
    ]
