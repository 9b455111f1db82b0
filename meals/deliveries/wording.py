"""Why the public pays for a way or does not, in both languages: for pages, and for the ledger's own words."""

from collections.abc import Callable, Mapping
from typing import Any

from app.money import yuan
from meals.deliveries.rules import FeeWhy
from meals.rules import Reason, Why
from meals.wording import NO_SUBSIDY, PERIODS, Words, band_words

Params = Mapping[str, Any]


def fee_words(why: Mapping[str, Any], fee_fen: int) -> Words:
    """Say what is paid for a way, and why so much or nothing."""
    told = WHY[FeeWhy(why["code"])](why["params"])
    if fee_fen:
        return Words(
            f"送餐上门补 {yuan(fee_fen)} 元：{told.zh}", f"{yuan(fee_fen)} yuan for bringing it home: {told.en}"
        )
    return Words(f"送餐上门不补：{told.zh}", f"Nothing for bringing it home: {told.en}")


def explain_fee(cause: Params, _places: object = None) -> dict[str, list[str]]:
    """Tell what the movement of a way was for."""
    fee_fen = cause["why"]["params"].get("left_fen", cause["why"]["params"].get("public_fen", 0))
    words = fee_words(cause["why"], fee_fen)
    return {"zh": [words.zh], "en": [words.en]}


def explain_fee_back(_cause: Params, _places: object = None) -> dict[str, list[str]]:
    """Tell why what was paid for a way went back."""
    return {
        "zh": ["送的那一餐撤销了，送餐补贴一并退还"],
        "en": ["The meal was undone, and the pay for the way with it"],
    }


def _band(params: Params) -> Words:
    return band_words({name: value for name, value in params.items() if name not in ("age", "public_fen")})


def _barred(params: Params) -> Words:
    bar = Reason(Why(params["bar"]["code"]), params["bar"]["params"])
    return NO_SUBSIDY[bar.code](bar.params)


def _period(params: Params) -> Words:
    return PERIODS[params["per"]]


WHY: Mapping[FeeWhy, Callable[[Params], Words]] = {
    FeeWhy.BAND: _band,
    FeeWhy.CAP_CUT: lambda params: Words(
        f"{_period(params).zh}只剩这么多", f"no more is left for {_period(params).en}"
    ),
    FeeWhy.NO_RULES: lambda _: Words("这里没有送餐上门的办法", "no rules on bringing meals home are in force here"),
    FeeWhy.NO_BAND: lambda params: Words(
        f"{params['age']} 岁，不在送餐补贴的范围", f"aged {params['age']}, not among those whose way is paid"
    ),
    FeeWhy.NOT_SUBSIDISED: lambda _: Words("这一餐本身没有补贴", "the meal itself got no subsidy"),
    FeeWhy.GUEST_PAYS: lambda params: Words(
        f"客人自己付了送餐费 {yuan(params['delivery_fen'])} 元",
        f"the guest pays {yuan(params['delivery_fen'])} yuan for it",
    ),
    FeeWhy.BARRED: _barred,
    FeeWhy.GONE: lambda _: Words(
        "那天老人已身故，或已入住机构", "the guest had died, or lived in an institution, on that day"
    ),
    FeeWhy.COUNT_USED: lambda params: Words(
        f"{_period(params).zh}补 {params['allowed']} 次，已用完",
        f"{params['allowed']} paid ways for {_period(params).en}, used up",
    ),
    FeeWhy.CAP_USED: lambda params: Words(
        f"{_period(params).zh}的 {yuan(params['cap_fen'])} 元已用完",
        f"the {yuan(params['cap_fen'])} yuan for {_period(params).en} are used up",
    ),
}
