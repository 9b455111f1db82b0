"""The browser's price rules decide as the server's do, and tell it in the same words, on the same cases."""

import json
import subprocess
from datetime import time
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from meals.documents.checks import find_discount_faults
from meals.documents.reading import discount_terms
from meals.policy import MEAL_DISCOUNT
from meals.pricing.plain import plain_diner, plain_items, plain_quote, plain_reason, plain_taken, plain_terms
from meals.rules import Diner, Earlier, Item, ItemKind, MealDiscount, Reason, Taken, Used, Why, price_meal
from meals.wording import explain, tier_label
from tests.meals.test_rules_properties import SCHEMA, bills, bodies, diners, used
from tests.meals.test_till_modules import node

# The same cases each time, so that every reason is among them. Each guest meets many documents: to draw takes longest.
DRAWN, BILLS, PRIME = 150, 2400, 7919
TILL_ONLY = {"till_locked", "not_in_roster"}
# The month's cap has one yuan left: rare among cases made by chance.
NEAR_THE_CAP = Taken(month=Used(subsidised=9, public_fen=29_900))
CAPPED = {**MEAL_DISCOUNT.example, "limits": [{"per": "month", "public_fen": 30_000}]}
earliers = st.builds(
    Earlier, at=st.times(), canteen=st.just("文晖二食堂"), till=st.sampled_from(["", "3"]), here=st.booleans()
)
takens = st.builds(Taken, used, used, used, st.one_of(st.none(), earliers))
barrings = st.sampled_from([None, None, None, Reason(Why.IN_HOSPITAL), Reason(Why.LICENCE_LAPSED, {"expired_on": "x"})])
windows = st.sampled_from(["lunch", "lunch", "lunch", None])


guests = st.tuples(diners, takens, bills, st.integers(0, 20_000), barrings, windows, st.booleans())


def collect_cases() -> list[dict[str, Any]]:
    """Price several guests' bills by each of many documents."""
    policies: list[MealDiscount | None] = []
    served: list[tuple[Any, ...]] = []

    @settings(max_examples=DRAWN, deadline=None, database=None, derandomize=True)
    @given(st.one_of(st.none(), bodies(), bodies(), bodies()), guests)
    def draw(body: dict[str, Any] | None, guest: tuple[Any, ...]) -> None:
        served.append(guest)
        policy = _policy(body)
        if body is None or policy is not None:
            policies.append(policy)

    draw()
    # Of all pairs of a document and a guest so many, spread evenly: a prime step meets none twice.
    pairs = list(product(policies, served))
    return [_case(*pairs[number * PRIME % len(pairs)]) for number in range(BILLS)]


def _case(policy: MealDiscount | None, guest: tuple[Any, ...]) -> dict[str, Any]:
    diner, taken, bill, points, barred, window, has_lines = guest
    price_fen = sum(item.unit_price_fen * item.count for item in bill)
    items = bill if has_lines else []
    quote = price_meal(
        price_fen=price_fen,
        diner=diner,
        policy=policy,
        window=window,
        taken=taken,
        points_available_fen=points,
        items=items,
        barred=barred,
    )
    asked = {
        "price_fen": price_fen,
        "diner": plain_diner(diner),
        "policy": plain_terms(policy) if policy else None,
        "window": window,
        "taken": plain_taken(taken),
        "points_available_fen": points,
        "items": plain_items(items),
        "barred": plain_reason(barred) if barred else None,
    }
    told = {"told": explain(quote.reasons), "tier": tier_label(quote.reasons)}
    return {"bill": asked, "quote": plain_quote(quote), **told}


def _policy(body: dict[str, Any] | None) -> MealDiscount | None:
    if body is None:
        return None
    loaded = SCHEMA.load(body)
    if list(find_discount_faults(loaded, "330102017")):
        return None
    return discount_terms(loaded, document_id=1, area_code="330102017")


def test_thousands_of_bills_cost_the_same_in_the_browser(tmp_path: Path) -> None:
    near = (Diner(age=80), NEAR_THE_CAP, [Item(ItemKind.SET_MEAL, 1600)], 500, None, "lunch", True)
    cases = [*collect_cases(), _case(_policy(CAPPED), near)]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
    twin = Path(__file__).parent / "till" / "twin.mjs"
    ran = subprocess.run([*node(), str(twin), str(file)], check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr[:3000]
    assert int(ran.stdout) == len(cases) >= 2000
    codes = {reason["code"] for case in cases for reason in case["quote"]["reasons"]}
    assert {str(why) for why in Why} - {"agreement_lapsed", "moved_away", "unpaid", *TILL_ONLY} - codes == set()


def test_a_clock_is_written_alike() -> None:
    assert plain_taken(Taken(last=Earlier(at=time(11, 5), canteen="a", till="")))["last"]["at"] == "11:05"
