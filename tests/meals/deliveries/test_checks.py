"""Checks on meals brought home and fetched, on both sides of their thresholds."""

from datetime import date, datetime, timedelta

import pytest

from app import vault
from app.clock import ZONE
from meals.deliveries.fetching import index_of_name
from meals.deliveries.models import CheckoutFetch, Delivery
from meals.deliveries.rules import State
from meals.models import Checkout
from tests.meals.checks.world import DAY, World

NAME = "周阿英"


def bring(world: World, state: State, *, on: date = DAY, by: int | None = None) -> Delivery:
    sold: Checkout = world.sell(on=on)
    at = datetime.combine(on, datetime.min.time(), tzinfo=ZONE) + timedelta(hours=11)
    handed = {
        "handed_at": at,
        "handed_by": by or world.cashier,
        "hand_place": "door",
        "received_by": "self",
        "cash_fen": 0,
    }
    delivery = Delivery(
        senior_id=sold.home,
        canteen_id=sold.canteen_id,
        meal_on=on,
        window_name="lunch",
        items=[],
        price_fen=1600,
        source="counter",
        ordered_at=at,
        ordered_by=world.cashier,
        state=state,
        checkout_id=sold.id,
        out_at=at,
        out_by=world.cashier,
        **({**handed, "fee_why": {"code": "no_rules", "params": {}}} if state is State.HANDED else {}),
    )
    world.session.add(delivery)
    world.session.flush()
    return delivery


def fetch(world: World, *, on: date = DAY, guest: object = None, name: str = NAME) -> None:
    sold = world.sell(guest, on=on)  # type: ignore[arg-type]
    world.session.add(
        CheckoutFetch(
            home=sold.home,
            checkout_id=sold.id,
            canteen_id=sold.canteen_id,
            fetched_on=on,
            relation="neighbour",
            name_sealed=vault.seal(name),
            name_index=index_of_name(name, canteen_id=sold.canteen_id),
            reason="hard_to_walk",
            recorded_at=datetime.combine(on, datetime.min.time(), tzinfo=ZONE),
            recorded_by=world.cashier,
        )
    )
    world.session.flush()


@pytest.mark.parametrize(("state", "found"), [(State.OUT, 1), (State.HANDED, 0)])
def test_a_meal_that_nobody_is_known_to_have_taken(world: World, state: State, found: int) -> None:
    bring(world, state)
    seen = world.check("R17")
    assert len(seen) == found
    assert all(each.amount_fen == 1400 for each in seen)


def test_today_is_not_over(world: World) -> None:
    bring(world, State.OUT, on=date(2026, 11, 20))
    assert world.check("R17") == []


@pytest.mark.parametrize(("people", "found"), [(2, 0), (3, 1)])
def test_one_person_who_fetches_for_many(world: World, people: int, found: int) -> None:
    for _ in range(people):
        fetch(world)
    seen = world.check("R21", times=99, people=3)
    assert len(seen) == found
    for each in seen:
        assert (each.facts["people"], each.facts["times"], each.facts["fetcher"]) == (3, 3, "周*英")
        assert len([source for source in each.sources if source.kind == "checkout"]) == 3


@pytest.mark.parametrize(("days_apart", "found"), [(1, 1), (15, 0)])
def test_one_person_who_fetches_again_and_again(world: World, days_apart: int, found: int) -> None:
    guest = world.guest()
    for n in range(3):
        fetch(world, on=DAY - timedelta(days=n * days_apart), guest=guest)
    seen = world.check("R21", days=30, times=3, people=99)
    assert len(seen) == found


def test_two_of_one_name_in_two_canteens_are_two_people(world: World) -> None:
    for canteen in (world.here, world.near):
        sold = world.sell(canteen=canteen)
        assert index_of_name(NAME, canteen_id=sold.canteen_id) != index_of_name(NAME, canteen_id=0)
    assert index_of_name(" 周 阿英", canteen_id=1) == index_of_name(NAME, canteen_id=1)


@pytest.mark.parametrize(("times", "found"), [(1, 0), (2, 1)])
def test_one_account_that_sends_out_and_hands_over(world: World, times: int, found: int) -> None:
    for n in range(times):
        bring(world, State.HANDED, on=DAY - timedelta(days=n))
    assert len(world.check("R22", times=2)) == found


def test_two_accounts_are_how_it_should_be(world: World) -> None:
    from tests.app.people.factories import make_account

    bring(world, State.HANDED, by=make_account(world.session, name="另一个").id)
    assert world.check("R22", times=1) == []
