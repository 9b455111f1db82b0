"""Puts a decision on an allowance into words, Chinese and English side by side: the same facts in the same order.

Not by gettext, because a grant keeps both languages for ever, whoever reads it and whatever is translated anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.money import yuan
from app.people.rules import INCOME_WORDS, LIVING_WORDS
from subsidies.allowance.rules import Facts, Reason, Why, reason_from_json
from subsidies.allowance.terms import Programme

Params = Mapping[str, Any]
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str


NONE = Words("未评估", "not assessed")
SERVICES = {
    "meals": Words("助餐", "meals"),
    "home_help": Words("助洁", "home help"),
    "nursing": Words("护理", "nursing"),
    "bathing": Words("助浴", "bathing"),
    "rehabilitation": Words("康复", "rehabilitation"),
    "day_care": Words("日托", "day care"),
    "aids": Words("适老用品", "aids"),
    "goods": Words("生活物品", "goods"),
    "everyday": Words("便民服务", "everyday services"),
    "any": Words("各项服务", "all services"),
}
INCOMES = {str(code): Words(word, str(code).replace("_", " ")) for word, code in INCOME_WORDS.items()} | {
    "none": Words("不属于困难类别", "no income class")
}
LIVINGS = {str(code): Words(word, str(code).replace("_", " ")) for word, code in LIVING_WORDS.items()}
ABILITIES = {
    0: Words("能力完好", "able"),
    1: Words("轻度失能", "mildly disabled"),
    2: Words("中度失能", "moderately disabled"),
    3: Words("重度失能", "severely disabled"),
    4: Words("完全失能", "wholly disabled"),
}
STATUSES = {
    "active": Words("在家生活", "at home"),
    "in_hospital": Words("住院", "in hospital"),
    "in_institution": Words("住在养老机构", "in a care home"),
    "moved_away": Words("已迁出", "moved away"),
    "deceased": Words("已去世", "deceased"),
}
PLACES = {"hukou": Words("户籍在", "hukou in"), "residence": Words("住在", "lives in")}
CLASSES: Mapping[str, Mapping[Any, Words]] = {
    "income": INCOMES,
    "ability": ABILITIES,
    "living": LIVINGS,
    "status": STATUSES,
}
MARKS = {"FOUND": Words("有文件依据", "by a source"), "INFER": Words("待主管部门确认", "to be confirmed")}
FUNDERS = {
    "city": Words("市", "city"),
    "district": Words("区", "district"),
    "street": Words("街道", "street"),
    "community": Words("社区", "community"),
    "charity": Words("慈善", "charity"),
}


def explain(reasons: Iterable[Reason], *, names: Names | None = None) -> dict[str, list[str]]:
    """Tell a decision line by line, in both languages.

    :param names: titles of programmes and names of places, by code and language; the code itself stands for one
        without
    """
    lines = [TOLD[reason.code](reason.params, names or {}) for reason in reasons]
    return {"zh": [line.zh for line in lines], "en": [line.en for line in lines]}


def list_places(reasons: Iterable[Reason]) -> set[str]:
    """List the places that a decision names, as the conditions have them."""
    found = set()
    for reason in reasons:
        met = reason.params.get("met", {})
        found |= {met[name] for name in PLACES if met.get(name)}
        found |= {asked["within"] for name, asked in reason.params.get("missing", ()) if name in PLACES}
    return found


def list_places_of(cause: Params) -> set[str]:
    """List the places that the cause of a grant or a correction names."""
    return list_places(reason_from_json(stored) for stored in cause.get("reasons", ()))


def explain_facts(facts: Facts, age: int, *, names: Names | None = None) -> dict[str, list[str]]:
    """Tell what was known of a person.

    :param names: names of places by code and language
    """
    hukou, home = (_place(code, names or {}) for code in (facts.hukou_area, facts.residence_area))
    income, status = INCOMES[facts.income], STATUSES[facts.status]
    ability = NONE if facts.ability is None else ABILITIES[facts.ability]
    living = LIVINGS.get(facts.living or "", Words("居住情况没有登记", "living situation not recorded"))
    return {
        "zh": [f"{age} 岁，户籍{hukou.zh}，住{home.zh}，{living.zh}", f"{income.zh}，{ability.zh}，{status.zh}"],
        "en": [
            f"aged {age}, hukou {hukou.en}, lives in {home.en}, {living.en}",
            f"{income.en}, {ability.en}, {status.en}",
        ],
    }


def explain_cause(cause: Params, places: Names) -> dict[str, list[str]]:
    """Tell what a grant in the ledger was for, from the reasons that were chained with it."""
    names = {**places, **_titled(cause)}
    lines = explain([reason_from_json(stored) for stored in cause.get("reasons", ())], names=names)
    month = cause.get("month", "")
    return {"zh": [f"{month} 的津贴", *lines["zh"]], "en": [f"Allowance for {month}", *lines["en"]]}


def explain_correction(cause: Params, places: Names) -> dict[str, list[str]]:
    """Tell why points were claimed back or added later."""
    granted, due = yuan(cause["granted_fen"]), yuan(cause["due_fen"])
    names = {**places, **_titled(cause)}
    told = explain([reason_from_json(stored) for stored in cause.get("reasons", ())], names=names)
    zh = f"{cause['month']} 发了 {granted} 元，按现在知道的情况应发 {due} 元"
    en = f"For {cause['month']} {granted} yuan were granted; by what is known now {due} yuan were due"
    return {"zh": [zh, *told["zh"]], "en": [en, *told["en"]]}


def _titled(cause: Params) -> Names:
    return {cause["programme"]: cause["title"]} if cause.get("title") else {}


def describe_when(when: Params, names: Names | None = None) -> Words:
    """Name the conditions of a line, as ``Programme.who`` or a met reason has them."""
    parts = [_condition(name, when[name], names or {}) for name in when if when[name]]
    if not parts:
        return Words("所有人", "everyone")
    return Words("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def describe_purpose(pays_for: Sequence[str]) -> Words:
    """Name services."""
    found = [SERVICES[name] for name in (pays_for or ("any",))]
    return Words("、".join(each.zh for each in found), ", ".join(each.en for each in found))


def tier_conditions(programme: Programme, number: int) -> dict[str, Any]:
    """Return the conditions of a line in the form that ``describe_when`` reads."""
    when = programme.who[number].when
    return {
        "age": [when.age_from, when.age_until] if when.age_from or when.age_until else None,
        "income": sorted(when.income),
        "ability": sorted(when.ability),
        "living": sorted(when.living),
        "hukou": when.hukou,
        "residence": when.residence,
    }


def ages(first: int | None, until: int | None) -> Words:
    """Name a span of ages."""
    if until is None:
        return Words(f"{first or 0} 岁以上", f"aged {first or 0} and over")
    if not first:
        return Words(f"不满 {until} 岁", f"under {until}")
    return Words(f"{first} 到 {until - 1} 岁", f"aged {first} to {until - 1}")


def _condition(name: str, value: Any, names: Names) -> Words:
    if name == "age":
        return ages(*value)
    if name in PLACES:
        place, words = _place(value, names), PLACES[name]
        return Words(f"{words.zh}{place.zh}", f"{words.en} {place.en}")
    known = CLASSES[name]
    found = [known[each] for each in value]
    return Words("、".join(each.zh for each in found), " or ".join(each.en for each in found))


def _place(code: str, names: Names) -> Words:
    name = names.get(code, {})
    return Words(name.get("zh", f" {code}"), name.get("en", code))


def _name(code: str, names: Names) -> Words:
    title = names.get(code, {})
    return Words(f"「{title.get('zh', code)}」", f"“{title.get('en', code)}”")


def _entitled(params: Params, names: Names) -> Words:
    name, met, amount = (
        _name(params["programme"], names),
        describe_when(params.get("met", {}), names),
        yuan(params["amount_fen"]),
    )
    how = Words("，申请已批准", ", application approved") if params.get("by") == "application" else Words("", "")
    return Words(
        f"{name.zh}：{params['age']} 岁，符合「{met.zh}」{how.zh}，每月 {amount} 元",
        f"{name.en}: aged {params['age']}, meets “{met.en}”{how.en}, {amount} yuan a month",
    )


def _no_tier(params: Params, names: Names) -> Words:
    name = _name(params["programme"], names)
    missing = [_missing(each, told, names) for each, told in params["missing"]]
    return Words(
        f"{name.zh}：不符合，{'；'.join(each.zh for each in missing)}",
        f"{name.en}: no, {'; '.join(each.en for each in missing)}",
    )


def _missing(name: str, params: Params, names: Names) -> Words:
    if name in PLACES:
        asked = _condition(name, params["within"], names)
        return Words(f"要{asked.zh}", f"asks for {asked.en}")
    value = params["is"]
    if name == "age":
        asked = ages(params["from"], params["until"])
        return Words(f"要{asked.zh}，现在 {value} 岁", f"asks for {asked.en}, is {value}")
    asked = _condition(name, params["one_of"], names)
    known = CLASSES[name]
    found = known.get(value, NONE)
    return Words(f"要{asked.zh}，登记为{found.zh}", f"asks for {asked.en}, is {found.en}")


def _not_applied(params: Params, names: Names) -> Words:
    name, amount = _name(params["programme"], names), yuan(params["amount_fen"])
    return Words(
        f"{name.zh}：条件符合，每月可有 {amount} 元，但要先申请，还没有批准的申请",
        f"{name.en}: meets the conditions for {amount} yuan a month, but nothing applied for is approved",
    )


def _excluded(params: Params, names: Names) -> Words:
    name, other, mark = _name(params["programme"], names), _name(params["other"], names), MARKS[params["mark"]]
    return Words(
        f"{name.zh}：已享受{other.zh}，两项不能同时享受（{mark.zh}）",
        f"{name.en}: has {other.en}, and both may not be had together ({mark.en})",
    )


def _higher(params: Params, names: Names) -> Words:
    name, other, mark = _name(params["programme"], names), _name(params["other"], names), MARKS[params["mark"]]
    mine, theirs = yuan(params["amount_fen"]), yuan(params["other_fen"])
    return Words(
        f"{name.zh} {mine} 元，{other.zh} {theirs} 元，就高享受，只发{other.zh}（{mark.zh}）",
        f"{name.en} {mine} yuan, {other.en} {theirs} yuan: only the higher is paid, {other.en} ({mark.en})",
    )


def _together(params: Params, names: Names) -> Words:
    name, other, mark = _name(params["programme"], names), _name(params["other"], names), MARKS[params["mark"]]
    return Words(
        f"{name.zh}和{other.zh}可以同时享受（{mark.zh}）", f"{name.en} and {other.en} may be had together ({mark.en})"
    )


def _no_programme(params: Params, names: Names) -> Words:
    name = _name(params["programme"], names)
    return Words(
        f"{name.zh}：户籍地和居住地都没有这个项目", f"{name.en}: there is no such programme at the hukou or the home"
    )


TOLD: Mapping[Why, Callable[[Params, Names], Words]] = {
    Why.ENTITLED: _entitled,
    Why.NO_TIER: _no_tier,
    Why.NOT_APPLIED: _not_applied,
    Why.EXCLUDED: _excluded,
    Why.HIGHER: _higher,
    Why.TOGETHER: _together,
    Why.NO_PROGRAMME: _no_programme,
}
