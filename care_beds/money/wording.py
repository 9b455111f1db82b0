"""Why a visit, a month or the building of a bed costs what it does, in both languages: for pages and for the ledger."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from app.money import yuan
from care_beds.money.rules import Reason, Why, reasons_from_json

Params = Mapping[str, Any]


class Words(NamedTuple):
    """One sentence in both languages, without its full stop."""

    zh: str
    en: str


PAYERS: Mapping[str, Words] = {
    "points": Words("重阳分", "points"),
    "bed_subsidy": Words("床位补贴", "the bed subsidy"),
    "insurance": Words("长护险", "the long-term care insurance"),
    "self": Words("家庭自付", "the family itself"),
}
NOT_COUNTED: Mapping[str, Words] = {
    "missed": Words("没有上门", "missed"),
    "open": Words("异常还没处理", "with an exception nobody has decided"),
    "rejected": Words("异常没有通过", "with an exception that was rejected"),
    "objected": Words("家里有异议", "the family objects to"),
    "unconfirmed": Words("还没确认", "not confirmed yet"),
    "unpaid": Words("还没付款", "not paid yet"),
    "reversed": Words("已撤销", "undone"),
}


def explain(reasons: Sequence[Reason]) -> dict[str, list[str]]:
    """Tell reasons in both languages, one sentence each."""
    told = [WORDS[reason.code](reason.params) for reason in reasons]
    return {"zh": [words.zh for words in told], "en": [words.en for words in told]}


def explain_cause(cause: Params, _places: object = None) -> dict[str, list[str]]:
    """Tell what a movement of the ledger was for: a visit, a month of a bed, the building of one."""
    head = HEADS[cause["what"]](cause)
    told = explain(reasons_from_json(cause["reasons"]))
    return {"zh": [head.zh, *told["zh"]], "en": [head.en, *told["en"]]}


def explain_undoing(cause: Params, _places: object = None) -> dict[str, list[str]]:
    """Tell why what was paid went back."""
    head = HEADS[str(cause["what"]).removesuffix("_undone")](cause)
    if "keep_months" in cause:
        served, keep = cause["served_months"], cause["keep_months"]
        zh = f"床位提前关闭，要求 {keep} 个月，服务了 {served} 个月，未满的部分收回"
        return {"zh": [head.zh, zh], "en": [head.en, f"Closed after {served} of {keep} months; the rest is taken back"]}
    why = f"：{cause['reason']}" if cause.get("reason") else ""
    en = f": {cause['reason']}" if cause.get("reason") else ""
    return {"zh": [head.zh, f"已撤销{why}"], "en": [head.en, f"Undone{en}"]}


def visit_head(cause: Params) -> Words:
    """Name a visit."""
    day, names, bed = cause["visit_on"], cause["names"], cause["bed_number"]
    return Words(f"{day} 上门{names['zh']}，床位 {bed}", f"Visit of {day}, {names['en']}, bed {bed}")


def month_head(cause: Params) -> Words:
    """Name a month of a bed."""
    month, bed = cause["month"], cause["bed_number"]
    return Words(f"{month} 床位补贴，床位 {bed}", f"Bed subsidy of {month}, bed {bed}")


def construction_head(cause: Params) -> Words:
    """Name the building of a bed."""
    bed = cause["bed_number"]
    return Words(f"床位建设补贴，床位 {bed}，只付一次", f"Subsidy for building bed {bed}, paid once")


def _minutes(params: Params) -> Words:
    planned, present, minutes = params["planned"], params["present"], params["minutes"]
    return Words(
        f"计划 {planned} 分钟，签到到签退 {present} 分钟，计 {minutes} 分钟",
        f"{planned} minutes planned, {present} between check-in and check-out, {minutes} charged",
    )


def _price(params: Params) -> Words:
    names, unit_fen, price_fen = params["service"], yuan(params["unit_fen"]), yuan(params["price_fen"])
    if params["unit"] == "visit":
        return Words(f"{names['zh']}每次 {unit_fen} 元", f"{names['en']} costs {unit_fen} yuan a visit")
    return Words(
        f"{names['zh']}每小时 {unit_fen} 元，共 {price_fen} 元",
        f"{names['en']} costs {unit_fen} yuan an hour, {price_fen} yuan in all",
    )


def _points_short(params: Params) -> Words:
    have, need = yuan(params["points_fen"]), yuan(params["price_fen"])
    return Words(
        f"能用于这项服务的重阳分有 {have} 元，不够 {need} 元",
        f"{have} yuan in points are good for this service, {need} are needed",
    )


def _subsidy_used(params: Params) -> Words:
    left, need = yuan(params["left_fen"]), yuan(params["price_fen"])
    return Words(
        f"本月床位补贴还剩 {left} 元，不够 {need} 元",
        f"the bed subsidy has {left} yuan left for the month, {need} are needed",
    )


def _insured_used(params: Params) -> Words:
    left, need = params["left_minutes"], params["minutes"]
    return Words(
        f"长护险本月还剩 {left} 分钟，不够 {need} 分钟",
        f"the insurance has {left} minutes left for the month, {need} are needed",
    )


def _paid_by(params: Params) -> Words:
    payer = PAYERS[params["payer"]]
    return Words(f"由{payer.zh}支付", f"paid by {payer.en}")


def _days(params: Params) -> Words:
    days, service, counted = params["days"], params["service_days"], params["counted"]
    away = params["suspended_days"]
    zh = f"全月 {days} 天，服务中 {service} 天"
    en = f"{days} days, {service} of them in service"
    if away:
        return Words(f"{zh}，其中暂停 {away} 天，计 {counted} 天", f"{en}, {away} of these suspended: {counted} count")
    return Words(zh, en)


def _no_band(params: Params) -> Words:
    level = params["level"]
    if level is None:
        return Words("没有有效的能力评估，不能定补贴", "no assessment is in force, so that no amount is known")
    return Words(
        f"能力等级 {level}，项目 {params['programme']}，不在补贴范围",
        f"ability level {level} in programme {params['programme']} is not subsidised",
    )


def _visits(params: Params) -> Words:
    done, least = params["visits"], params["least"]
    if done >= least:
        return Words(f"上门 {done} 次，要求 {least} 次，达到", f"{done} visits, {least} asked: met")
    return Words(
        f"上门 {done} 次，要求 {least} 次，少 {least - done} 次", f"{done} visits, {least} asked: {least - done} short"
    )


def _time(params: Params) -> Words:
    done, least = params["minutes"], params["least"]
    if done >= least:
        return Words(f"时长 {done} 分钟，要求 {least} 分钟，达到", f"{done} minutes, {least} asked: met")
    return Words(
        f"时长 {done} 分钟，要求 {least} 分钟，少 {least - done} 分钟",
        f"{done} minutes, {least} asked: {least - done} short",
    )


def _not_counted(params: Params) -> Words:
    zh = "、".join(f"{words.zh} {params[why]} 次" for why, words in NOT_COUNTED.items() if why in params)
    en = ", ".join(f"{params[why]} {words.en}" for why, words in NOT_COUNTED.items() if why in params)
    return Words(f"不计入：{zh}", f"Not counted: {en}")


def _providers(params: Params) -> Words:
    return Words(
        f"当月换过服务机构（{params['providers']} 家），补贴归上门时间最长的一家",
        f"{params['providers']} providers came in this month; the one there for the longest gets the subsidy",
    )


def _shared(params: Params) -> Words:
    parts = [(each["minutes"], yuan(each["amount_fen"])) for each in params["parts"]]
    zh = "、".join(f"{minutes} 分钟 {fen} 元" for minutes, fen in parts)
    en = ", ".join(f"{minutes} minutes {fen} yuan" for minutes, fen in parts)
    return Words(
        f"当月有 {len(parts)} 家服务机构上门，按上门分钟分：{zh}",
        f"{len(parts)} providers came in this month and share it by their minutes: {en}",
    )


def _amount(params: Params) -> Words:
    whole, subsidy = yuan(params["month_fen"]), yuan(params["subsidy_fen"])
    if not params["subsidy_fen"]:
        return Words("没有达标，本月不付", "not met, so that nothing is paid for the month")
    if params["part"] == params["days"]:
        return Words(f"全月 {whole} 元", f"{whole} yuan for the whole month")
    return Words(
        f"全月 {whole} 元，按 {params['part']}/{params['days']} 天付 {subsidy} 元",
        f"{whole} yuan for a whole month, {subsidy} for {params['part']} of {params['days']} days",
    )


def _for_bed(params: Params) -> Words:
    amount = yuan(params["amount_fen"])
    return Words(f"每张床位 {amount} 元", f"{amount} yuan for each bed")


def _adaptations(params: Params) -> Words:
    cost, amount, most = yuan(params["cost_fen"]), yuan(params["amount_fen"]), yuan(params["at_most_fen"])
    return Words(
        f"适老化改造花费 {cost} 元，补 {params['percent']}%，最多 {most} 元，计 {amount} 元",
        f"adaptations cost {cost} yuan, {params['percent']}% of it, at most {most}: {amount} yuan",
    )


def _device(params: Params) -> Words:
    names, serial, amount = params["names"], params["serial"], yuan(params["amount_fen"])
    return Words(f"{names['zh']}（{serial}）{amount} 元", f"{names['en']} ({serial}): {amount} yuan")


def _device_not_paid(params: Params) -> Words:
    names, serial = params["names"], params["serial"]
    if not params["at_most"]:
        return Words(f"{names['zh']}（{serial}）不在补贴清单", f"{names['en']} ({serial}) is not on the list: nothing")
    return Words(
        f"{names['zh']}（{serial}）超过 {params['at_most']} 件，不补",
        f"{names['en']} ({serial}) is beyond the {params['at_most']} paid of its kind: nothing",
    )


def _device_paid_before(params: Params) -> Words:
    names, serial, bed = params["names"], params["serial"], params["bed_number"]
    return Words(
        f"{names['zh']}（{serial}）已在床位 {bed} 补过，不再补",
        f"{names['en']} ({serial}) was paid with bed {bed} before: nothing",
    )


def _cut(params: Params) -> Words:
    total, amount = yuan(params["total_fen"]), yuan(params["amount_fen"])
    return Words(f"合计 {total} 元，最多付 {amount} 元", f"{total} yuan together, at most {amount} are paid")


HEADS: Mapping[str, Callable[[Params], Words]] = {
    "visit": visit_head,
    "bed_month": month_head,
    "construction": construction_head,
}
WORDS: Mapping[Why, Callable[[Params], Words]] = {
    Why.MINUTES: _minutes,
    Why.PRICE: _price,
    Why.FREE: lambda _: Words("没有可收的费用", "there is nothing to charge"),
    Why.POINTS_SHORT: _points_short,
    Why.SUBSIDY_USED: _subsidy_used,
    Why.NOT_INSURED: lambda _: Words("没有长护险待遇", "not entitled to the long-term care insurance"),
    Why.INSURED_USED: _insured_used,
    Why.PAID_BY: _paid_by,
    Why.DAYS: _days,
    Why.NO_DAYS: lambda _: Words("这个月没有一天计入", "no day of the month counts"),
    Why.PART_MONTH: lambda _: Words("不是整月服务，按规定不付", "not in service for the whole month: nothing is paid"),
    Why.NO_BAND: _no_band,
    Why.VISITS: _visits,
    Why.TIME: _time,
    Why.NOT_COUNTED: _not_counted,
    Why.PROVIDERS: _providers,
    Why.SHARED: _shared,
    Why.AMOUNT: _amount,
    Why.FOR_BED: _for_bed,
    Why.ADAPTATIONS: _adaptations,
    Why.DEVICE: _device,
    Why.DEVICE_NOT_PAID: _device_not_paid,
    Why.DEVICE_PAID_BEFORE: _device_paid_before,
    Why.CUT: _cut,
}
