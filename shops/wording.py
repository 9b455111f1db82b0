"""Puts a basket into words, Chinese and English side by side: the same facts in the same order.

Not by gettext, because the ledger keeps both languages for ever, whoever reads it and whatever is translated anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.money import FEN_PER_YUAN, yuan

Params = Mapping[str, Any]
Explanation = Mapping[str, Sequence[str]]
# A receipt names every article; a line of the ledger the first few.
NAMED = 8


def explain_cause(cause: Params, _places: object = None) -> Explanation:
    """Tell what a basket's movement in the ledger was for, from what was chained with it."""
    shop, items = cause["shop_name"], cause["items"]
    rest = len(items) - NAMED
    zh = "、".join(f"{each['zh']} {each['count']} 件" for each in items[:NAMED])
    en = ", ".join(f"{each['count']} x {each['en']}" for each in items[:NAMED])
    more_zh, more_en = (f"，还有 {rest} 样", f" and {rest} more") if rest > 0 else ("", "")
    purse, points = cause["purse_name"], in_units(cause["points_fen"], cause["unit_fen"])
    paid_zh = [f"{purse['zh']} {points} {cause['unit']['zh']}"]
    paid_en = [f"{points} {cause['unit']['en']} of {purse['en']}"]
    if cause["cash_fen"]:
        paid_zh.append(f"现金 {yuan(cause['cash_fen'])} 元")
        paid_en.append(f"{yuan(cause['cash_fen'])} yuan in cash")
    return {
        "zh": [f"在{shop['zh']}：{zh}{more_zh}", f"共 {yuan(cause['price_fen'])} 元，付{'，'.join(paid_zh)}"],
        "en": [f"At {shop['en']}: {en}{more_en}", f"{yuan(cause['price_fen'])} yuan, paid: {', '.join(paid_en)}"],
    }


def explain_return(cause: Params, _places: object = None) -> Explanation:
    """Tell what came back."""
    zh = "、".join(f"{each['zh']} {each['count']} 件" for each in cause["items"])
    en = ", ".join(f"{each['count']} x {each['en']}" for each in cause["items"])
    lines = {"zh": [f"退货：{zh}"], "en": [f"Came back: {en}"]}
    if cause["cash_fen"]:
        lines["zh"].append(f"退还现金 {yuan(cause['cash_fen'])} 元")
        lines["en"].append(f"{yuan(cause['cash_fen'])} yuan handed back in cash")
    return lines


def in_units(fen: int, unit_fen: int) -> str:
    """Write points in the units of their purse; decimals only where there are any."""
    text = yuan(fen * FEN_PER_YUAN // unit_fen)
    return text.removesuffix(".00")
