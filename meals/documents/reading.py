"""From a document's body to the terms that the price rules use."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.areas.rules import path_of
from meals.documents.schema import INCOMES, LIVINGS
from meals.pricing.terms import (
    Band,
    Limit,
    MealDiscount,
    Partial,
    Payer,
    PayerShare,
    Per,
    PointsBase,
    PointsRule,
    Rounding,
    RoundingMode,
    SaleRules,
    When,
    Window,
)

Loaded = Mapping[str, Any]


def discount_terms(loaded: Loaded, *, document_id: int, area_code: str) -> MealDiscount:
    """Turn a loaded ``meal_discount`` body into terms; an area given as ``true`` is the document's own."""
    return MealDiscount(
        document_id=document_id,
        area_code=area_code,
        windows=tuple(Window(**window) for window in loaded["windows"]),
        limits=tuple(limit_terms(limit) for limit in loaded.get("limits", ())),
        # An empty last line says "everyone else pays the price": the rules find no band for them.
        bands=tuple(band_terms(band, area_code) for band in loaded["bands"] if band),
        payers=payer_shares(loaded["payers"]),
        rounding=_rounding(loaded.get("rounding", {})),
        points=_points(loaded.get("points", {})),
    )


def sale_terms(loaded: Loaded, *, document_id: int) -> SaleRules:
    """Turn a loaded ``sale_rules`` body into terms."""
    return SaleRules(document_id=document_id, **loaded)


def band_terms(loaded: Loaded, area_code: str) -> Band:
    """Turn a line of the tier table into terms; percent off is kept as what the guest pays."""
    off_percent = loaded.get("off_percent")
    return Band(
        when=when_terms(loaded.get("when", {}), area_code),
        pays_percent=loaded.get("guest_pays_percent") if off_percent is None else 100 - off_percent,
        off_fen=loaded.get("off_fen"),
        pays_fen=loaded.get("guest_pays_fen"),
        minimum_bill_fen=loaded.get("minimum_bill_fen", 0),
        off_at_most_fen=loaded.get("off_at_most_fen"),
        price_cap_fen=loaded.get("price_cap_fen"),
        set_meal_at_most_fen=loaded.get("set_meal", {}).get("price_at_most_fen"),
        payers=payer_shares(loaded.get("payers", ())),
    )


def when_terms(loaded: Loaded, area_code: str) -> When:
    """Turn the conditions of a band into terms."""
    age = loaded.get("age", {})
    return When(
        age_from=age.get("age_from"),
        age_until=age.get("age_until"),
        income=frozenset(INCOMES[word] for word in loaded.get("income", ())),
        ability=frozenset(loaded.get("ability", ())),
        living=frozenset(LIVINGS[word] for word in loaded.get("living", ())),
        hukou=_path(loaded.get("hukou"), area_code),
        residence=_path(loaded.get("residence"), area_code),
    )


def payer_shares(loaded: Iterable[Loaded]) -> tuple[PayerShare, ...]:
    """Turn a list of payers into terms; a single one takes the remainder without being told."""
    shares = list(loaded)
    return tuple(
        PayerShare(Payer(share["payer"]), share["percent"], share.get("remainder", False) or len(shares) == 1)
        for share in shares
    )


def _path(area: str | bool | None, area_code: str) -> str | None:
    if area is None:
        return None
    return path_of(area_code if area is True else str(area))


def limit_terms(loaded: Loaded) -> Limit:
    """Turn a counter into terms."""
    return Limit(
        per=Per(loaded["per"]),
        subsidised=loaded.get("subsidised"),
        public_fen=loaded.get("public_fen"),
        partial=Partial(loaded.get("partly", Partial.REST)),
    )


def _rounding(loaded: Loaded) -> Rounding:
    return Rounding(unit_fen=loaded.get("unit_fen", 1), mode=RoundingMode(loaded.get("mode", RoundingMode.HALF_UP)))


def _points(loaded: Loaded) -> PointsRule:
    return PointsRule(
        may_pay_percent=loaded.get("may_pay_percent", 100), of=PointsBase(loaded.get("of", PointsBase.GUEST))
    )
