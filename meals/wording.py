"""Puts a decision into words, Chinese and English side by side: the same facts in the same order.

Not by gettext, because a receipt keeps both languages for ever, whoever reads it and whatever is translated anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.money import yuan
from app.people.rules import INCOME_WORDS, LIVING_WORDS
from meals.pricing.facts import Reason, Why, reason_from_json

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """Return both languages by their names."""
        return {"zh": self.zh, "en": self.en}


MEALS = {"breakfast": Words("早餐", "Breakfast"), "lunch": Words("午餐", "Lunch"), "dinner": Words("晚餐", "Dinner")}
PAYERS = {
    "city": Words("市", "city"),
    "district": Words("区", "district"),
    "street": Words("街道", "street"),
    "community": Words("社区", "community"),
    "charity": Words("慈善", "charity"),
    "concession": Words("食堂让利", "canteen"),
}
PERIODS = {
    "window": Words("这一餐", "this meal"),
    "day": Words("今天", "today"),
    "month": Words("这个月", "this month"),
}
INCOMES_ZH = {str(code): word for word, code in INCOME_WORDS.items()}
LIVINGS_ZH = {str(code): word for word, code in LIVING_WORDS.items()}
INCOMES_EN = {
    "destitute": "destitute",
    "low_income": "minimum living allowance",
    "low_margin": "low income",
    "hardship": "hardship by expenses",
    "none": "no income class",
}
LIVINGS_EN = {"alone": "living alone", "empty_nest": "empty nest", "with_family": "with family"}
DIGITS = "零一二三四五六七八九"

REFUSALS = {
    "card_unknown": Words("没有这张卡。再扫一次，或者输卡号", "There is no such card. Scan again, or type its number"),
    "card_lost": Words(
        "这张卡已挂失。核对本人，用新卡", "This card is reported lost. Check who it is, use the new card"
    ),
    "card_cancelled": Words(
        "这张卡已注销。核对本人，用新卡", "This card is cancelled. Check who it is, use the new card"
    ),
    "card_replaced": Words("这张卡换过了。请用新卡", "This card was replaced. Use the new one"),
    "senior_deceased": Words(
        "持卡人登记为已去世。留下卡，联系社区",
        "The holder is registered as deceased. Keep the card, call the community",
    ),
    "senior_in_institution": Words(
        "持卡人登记住在养老机构，这张卡不能用。可以按原价付现金",
        "The holder is registered in a care home, the card cannot be used. Cash at full price is fine",
    ),
    "canteen_closed": Words("本食堂今天不营业", "This canteen is closed today"),
}


def explain(reasons: Sequence[Reason]) -> dict[str, list[str]]:
    """Tell a decision in words: first one line that adds up, then what is behind it."""
    behind = [TOLD[reason.code](reason.params) for reason in reasons if reason.code in TOLD]
    lines = [summary(reasons), *(line for line in behind if line), *_paid_by(reasons)]
    return {"zh": [line.zh for line in lines], "en": [line.en for line in lines]}


def explain_cause(cause: Params, _places: object = None) -> dict[str, list[str]]:
    """Tell what a sale's movement in the ledger was for, from the reasons that were chained with it."""
    return explain([reason_from_json(stored) for stored in cause["reasons"]])


def explain_undoing(cause: Params, _places: object = None) -> dict[str, list[str]]:
    """Tell what the movement of an undone sale gave back beside the points."""
    cash_fen = cause.get("cash_fen", 0)
    told = Words(f"退还现金 {yuan(cash_fen)} 元", f"{yuan(cash_fen)} yuan handed back in cash")
    return {"zh": [told.zh], "en": [told.en]} if cash_fen else {}


def summary(reasons: Sequence[Reason]) -> Words:
    """Tell in one line what the meal costs whom: 原价 16.00 元，补一半，用分 6.00，付现金 2.00."""
    found = {reason.code: reason.params for reason in reasons}
    price_fen = found[Why.PRICE]["price_fen"]
    paid_fen = (found[Why.POINTS]["points_fen"], found[Why.CASH]["cash_fen"])
    price = Words(f"原价 {yuan(price_fen)} 元", f"Price {yuan(price_fen)} yuan")
    unpaid_fen = found.get(Why.UNPAID, {}).get("unpaid_fen", 0)
    return _joined([price, _off(found, price_fen, price_fen - sum(paid_fen) - unpaid_fen), *_paid(*paid_fen)])


def why_no_subsidy(reasons: Iterable[Reason]) -> Words | None:
    """Tell why a meal is sold without subsidy; ``None`` when it has one."""
    return next((NO_SUBSIDY[reason.code](reason.params) for reason in reasons if reason.code in NO_SUBSIDY), None)


def refusal(code: str) -> Words:
    """Tell why a card is refused, and what to do.

    :raises KeyError: if there is no such refusal
    """
    return REFUSALS[code]


def band_words(facts: Params) -> Words:
    """Name a band by its conditions: 80 岁以上 / 80 and over."""
    parts = [
        *_age_label(facts.get("age_from"), facts.get("age_until")),
        *_classes(facts.get("income", ()), INCOMES_ZH, INCOMES_EN),
        *_ability_label(facts.get("ability", ())),
        *_classes(facts.get("living", ()), LIVINGS_ZH, LIVINGS_EN),
        *([Words("户籍在本地", "local hukou")] if facts.get("hukou") else []),
        *([Words("住在本地", "living here")] if facts.get("residence") else []),
    ]
    return _joined(parts) if parts else Words("所有人", "everyone")


def tier_label(reasons: Iterable[Reason]) -> dict[str, str] | None:
    """Name the band that a decision used, in both languages; ``None`` without one."""
    used = next((reason for reason in reasons if reason.code is Why.TIER), None)
    return band_words(used.params).as_json() if used else None


def discount_words(percent: int) -> Words:
    """Say a share that the guest pays as the counter says it: 85 is 八五折."""
    if percent == 0:
        return Words("全免", "free")
    if percent < 10:
        return Words(f"付 {percent}%", f"{100 - percent}% off")
    if percent >= 100:
        return Words("不打折", "full price")
    tens, ones = divmod(percent, 10)
    return Words(f"{DIGITS[tens]}{DIGITS[ones] if ones else ''}折", f"{100 - percent}% off")


def _joined(parts: Iterable[Words]) -> Words:
    listed = list(parts)
    return Words("，".join(part.zh for part in listed), ", ".join(part.en for part in listed))


def _off(found: Mapping[Why, Params], price_fen: int, off_fen: int) -> Words:
    """Say what comes off. Half off needs no amount; what was cut to a cap is told without the percentage."""
    if off_fen == 0:
        return Words("没有补贴", "no subsidy")
    percent = found.get(Why.PAYS_PERCENT, {}).get("percent")
    if off_fen == price_fen:
        return Words("全免", "free")
    if percent == 50 and off_fen * 2 == price_fen:
        return Words("补一半", "half off")
    amount = Words(f"补 {yuan(off_fen)}", f"{yuan(off_fen)} off")
    if percent is None or {Why.OFF_CAPPED, Why.CAP_CUT, Why.COUNTED} & set(found):
        return amount
    words = discount_words(percent)
    return Words(f"打{words.zh}，{amount.zh}" if percent >= 10 else amount.zh, f"{words.en} ({yuan(off_fen)})")


def _paid(points_fen: int, cash_fen: int) -> list[Words]:
    parts = []
    if points_fen:
        parts.append(Words(f"用分 {yuan(points_fen)}", f"{yuan(points_fen)} by points"))
    if cash_fen:
        parts.append(Words(f"付现金 {yuan(cash_fen)}", f"{yuan(cash_fen)} in cash"))
    return parts or [Words("不用付钱", "nothing to pay")]


def _paid_by(reasons: Iterable[Reason]) -> list[Words]:
    """Tell who bears what, in one line."""
    shares = [reason.params for reason in reasons if reason.code is Why.SHARE]
    if not shares:
        return []
    named = [(PAYERS[share["payer"]], yuan(share["amount_fen"])) for share in shares]
    listed = _joined(Words(f"{payer.zh} {amount}", f"{payer.en} {amount}") for payer, amount in named)
    return [Words(f"补贴：{listed.zh}", f"Subsidy: {listed.en}")]


def _age_label(age_from: int | None, age_until: int | None) -> list[Words]:
    if age_from and age_until:
        return [Words(f"{age_from} 到 {age_until - 1} 岁", f"{age_from} to {age_until - 1}")]
    if age_from:
        return [Words(f"{age_from} 岁以上", f"{age_from} and over")]
    return [Words(f"不满 {age_until} 岁", f"under {age_until}")] if age_until else []


def _classes(codes: Iterable[str], zh: Mapping[str, str], en: Mapping[str, str]) -> list[Words]:
    known = [code for code in zh if code in set(codes)]
    if not known:
        return []
    return [Words("、".join(zh[code] for code in known), " or ".join(en[code] for code in known))]


def _ability_label(levels: Sequence[int]) -> list[Words]:
    if not levels:
        return []
    return [
        Words(f"能力等级 {'、'.join(map(str, levels))}", f"ability level {' or '.join(map(str, levels))}"),
    ]


def _tier(params: Params) -> Words:
    label = band_words(params)
    return Words(f"{params['age']} 岁，按「{label.zh}」补", f"Aged {params['age']}, tier “{label.en}”")


def _counted(params: Params) -> Words:
    amount = yuan(params["counted_fen"])
    if params["kind"] == "set_meal":
        return Words(f"只补套餐 {amount} 元", f"Only the set meal of {amount} yuan counts")
    return Words(f"按其中 {amount} 元算补贴", f"{amount} yuan of it count")


def _off_fixed(params: Params) -> Words | None:
    if not params["minimum_fen"]:
        return None
    least, off = yuan(params["minimum_fen"]), yuan(params["off_fen"])
    return Words(f"满 {least} 元补 {off} 元", f"From {least} yuan on, {off} off")


def _cap_cut(params: Params) -> Words:
    period, left = PERIODS[params["per"]], yuan(params["left_fen"])
    return Words(f"{period.zh}的补贴只剩 {left} 元", f"Only {left} yuan of subsidy was left for {period.en}")


def _points_limited(params: Params) -> Words:
    percent = params["percent"]
    if percent == 0:
        return Words("这里吃饭不能用分", "Points cannot pay for meals here")
    if params["of"] == "price":
        return Words(f"分最多付原价的 {percent}%", f"Points may pay {percent}% of the price")
    return Words(f"分最多付自付部分的 {percent}%", f"Points may pay {percent}% of the guest's part")


def _points_short(params: Params) -> Words:
    if params["available_fen"] == 0:
        return Words("没有可用的分，付现金", "No points to use, so cash")
    return Words("可用的分已用完，其余付现金", "All usable points used, the rest in cash")


def _count_used(params: Params) -> Words:
    allowed, meal = params["allowed"], MEALS.get(params["window"] or "", Words("这一餐", "This meal"))
    if params["per"] == "window" and allowed == 1:
        used = Words(f"今天{meal.zh}已用过", f"{meal.en} already used today")
    elif params["per"] == "window":
        used = Words(
            f"今天{meal.zh}的 {allowed} 份补贴已用完", f"All {allowed} subsidies for {meal.en.lower()} used today"
        )
    elif params["per"] == "day":
        used = Words(f"今天的 {allowed} 份补贴已用完", f"All {allowed} subsidies of today used")
    else:
        used = Words(f"这个月的 {allowed} 份补贴已用完", f"All {allowed} subsidies of this month used")
    if "at" not in params:
        return used
    return Words(f"{used.zh}。{_place_zh(params)}", f"{used.en}, {_place_en(params)}")


def _place_zh(params: Params) -> str:
    where = "本食堂" if params["here"] else params["canteen"]
    return f"{params['at']} 在{where}" + (f" {params['till']} 号台" if params["till"] else "")


def _place_en(params: Params) -> str:
    parts = [
        params["at"],
        "" if params["here"] else params["canteen"],
        f"till {params['till']}" if params["till"] else "",
    ]
    return ", ".join(part for part in parts if part)


def _cap_used(params: Params) -> Words:
    period, cap, left = PERIODS[params["per"]], yuan(params["cap_fen"]), yuan(params["left_fen"])
    if params["left_fen"]:
        return Words(
            f"{period.zh}的补贴只剩 {left} 元，不够这一单",
            f"Only {left} yuan of subsidy is left for {period.en}, not enough for this bill",
        )
    return Words(f"{period.zh}的补贴 {cap} 元已用完", f"The subsidy of {cap} yuan for {period.en} is used up")


def _outside(params: Params) -> Words:
    hours = [_hours(text) for text in params["windows"]]
    listed = _joined(hours)
    return Words(f"现在不在用餐时段。{listed.zh}", f"Outside meal times. {listed.en}")


def _hours(text: str) -> Words:
    """Put ``lunch 10:00-13:30`` into words."""
    name, _, span = text.partition(" ")
    since, _, until = span.partition("-")
    meal = MEALS[name]
    return Words(f"{meal.zh} {since} 到 {until}", f"{meal.en} {since} to {until}")


def _under_minimum(params: Params) -> Words:
    least, bill = yuan(params["minimum_fen"]), yuan(params["bill_fen"])
    return Words(f"满 {least} 元才补，这一单 {bill} 元", f"Subsidised from {least} yuan on, this bill is {bill}")


NO_SUBSIDY: dict[Why, Callable[[Params], Words]] = {
    Why.LICENCE_LAPSED: lambda _: Words("食堂许可证已过期，这一单不补", "The canteen's licence has lapsed: no subsidy"),
    Why.AGREEMENT_LAPSED: lambda _: Words(
        "食堂协议已过期，这一单不补", "The canteen's agreement has lapsed: no subsidy"
    ),
    Why.MOVED_AWAY: lambda _: Words("登记为已迁出，这一单不补", "Registered as moved away: no subsidy"),
    Why.IN_HOSPITAL: lambda _: Words("登记为住院中，这一单不补", "Registered as in hospital: no subsidy"),
    Why.NO_POLICY: lambda _: Words("这里还没有助餐办法，这一单不补", "No meal policy is in force here: no subsidy"),
    Why.OUTSIDE_WINDOWS: _outside,
    Why.COUNT_USED: _count_used,
    Why.CAP_USED: _cap_used,
    Why.NO_BAND: lambda params: Words(
        f"{params['age']} 岁，这里的办法没有适用的档", f"Aged {params['age']}: no tier of the policy here fits"
    ),
    Why.BILL_UNDER_MINIMUM: _under_minimum,
    Why.NO_SET_MEAL: lambda params: Words(
        f"只补 {yuan(params['at_most_fen'])} 元以内的套餐",
        f"Only a set meal of up to {yuan(params['at_most_fen'])} yuan is subsidised",
    ),
    Why.NOTHING_OFF: lambda _: Words("这一单没有可补的金额", "Nothing comes off this bill"),
    Why.TILL_LOCKED: lambda _: Words(
        "收银台这时不能自己定补贴，这一单不补", "The till could not decide on a subsidy by itself: no subsidy"
    ),
    Why.NOT_IN_ROSTER: lambda _: Words(
        "收银台断网，名单里没有这位客人，这一单不补",
        "The till was cut off and its list does not have this guest: no subsidy",
    ),
}

TOLD: dict[Why, Callable[[Params], Words | None]] = {
    **NO_SUBSIDY,
    Why.TIER: _tier,
    Why.COUNTED: _counted,
    Why.OFF_FIXED: _off_fixed,
    Why.PAYS_FIXED: lambda params: Words(
        f"自己付 {yuan(params['pays_fen'])} 元", f"The guest pays {yuan(params['pays_fen'])} yuan"
    ),
    Why.OFF_CAPPED: lambda params: Words(
        f"最多补 {yuan(params['at_most_fen'])} 元", f"At most {yuan(params['at_most_fen'])} yuan off"
    ),
    Why.CAP_CUT: _cap_cut,
    Why.POINTS_LIMITED: _points_limited,
    Why.POINTS_SHORT: _points_short,
    Why.UNPAID: lambda params: Words(
        f"收银台断网时已用掉的分里，{yuan(params['unpaid_fen'])} 元已经不在，没有再扣",
        f"{yuan(params['unpaid_fen'])} yuan of points taken while the till was cut off were gone, and were not taken",
    ),
}
