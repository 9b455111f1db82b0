"""Decisions in words: what the cashier, the family and the auditor read."""

from datetime import time
from typing import Any

import pytest

from meals.rules import NOTHING_TAKEN, Diner, Earlier, Item, ItemKind, Quote, Reason, Taken, Used, Why, price_meal
from meals.wording import (
    NO_SUBSIDY,
    REFUSALS,
    band_words,
    discount_words,
    explain,
    refusal,
    summary,
    tier_label,
    why_no_subsidy,
)
from tests.meals.documents import body, policy_of, terms

HERE = Earlier(time(11, 24), "鹤鸣食堂", "1", here=True)
THERE = Earlier(time(11, 24), "鹤鸣食堂", "1")


def sell(*, points: int = 600, age: int = 82, taken: Taken = NOTHING_TAKEN, **parts: Any) -> Quote:
    policy = terms(body(**parts))
    return price_meal(
        price_fen=1600,
        diner=Diner(age=age),
        policy=policy,
        window="lunch",
        taken=taken,
        points_available_fen=points,
    )


@pytest.mark.parametrize(
    ("quote", "zh", "en"),
    [
        (
            sell(),
            "原价 16.00 元，补一半，用分 6.00，付现金 2.00",
            "Price 16.00 yuan, half off, 6.00 by points, 2.00 in cash",
        ),
        (sell(points=800), "原价 16.00 元，补一半，用分 8.00", "Price 16.00 yuan, half off, 8.00 by points"),
        (sell(points=0), "原价 16.00 元，补一半，付现金 8.00", "Price 16.00 yuan, half off, 8.00 in cash"),
        (
            sell(bands=[{"guest_pays_percent": 70}], points=0),
            "原价 16.00 元，打七折，补 4.80，付现金 11.20",
            "Price 16.00 yuan, 30% off (4.80), 11.20 in cash",
        ),
        (
            sell(bands=[{"guest_pays_percent": 85}], points=0),
            "原价 16.00 元，打八五折，补 2.40，付现金 13.60",
            "Price 16.00 yuan, 15% off (2.40), 13.60 in cash",
        ),
        (
            sell(bands=[{"guest_pays_percent": 50, "off_at_most_fen": 500}], points=0),
            "原价 16.00 元，补 5.00，付现金 11.00",
            "Price 16.00 yuan, 5.00 off, 11.00 in cash",
        ),
        (
            sell(bands=[{"guest_pays_percent": 0}]),
            "原价 16.00 元，全免，不用付钱",
            "Price 16.00 yuan, free, nothing to pay",
        ),
        (
            sell(age=59),
            "原价 16.00 元，没有补贴，用分 6.00，付现金 10.00",
            "Price 16.00 yuan, no subsidy, 6.00 by points, 10.00 in cash",
        ),
        (
            sell(bands=[{"off_fen": 600, "minimum_bill_fen": 1000}], points=0),
            "原价 16.00 元，补 6.00，付现金 10.00",
            "Price 16.00 yuan, 6.00 off, 10.00 in cash",
        ),
        (
            sell(bands=[{"guest_pays_percent": 5}], points=0),
            "原价 16.00 元，补 15.20，付现金 0.80",
            "Price 16.00 yuan, 95% off (15.20), 0.80 in cash",
        ),
    ],
)
def test_a_sale_in_one_line(quote: Quote, zh: str, en: str) -> None:
    words = summary(quote.reasons)
    assert (words.zh, words.en) == (zh, en)


@pytest.mark.parametrize(
    ("taken", "limits", "zh", "en"),
    [
        (
            Taken(window=Used(1), last=HERE),
            [{"per": "window", "subsidised": 1}],
            "今天午餐已用过。11:24 在本食堂 1 号台",
            "Lunch already used today, 11:24, till 1",
        ),
        (
            Taken(window=Used(1), last=THERE),
            [{"per": "window", "subsidised": 1}],
            "今天午餐已用过。11:24 在鹤鸣食堂 1 号台",
            "Lunch already used today, 11:24, 鹤鸣食堂, till 1",
        ),
        (
            Taken(window=Used(1), last=Earlier(time(11, 24), "鹤鸣食堂", "")),
            [{"per": "window", "subsidised": 1}],
            "今天午餐已用过。11:24 在鹤鸣食堂",
            "Lunch already used today, 11:24, 鹤鸣食堂",
        ),
        (
            Taken(window=Used(2)),
            [{"per": "window", "subsidised": 2}],
            "今天午餐的 2 份补贴已用完",
            "All 2 subsidies for lunch used today",
        ),
        (
            Taken(day=Used(2), last=HERE),
            [{"per": "day", "subsidised": 2}],
            "今天的 2 份补贴已用完。11:24 在本食堂 1 号台",
            "All 2 subsidies of today used, 11:24, till 1",
        ),
        (
            Taken(month=Used(30)),
            [{"per": "month", "subsidised": 30}],
            "这个月的 30 份补贴已用完",
            "All 30 subsidies of this month used",
        ),
        (
            Taken(month=Used(1, 30000)),
            [{"per": "month", "public_fen": 30000}],
            "这个月的补贴 300.00 元已用完",
            "The subsidy of 300.00 yuan for this month is used up",
        ),
        (
            Taken(month=Used(1, 29900)),
            [{"per": "month", "public_fen": 30000, "partial": "none"}],
            "这个月的补贴只剩 1.00 元，不够这一单",
            "Only 1.00 yuan of subsidy is left for this month, not enough for this bill",
        ),
    ],
)
def test_why_there_is_no_subsidy_this_time(taken: Taken, limits: list[dict[str, Any]], zh: str, en: str) -> None:
    why = why_no_subsidy(sell(taken=taken, limits=limits).reasons)
    assert why is not None
    assert (why.zh, why.en) == (zh, en)


def test_outside_the_windows_the_hours_are_told() -> None:
    quote = price_meal(price_fen=1600, diner=Diner(age=82), policy=policy_of("330102017"), window=None)
    why = why_no_subsidy(quote.reasons)
    assert why is not None
    assert why.zh == "现在不在用餐时段。午餐 10:00 到 13:30，晚餐 16:00 到 19:00"
    assert why.en == "Outside meal times. Lunch 10:00 to 13:30, Dinner 16:00 to 19:00"


def test_what_is_behind_a_sale() -> None:
    told = explain(
        sell(bands=[{"when": {"age": {"from": 80}}, "guest_pays_percent": 50, "off_at_most_fen": 500}]).reasons
    )
    assert told["zh"][1:] == [
        "82 岁，按「80 岁以上」补",
        "最多补 5.00 元",
        "可用的分已用完，其余付现金",
        "补贴：市 2.50，区 2.50",
    ]
    assert told["en"][1:] == [
        "Aged 82, tier “80 and over”",
        "At most 5.00 yuan off",
        "All usable points used, the rest in cash",
        "Subsidy: city 2.50, district 2.50",
    ]


def test_a_cap_partly_used_is_told() -> None:
    limits = [{"per": "month", "public_fen": 30000}]
    told = explain(sell(taken=Taken(month=Used(40, 29700)), limits=limits).reasons)
    assert told["zh"][:3] == [
        "原价 16.00 元，补 3.00，用分 6.00，付现金 7.00",
        "82 岁，按「60 岁以上」补",
        "这个月的补贴只剩 3.00 元",
    ]


@pytest.mark.parametrize(
    ("band", "line", "zh", "en"),
    [
        (
            {"guest_pays_percent": 50, "price_cap_fen": 1000},
            2,
            "按其中 10.00 元算补贴",
            "10.00 yuan of it count",
        ),
        ({"off_fen": 600, "minimum_bill_fen": 1000}, 2, "满 10.00 元补 6.00 元", "From 10.00 yuan on, 6.00 off"),
        ({"guest_pays_fen": 500, "off_at_most_fen": 2000}, 2, "自己付 5.00 元", "The guest pays 5.00 yuan"),
    ],
)
def test_every_shape_is_told(band: dict[str, Any], line: int, zh: str, en: str) -> None:
    told = explain(sell(bands=[band]).reasons)
    assert (told["zh"][line], told["en"][line]) == (zh, en)


def test_a_set_meal_is_told() -> None:
    policy = terms(body(bands=[{"off_fen": 200, "set_meal": {"price_at_most_fen": 1500}}]))
    items = [Item(ItemKind.SET_MEAL, 1200), Item(ItemKind.DISH, 300)]
    quote = price_meal(price_fen=1500, diner=Diner(age=82), policy=policy, window="lunch", items=items)
    assert "只补套餐 12.00 元" in explain(quote.reasons)["zh"]


@pytest.mark.parametrize(
    ("bands", "price_fen", "zh"),
    [
        ([{"off_fen": 600, "minimum_bill_fen": 2000}], 1600, "满 20.00 元才补，这一单 16.00 元"),
        ([{"off_fen": 600, "set_meal": {"price_at_most_fen": 1500}}], 1600, "只补 15.00 元以内的套餐"),
        ([{"when": {"age": {"from": 90}}, "off_fen": 600}], 1600, "82 岁，这里的办法没有适用的档"),
        ([{"guest_pays_percent": 100}], 1600, "这一单没有可补的金额"),
    ],
)
def test_why_this_bill_gets_nothing(bands: list[dict[str, Any]], price_fen: int, zh: str) -> None:
    policy = terms(body(bands=bands))
    quote = price_meal(price_fen=price_fen, diner=Diner(age=82), policy=policy, window="lunch")
    why = why_no_subsidy(quote.reasons)
    assert why is not None
    assert why.zh == zh


def test_without_points_cash_pays() -> None:
    assert "没有可用的分，付现金" in explain(sell(points=0).reasons)["zh"]


@pytest.mark.parametrize(
    ("rule", "zh"),
    [
        ({"may_pay_percent": 50}, "分最多付自付部分的 50%"),
        ({"may_pay_percent": 25, "of": "price"}, "分最多付原价的 25%"),
        ({"may_pay_percent": 0}, "这里吃饭不能用分"),
    ],
)
def test_a_limit_on_points_is_told_when_it_binds(rule: dict[str, Any], zh: str) -> None:
    policy = terms(body(points=rule))
    quote = price_meal(price_fen=1600, diner=Diner(age=82), policy=policy, window="lunch", points_available_fen=5000)
    assert zh in explain(quote.reasons)["zh"]


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        ({"age_from": 80}, "80 岁以上", "80 and over"),
        ({"age_from": 70, "age_until": 80}, "70 到 79 岁", "70 to 79"),
        ({"age_until": 60}, "不满 60 岁", "under 60"),
        ({}, "所有人", "everyone"),
        (
            {"age_from": 60, "income": ["low_income", "destitute"]},
            "60 岁以上，特困、低保",
            "60 and over, destitute or minimum living allowance",
        ),
        ({"ability": [3, 4]}, "能力等级 3、4", "ability level 3 or 4"),
        ({"living": ["alone"], "residence": "3301"}, "独居，住在本地", "living alone, living here"),
        ({"age_from": 60, "hukou": "330102"}, "60 岁以上，户籍在本地", "60 and over, local hukou"),
    ],
)
def test_tiers_by_name(facts: dict[str, Any], zh: str, en: str) -> None:
    words = band_words(facts)
    assert (words.zh, words.en) == (zh, en)


def test_the_tier_of_a_decision() -> None:
    assert tier_label(sell().reasons) == {"zh": "60 岁以上", "en": "60 and over"}
    assert tier_label(sell(age=50).reasons) is None


@pytest.mark.parametrize(
    ("percent", "zh", "en"),
    [
        (0, "全免", "free"),
        (5, "付 5%", "95% off"),
        (50, "五折", "50% off"),
        (85, "八五折", "15% off"),
        (100, "不打折", "full price"),
    ],
)
def test_discounts_as_the_counter_says_them(percent: int, zh: str, en: str) -> None:
    words = discount_words(percent)
    assert (words.zh, words.en) == (zh, en)


@pytest.mark.parametrize("code", ["licence_lapsed", "agreement_lapsed", "moved_away", "in_hospital", "no_policy"])
def test_every_bar_has_words_in_both_languages(code: str) -> None:
    words = NO_SUBSIDY[Why(code)]({})
    assert words.zh.endswith("这一单不补")
    assert words.en.endswith("no subsidy")


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_refusals_say_what_happened_and_blame_nobody(code: str) -> None:
    words = refusal(code)
    assert not set(words.zh) & set("！")
    assert not any(word in words.zh for word in ("系统", "操作", "非法", "失败", "错误"))
    assert not any(word in words.en for word in ("Invalid", "Oops", "Please note"))


def test_every_reason_for_no_subsidy_has_words() -> None:
    steps = "price tier counted pays_percent off_fixed pays_fixed off_capped cap_cut share points points_short"
    assert set(NO_SUBSIDY) == set(Why) - {Why(step) for step in [*steps.split(), "points_limited", "cash", "unpaid"]}


def test_a_stored_decision_is_told_like_a_fresh_one() -> None:
    reasons = sell().reasons
    stored = [Reason(Why(str(each.as_json()["code"])), each.as_json()["params"]) for each in reasons]  # type: ignore[arg-type]
    assert explain(stored) == explain(reasons)
