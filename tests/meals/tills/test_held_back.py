"""Sales that a till made without subsidy because of its own limits: booked so, told so, and seen by people."""

from typing import Any

import pytest

from meals.tills.words import tell_conflict
from tests.meals.tills.counter import Counter, balance, quote, reasons, sold
from tests.subsidies.findings.factories import make_document


def full_price(code: str) -> dict[str, Any]:
    """Return what a till decides that keeps back: the whole price in cash, and why."""
    steps = (("price", {"price_fen": 1600}), (code, {}), ("points", {"points_fen": 0}), ("cash", {"cash_fen": 1600}))
    told = [{"code": step, "params": params} for step, params in steps]
    return {**quote(public_fen=0, points_fen=0, cash_fen=1600), "reasons": told}


@pytest.mark.parametrize(
    ("code", "told", "conflict"),
    [
        ("till_locked", "收银台这时不能自己定补贴，这一单不补", "收银台当时停用补贴，没有补；按办法应补 8.00 元。"),
        (
            "not_in_roster",
            "收银台断网，名单里没有这位客人，这一单不补",
            "收银台的名单里没有这位客人，没有补；按办法应补 8.00 元。",
        ),
    ],
)
def test_a_till_that_keeps_back_is_told_and_found(counter: Counter, code: str, told: str, conflict: str) -> None:
    make_document(counter.lunch.session)
    card = counter.lunch.guest()
    sale = counter.sale(card, quote=full_price(code))
    (answer,) = counter.send(sale)
    assert (answer["outcome"], reasons(answer)) == ("booked", {"OFF3": [code]})
    assert answer["receipt"]["explanation"]["zh"] == ["原价 16.00 元，没有补贴，付现金 16.00", told]
    assert (sold(counter, sale).cash_fen, balance(counter, card)) == (1600, 10_000)
    assert tell_conflict(answer["findings"][0]["reasons"][0]) == conflict


def test_where_the_server_would_have_given_nothing_either_nothing_is_found(counter: Counter) -> None:
    lunch = counter.lunch
    card = lunch.guest()
    lunch.sell(card)
    (answer,) = counter.send(counter.sale(card, quote=full_price("till_locked")))
    assert answer["findings"] == []
