"""Policy documents for tests of the price rules: from the folders of the product, and small ones by hand."""

from pathlib import Path
from typing import Any

from app.policies.folder import read_folder
from meals.documents.reading import discount_terms
from meals.documents.schema import MealDiscountIn
from meals.rules import MealDiscount

POLICIES = Path(__file__).resolve().parents[2] / "meals" / "policies"
SHANGCHENG, DINGLAN, QINGBO, GONGSHU = "330102", "330102017", "330102001", "330105"


def folder_documents(folder: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    """Return the documents of a folder by kind and area."""
    return {(document["kind"], document["area"]): document for document in read_folder(POLICIES / folder)}


def terms(body: dict[str, Any], area_code: str = DINGLAN) -> MealDiscount:
    """Turn a body into terms."""
    return discount_terms(MealDiscountIn().load(body), document_id=1, area_code=area_code)


def policy_of(area_code: str, folder: str = "") -> MealDiscount:
    """Return the terms of a place's document."""
    return terms(folder_documents(folder)["meal_discount", area_code]["body"], area_code)


def body(**parts: Any) -> dict[str, Any]:
    """Return a body of one lunch, half price from 60 on, borne by city and district; ``None`` leaves a part out."""
    whole = {
        "windows": [{"name": "lunch", "from": "10:00", "until": "13:30"}],
        "limits": [{"per": "window", "subsidised": 1}],
        "bands": [{"when": {"age": {"from": 60}}, "guest_pays_percent": 50}],
        "payers": [{"payer": "city", "percent": 50}, {"payer": "district", "percent": 50, "remainder": True}],
        "points": {"may_pay_percent": 100},
        **parts,
    }
    return {name: part for name, part in whole.items() if part is not None}
