"""Every shape of discount, by the documents of real places and by small ones."""

from dataclasses import replace
from typing import Any

import pytest

from meals.pricing.terms import Band
from meals.rules import Diner, Item, ItemKind, Payer, Quote, Share, Why, price_meal
from tests.meals.documents import body, policy_of, terms

OLD = Diner(age=82)


def price(parts: dict[str, Any], price_fen: int, **others: Any) -> Quote:
    return price_meal(price_fen=price_fen, diner=OLD, policy=terms(body(**parts)), window="lunch", **others)


def off_fen(quote: Quote) -> int:
    return quote.public_fen + quote.concession_fen


@pytest.mark.parametrize(
    ("price_fen", "pays_fen"),
    [(0, 0), (1, 1), (2, 1), (3, 2), (999, 500), (1000, 500), (1001, 501), (1600, 800)],
)
def test_half_price_rounds_the_guests_part_half_up(price_fen: int, pays_fen: int) -> None:
    assert price({}, price_fen).guest_fen == pays_fen


@pytest.mark.parametrize(
    ("rounding", "price_fen", "pays_fen"),
    [
        ({"unit_fen": 10}, 1290, 650),
        ({"unit_fen": 10}, 1289, 640),
        ({"unit_fen": 10, "mode": "down"}, 1290, 640),
        ({"unit_fen": 10, "mode": "up"}, 1281, 650),
        ({"unit_fen": 100}, 1300, 700),
        ({"unit_fen": 100}, 1299, 600),
        ({"unit_fen": 100, "mode": "down"}, 1399, 600),
        ({"unit_fen": 100, "mode": "up"}, 1201, 700),
        ({"unit_fen": 100, "mode": "up"}, 50, 50),
        ({"mode": "down"}, 1001, 500),
    ],
)
def test_one_rounding_rule_for_what_the_guest_pays(rounding: dict[str, Any], price_fen: int, pays_fen: int) -> None:
    assert price({"rounding": rounding}, price_fen).guest_fen == pays_fen


@pytest.mark.parametrize(("price_fen", "off"), [(999, 500 - 1), (1000, 500), (1002, 500), (5000, 500)])
def test_percent_off_with_a_cap(price_fen: int, off: int) -> None:
    quote = price({"bands": [{"off_percent": 50, "off_at_most_fen": 500}]}, price_fen)
    assert off_fen(quote) == off
    assert (quote.reason(Why.OFF_CAPPED) is not None) is (price_fen > 1000)


def test_percent_off_and_percent_to_pay_are_the_same_law() -> None:
    off, pays = price({"bands": [{"off_percent": 15}]}, 1234), price({"bands": [{"guest_pays_percent": 85}]}, 1234)
    assert off == pays


@pytest.mark.parametrize(("price_fen", "off"), [(1999, 1000 - 1), (2000, 1000), (2600, 1000)])
def test_what_lies_above_the_price_cap_is_the_guests_own(price_fen: int, off: int) -> None:
    assert off_fen(price({"bands": [{"guest_pays_percent": 50, "price_cap_fen": 2000}]}, price_fen)) == off


def test_nothing_off_is_no_subsidy_and_uses_up_none() -> None:
    quote = price({"bands": [{"guest_pays_percent": 100}]}, 1000)
    assert (quote.subsidised, quote.shares, quote.left[0].subsidised) == (False, (), 1)
    assert quote.reason(Why.NOTHING_OFF) is not None


class TestZhuhai:
    """珠海高新: 3 + 3 yuan off a bill of 10 yuan or more, without delivery, once a day."""

    def sell(self, *items: Item) -> Quote:
        total = sum(item.unit_price_fen * item.count for item in items)
        return price_meal(
            price_fen=total, diner=Diner(age=60), policy=policy_of("440400", "examples"), window="lunch", items=items
        )

    @pytest.mark.parametrize(("food_fen", "off"), [(999, 0), (1000, 600), (1001, 600), (3000, 600)])
    def test_a_fixed_amount_off_from_a_minimum_bill(self, food_fen: int, off: int) -> None:
        assert off_fen(self.sell(Item(ItemKind.DISH, food_fen))) == off

    def test_delivery_does_not_count_towards_the_minimum(self) -> None:
        quote = self.sell(Item(ItemKind.DISH, 900), Item(ItemKind.DELIVERY, 200))
        assert quote.cash_fen == 1100
        why = quote.reason(Why.BILL_UNDER_MINIMUM)
        assert why is not None
        assert why.params == {"minimum_fen": 1000, "bill_fen": 900}

    def test_delivery_is_paid_in_full(self) -> None:
        assert self.sell(Item(ItemKind.DISH, 1200), Item(ItemKind.DELIVERY, 200)).cash_fen == 800

    def test_city_and_district_bear_half_each(self) -> None:
        assert self.sell(Item(ItemKind.DISH, 1200)).shares == (Share(Payer.CITY, 300), Share(Payer.DISTRICT, 300))


class TestJinan:
    """济南: 2 yuan off a set meal of a capped price."""

    def sell(self, *items: Item) -> Quote:
        total = sum(item.unit_price_fen * item.count for item in items)
        return price_meal(
            price_fen=total, diner=Diner(age=60), policy=policy_of("370100", "examples"), window="lunch", items=items
        )

    @pytest.mark.parametrize(("price_fen", "off"), [(100, 100), (1499, 200), (1500, 200), (1501, 0)])
    def test_only_a_set_meal_within_the_cap(self, price_fen: int, off: int) -> None:
        assert off_fen(self.sell(Item(ItemKind.SET_MEAL, price_fen))) == off

    def test_dishes_are_no_set_meal(self) -> None:
        assert self.sell(Item(ItemKind.DISH, 1200)).reason(Why.NO_SET_MEAL) is not None

    def test_one_card_is_one_set_meal(self) -> None:
        assert off_fen(self.sell(Item(ItemKind.SET_MEAL, 1500, 2), Item(ItemKind.DISH, 300))) == 200

    def test_a_bare_amount_is_no_set_meal(self) -> None:
        quote = price_meal(price_fen=1200, diner=OLD, policy=policy_of("370100", "examples"), window="lunch")
        assert quote.reason(Why.NO_SET_MEAL) is not None


class TestFixedPrice:
    """The guest pays 5 yuan for a set meal of up to 18, the rest is borne by three payers."""

    def sell(self, *items: Item, points: int = 0) -> Quote:
        total = sum(item.unit_price_fen * item.count for item in items)
        policy = policy_of("330100", "examples")
        return price_meal(
            price_fen=total, diner=OLD, policy=policy, window="lunch", items=items, points_available_fen=points
        )

    @pytest.mark.parametrize(("price_fen", "pays_fen"), [(400, 400), (500, 500), (501, 500), (1800, 500), (1801, 1801)])
    def test_a_fixed_price_to_pay(self, price_fen: int, pays_fen: int) -> None:
        assert self.sell(Item(ItemKind.SET_MEAL, price_fen)).guest_fen == pays_fen

    def test_further_dishes_are_paid_in_full(self) -> None:
        assert self.sell(Item(ItemKind.SET_MEAL, 1800), Item(ItemKind.DISH, 300)).guest_fen == 800

    def test_the_dearest_allowed_set_meal_counts(self) -> None:
        quote = self.sell(Item(ItemKind.SET_MEAL, 1200), Item(ItemKind.SET_MEAL, 1700), Item(ItemKind.SET_MEAL, 1900))
        assert off_fen(quote) == 1200

    def test_points_may_pay_half_of_the_guests_part(self) -> None:
        quote = self.sell(Item(ItemKind.SET_MEAL, 1800), points=1000)
        assert (quote.points_fen, quote.cash_fen) == (250, 250)
        assert quote.reason(Why.POINTS_LIMITED) is not None


@pytest.mark.parametrize(
    ("price_fen", "shares"),
    [
        (1, {}),
        (2, {"city": 1}),
        (10, {"concession": 1, "city": 3, "charity": 1}),
        (1000, {"concession": 100, "city": 300, "charity": 100}),
        (1009, {"concession": 100, "city": 304, "charity": 100}),
    ],
)
def test_shares_add_up_and_the_named_payer_takes_the_remainder(price_fen: int, shares: dict[str, int]) -> None:
    payers = [
        {"payer": "concession", "percent": 20},
        {"payer": "city", "percent": 60, "remainder": True},
        {"payer": "charity", "percent": 20},
    ]
    quote = price({"payers": payers}, price_fen)
    assert {str(share.payer): share.amount_fen for share in quote.shares} == shares


def test_a_band_may_have_payers_of_its_own() -> None:
    charity = [{"payer": "charity", "percent": 100}]
    quote = price({"bands": [{"guest_pays_percent": 50, "payers": charity}]}, 1000)
    assert quote.shares == (Share(Payer.CHARITY, 500),)


def test_concession_is_not_public_money() -> None:
    payers = [{"payer": "concession", "percent": 20}, {"payer": "city", "percent": 80, "remainder": True}]
    quote = price({"payers": payers}, 1000)
    assert (quote.concession_fen, quote.public_fen) == (100, 400)


@pytest.mark.parametrize(
    ("rule", "available_fen", "points_fen"),
    [
        ({"may_pay_percent": 100}, 0, 0),
        ({"may_pay_percent": 100}, 499, 499),
        ({"may_pay_percent": 100}, 500, 500),
        ({"may_pay_percent": 100}, 9000, 500),
        ({"may_pay_percent": 0}, 9000, 0),
        ({"may_pay_percent": 33}, 9000, 165),
        ({"may_pay_percent": 33, "of": "price"}, 9000, 330),
        ({"may_pay_percent": 80, "of": "price"}, 9000, 500),
    ],
)
def test_the_allowed_share_of_points(rule: dict[str, Any], available_fen: int, points_fen: int) -> None:
    quote = price({"points": rule}, 1000, points_available_fen=available_fen)
    assert (quote.points_fen, quote.cash_fen) == (points_fen, 500 - points_fen)


def test_points_exhausted_is_no_refusal() -> None:
    quote = price({}, 1000)
    assert (quote.subsidised, quote.cash_fen) == (True, 500)
    assert quote.reason(Why.POINTS_SHORT) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_fen": -1},
        {"price_fen": 100, "points_available_fen": -1},
        {"price_fen": 100, "items": [Item(ItemKind.DISH, 50)]},
        {"price_fen": 100, "items": [Item(ItemKind.DISH, 200), Item(ItemKind.DISH, -100)]},
        {"price_fen": 0, "items": [Item(ItemKind.DISH, 100, 0)]},
    ],
)
def test_a_bill_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"price|bill"):
        price_meal(diner=OLD, policy=None, window=None, **wrong)


def test_a_quote_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="do not make"):
        Quote(
            price_fen=1000,
            shares=(Share(Payer.CITY, 500),),
            points_fen=0,
            cash_fen=499,
            subsidised=True,
            window="lunch",
            band=0,
            reasons=(),
        )


def test_a_band_without_an_amount_is_no_band() -> None:
    policy = terms(body())
    empty = replace(policy, bands=(Band(),))
    with pytest.raises(ValueError, match="how much"):
        price_meal(price_fen=1000, diner=OLD, policy=empty, window="lunch")
