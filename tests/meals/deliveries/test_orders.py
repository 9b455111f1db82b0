"""Ordering a meal to be brought home: once, in time, for somebody who may be served, from a canteen that brings."""

from datetime import date

import pytest

from app.auth.actor import Role
from app.people.rules import Status
from tests.app.areas.factories import make_place
from tests.app.people.factories import bearer, make_senior, make_staff
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import API, Kitchen
from tests.meals.factories import STREET, make_canteen, make_closure, make_dish
from tests.meals.test_pages import counted


def test_an_order_names_the_meal_and_what_it_costs(kitchen: Kitchen) -> None:
    made = kitchen.order(kitchen.lunch.guest(name="王玉兰"), address="文晖路 8 号 3 幢 201", note="敲门大声些")
    assert made.status_code == 201, made.json
    shown = made.json
    assert (shown["state"], shown["source"], shown["guest"]) == ("ordered", "counter", "王*兰")
    assert (shown["price_fen"], shown["items"][0]["name"], shown["checkout_id"]) == (1600, "A 套餐", None)
    assert "文晖路" not in made.text
    row = kitchen.row(shown["id"])
    assert row.address_sealed
    assert "文晖路".encode() not in row.address_sealed


def test_one_meal_is_ordered_once_and_again_after_it_was_cancelled(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    first = kitchen.order(card).json["id"]
    again = kitchen.order(card)
    assert (again.status_code, again.json["code"]) == (409, "delivery_exists")
    assert kitchen.order(card, window="dinner").status_code == 201
    cancelled = kitchen.post(f"/{first}/cancellation", reason="guest")
    assert (cancelled.status_code, cancelled.json["state"]) == (200, "cancelled")
    assert kitchen.post(f"/{first}/cancellation", reason="guest").json["code"] == "delivery_moved"
    assert kitchen.order(card).status_code == 201


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"meal_on": "2026-11-19"}, 409, "order_closed"),
        ({"meal_on": "2026-11-28"}, 409, "order_closed"),
        ({"window": "breakfast"}, 409, "order_closed"),
        ({"items": [{"dish_id": 999_999}]}, 422, "invalid"),
        ({"card": "6021000000000000004"}, 404, "card_unknown"),
        ({"canteen_id": 999_999}, 403, "outside_own_canteen"),
        ({"items": []}, 422, "invalid"),
    ],
)
def test_what_cannot_be_ordered_says_why(kitchen: Kitchen, more: dict[str, object], status: int, code: str) -> None:
    answer = kitchen.order(**{"card": kitchen.lunch.guest(), **more})  # type: ignore[arg-type]
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json


def test_orders_for_today_close_before_the_meal_ends(kitchen: Kitchen, clock: FrozenClock) -> None:
    clock.advance(minutes=42)
    assert kitchen.order(kitchen.lunch.guest()).json["code"] == "order_closed"
    assert kitchen.order(kitchen.lunch.guest(), meal_on="2026-11-21").status_code == 201


def test_nobody_orders_for_those_who_may_not_be_served(kitchen: Kitchen) -> None:
    assert kitchen.order(kitchen.lunch.guest(status=Status.DECEASED)).json["code"] == "senior_deceased"
    assert kitchen.order(kitchen.lunch.guest(card_state="lost")).json["code"] == "card_lost"
    make_closure(kitchen.session, canteen=kitchen.lunch.canteen, closed_on=date(2026, 11, 21))
    closed = kitchen.order(kitchen.lunch.guest(), meal_on="2026-11-21")
    assert closed.json["code"] == "canteen_closed"


def test_without_a_document_nobody_brings_meals(kitchen: Kitchen) -> None:
    place = make_place(kitchen.session, "330200")
    far = make_canteen(kitchen.session, area_code=place)
    dish = make_dish(kitchen.session, canteen=far)
    by = bearer(kitchen.session, make_staff(kitchen.session, role=Role.CASHIER, area_code=place, canteen_id=far.id))
    more = {"canteen_id": far.id, "items": [{"dish_id": dish.id}]}
    assert kitchen.order(kitchen.lunch.guest(), by, **more).json["code"] == "no_delivery"


def test_only_those_who_bring_meals_here_are_chosen(kitchen: Kitchen) -> None:
    delivery = kitchen.order(kitchen.lunch.guest()).json["id"]
    stranger = make_staff(kitchen.session, role=Role.STREET_CLERK, area_code=STREET)
    assert kitchen.assign(delivery, stranger).status_code == 422
    chosen = kitchen.assign(delivery, position=3)
    assert (chosen.status_code, chosen.json["position"]) == (200, 3)
    assert chosen.json["deliverer"] == kitchen.deliverer_account.name


def test_another_canteens_staff_find_nothing(kitchen: Kitchen) -> None:
    delivery = kitchen.order(kitchen.lunch.guest()).json["id"]
    other = make_canteen(kitchen.session, area_code=STREET)
    by = bearer(
        kitchen.session, make_staff(kitchen.session, role=Role.CANTEEN_MANAGER, area_code=STREET, canteen_id=other.id)
    )
    client = kitchen.lunch.client
    assert client.get(f"{API}/{delivery}", headers=by).status_code == 404
    assert client.get(API, headers=by).json["items"] == []
    for path, body in (("departure", {}), ("cancellation", {"reason": "guest"})):
        assert kitchen.post(f"/{delivery}/{path}", by, **body).status_code == 404


def test_the_list_asks_the_same_few_questions_for_any_number_of_deliveries(kitchen: Kitchen) -> None:
    client, by = kitchen.lunch.client, kitchen.lunch.manager
    seen = []
    for _ in range(2):
        for _ in range(3):
            kitchen.order(kitchen.lunch.guest())
        with counted() as statements:
            page = client.get(f"{API}?limit=2", headers=by).json
        seen.append(len(statements))
    assert seen[0] == seen[1]
    ids = [each["id"] for each in page["items"]]
    rest = client.get(f"{API}?limit=200&after={page['next']}", headers=by).json
    assert len({*ids, *(each["id"] for each in rest["items"])}) == 6
    assert client.get(f"{API}?state=handed", headers=by).json["items"] == []


def test_a_guest_without_a_card_cannot_be_served(kitchen: Kitchen) -> None:
    from app import clock
    from app.auth.actor import Actor
    from meals.deliveries.errors import NoCardInUse
    from meals.deliveries.ordering import Order, order_for_senior

    senior = make_senior(kitchen.session)
    order = Order(
        canteen_id=kitchen.lunch.canteen.id,
        meal_on=date(2026, 11, 20),
        window="lunch",
        items=((kitchen.lunch.dish.id, 1),),
    )
    by = Actor(account_id=kitchen.deliverer_account.id, name="x")
    with pytest.raises(NoCardInUse):
        order_for_senior(kitchen.session, senior_id=senior.id, order=order, by=by, now=clock.now())
