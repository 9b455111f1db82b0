"""What holds for every document that the schema and its checks accept, and every bill."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.people.rules import OLDEST, IncomeClass, LivingSituation
from meals.documents.checks import find_discount_faults
from meals.documents.reading import discount_terms
from meals.documents.schema import MEAL_FEN_AT_MOST, MealDiscountIn
from meals.rules import Diner, Item, ItemKind, Per, Quote, Taken, Used, price_meal
from meals.wording import explain

SCHEMA = MealDiscountIn()
AREAS = ("330000", "330100", "330102", "330102017", "330102017906", "310101")
amounts = st.integers(1, MEAL_FEN_AT_MOST)
percents = st.integers(0, 100)


@st.composite
def shares(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(
        st.lists(
            st.sampled_from(["city", "district", "street", "community", "charity", "concession"]),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    edges = sorted(draw(st.sets(st.integers(1, 99), min_size=len(names) - 1, max_size=len(names) - 1)))
    parts = [until - since for since, until in zip([0, *edges], [*edges, 100], strict=True)]
    remainder = draw(st.integers(0, len(names) - 1))
    return [
        {"payer": name, "percent": part, "remainder": index == remainder}
        for index, (name, part) in enumerate(zip(names, parts, strict=True))
    ]


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    choices = {
        "income": st.lists(st.sampled_from(list(map(str, IncomeClass))), min_size=1, max_size=5, unique=True),
        "ability": st.lists(st.integers(0, 4), min_size=1, max_size=5, unique=True),
        "living": st.lists(st.sampled_from(list(map(str, LivingSituation))), min_size=1, max_size=3, unique=True),
        "hukou": st.one_of(st.just(True), st.sampled_from(AREAS)),
        "residence": st.one_of(st.just(True), st.sampled_from(AREAS)),
    }
    named = draw(st.sets(st.sampled_from(sorted(choices)), max_size=2))
    return {name: draw(choices[name]) for name in sorted(named)}


@st.composite
def bands(draw: st.DrawFn, age_from: int, *, special: bool) -> dict[str, Any]:
    shape = draw(st.sampled_from(["pays", "off", "fixed_off", "fixed_price", "set_meal"]))
    band: dict[str, Any] = {
        "pays": lambda: {"guest_pays_percent": draw(percents)},
        "off": lambda: {"off_percent": draw(percents), "off_at_most_fen": draw(amounts)},
        "fixed_off": lambda: {"off_fen": draw(amounts), "minimum_bill_fen": draw(amounts)},
        "fixed_price": lambda: {"guest_pays_fen": draw(st.integers(0, 3000)), "off_at_most_fen": draw(amounts)},
        "set_meal": lambda: {"off_fen": draw(amounts), "set_meal": {"price_at_most_fen": draw(amounts)}},
    }[shape]()
    if shape in {"pays", "off"} and draw(st.booleans()):
        band["price_cap_fen"] = draw(amounts)
    if draw(st.integers(0, 5)) == 0:
        band["payers"] = draw(shares())
    when = {"age": {"from": age_from}, **(draw(conditions()) if special else {})}
    return {"when": when, **band}


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    ages = sorted(draw(st.sets(st.integers(0, 100), min_size=1, max_size=5)), reverse=True)
    table = []
    for age in ages:
        if draw(st.booleans()):
            table.append(draw(bands(age, special=True)))
        table.append(draw(bands(age, special=False)))
    periods = draw(st.sets(st.tuples(st.sampled_from(list(map(str, Per))), st.booleans()), max_size=6))
    limits: list[dict[str, Any]] = []
    for per, counts in sorted(periods):
        if counts:
            limits.append({"per": per, "subsidised": draw(st.integers(1, 90))})
        else:
            partial = draw(st.sampled_from(["rest", "none"]))
            limits.append({"per": per, "public_fen": draw(st.integers(1, 100_000)), "partial": partial})
    return {
        "windows": [{"name": "lunch", "from": "10:00", "until": "24:00"}],
        "limits": limits,
        "bands": table + draw(st.sampled_from([[], [{}]])),
        "payers": draw(shares()),
        "rounding": {
            "unit_fen": draw(st.sampled_from([1, 10, 50, 100])),
            "mode": draw(st.sampled_from(["half_up", "down", "up"])),
        },
        "points": {"may_pay_percent": draw(percents), "of": draw(st.sampled_from(["guest", "price"]))},
    }


diners = st.builds(
    Diner,
    age=st.integers(0, OLDEST),
    hukou_area=st.sampled_from([None, *AREAS]),
    residence_area=st.sampled_from([None, *AREAS]),
    income=st.sampled_from(list(map(str, IncomeClass))),
    ability=st.sampled_from([None, 0, 1, 2, 3, 4]),
    living=st.sampled_from([None, *map(str, LivingSituation)]),
)
used = st.builds(Used, st.integers(0, 100), st.integers(0, 120_000))
takens = st.builds(Taken, used, used, used)
bills = st.lists(
    st.builds(Item, st.sampled_from(list(ItemKind)), st.integers(0, 8000), st.integers(1, 3)), min_size=1, max_size=5
)


def sell(body: dict[str, Any], diner: Diner, taken: Taken, bill: list[Item], points: int) -> Quote:
    loaded = SCHEMA.load(body)
    assume(not list(find_discount_faults(loaded, "330102017")))
    return price_meal(
        price_fen=sum(item.unit_price_fen * item.count for item in bill),
        diner=diner,
        policy=discount_terms(loaded, document_id=1, area_code="330102017"),
        window="lunch",
        taken=taken,
        points_available_fen=points,
        items=bill,
    )


@settings(max_examples=120, deadline=None)
@given(bodies(), diners, takens, bills, st.integers(0, 20_000))
def test_any_accepted_document_prices_any_bill(
    body: dict[str, Any], diner: Diner, taken: Taken, bill: list[Item], points: int
) -> None:
    quote = sell(body, diner, taken, bill, points)
    parts = [share.amount_fen for share in quote.shares]
    assert sum(parts) + quote.points_fen + quote.cash_fen == quote.price_fen
    assert quote.public_fen + quote.concession_fen == sum(parts)
    assert min([*parts, quote.points_fen, quote.cash_fen]) >= 0
    assert quote.points_fen <= points
    assert quote.subsidised is bool(parts)
    assert len({share.payer for share in quote.shares}) == len(quote.shares)


@settings(max_examples=60, deadline=None)
@given(bodies(), diners, takens, bills)
def test_caps_and_counts_are_never_exceeded(body: dict[str, Any], diner: Diner, taken: Taken, bill: list[Item]) -> None:
    quote = sell(body, diner, taken, bill, 0)
    for limit in discount_terms(SCHEMA.load(body), document_id=1, area_code="330102017").limits:
        before = taken.per(limit.per)
        if quote.subsidised and limit.subsidised is not None:
            assert before.subsidised + 1 <= limit.subsidised
        if quote.subsidised and limit.public_fen is not None and quote.public_fen:
            assert before.public_fen + quote.public_fen <= limit.public_fen


@settings(max_examples=60, deadline=None)
@given(bodies(), diners, takens, bills, st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)))
def test_more_points_never_cost_more_cash(
    body: dict[str, Any], diner: Diner, taken: Taken, bill: list[Item], points: tuple[int, int]
) -> None:
    poor = sell(body, diner, taken, bill, min(points))
    rich = sell(body, diner, taken, bill, max(points))
    assert rich.points_fen >= poor.points_fen
    assert rich.cash_fen <= poor.cash_fen
    assert rich.shares == poor.shares


@settings(max_examples=60, deadline=None)
@given(bodies(), diners, bills, st.integers(0, 50_000), st.integers(0, 50_000))
def test_less_left_of_the_month_never_gives_more_public_money(
    body: dict[str, Any], diner: Diner, bill: list[Item], one: int, other: int
) -> None:
    early = sell(body, diner, Taken(month=Used(0, min(one, other))), bill, 0)
    late = sell(body, diner, Taken(month=Used(0, max(one, other))), bill, 0)
    assert late.public_fen <= early.public_fen
    assert late.guest_fen >= early.guest_fen


@settings(max_examples=60, deadline=None)
@given(bodies(), diners, takens, bills, st.integers(0, 5000))
def test_every_decision_can_be_told_in_both_languages(
    body: dict[str, Any], diner: Diner, taken: Taken, bill: list[Item], points: int
) -> None:
    told = explain(sell(body, diner, taken, bill, points).reasons)
    assert len(told["zh"]) == len(told["en"])
    assert all(line.strip() for line in told["zh"] + told["en"])
