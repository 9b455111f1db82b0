"""The kitchen: portions as they go, and the sold-out switch that stops no sale that was made."""

from typing import Any

from app.auth.actor import Role
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import STREET, make_canteen, make_dish
from tests.meals.lunch import Lunch


def kitchen_of(lunch: Lunch, canteen_id: int | None = None) -> dict[str, Any]:
    address = f"/api/v1/meals/canteens/{canteen_id or lunch.canteen.id}/kitchen"
    answer = lunch.client.get(address, headers=lunch.cashier)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def switch(lunch: Lunch, *, to: bool, dish_id: int | None = None, by: dict[str, str] | None = None) -> int:
    address = f"/api/v1/meals/canteens/{lunch.canteen.id}/dishes/{dish_id or lunch.dish.id}/sold-out"
    return lunch.client.put(address, json={"is_sold_out": to}, headers=by or lunch.cashier).status_code


def test_portions_are_counted_by_dish_without_what_was_undone(lunch: Lunch, clock: FrozenClock) -> None:
    rice = make_dish(lunch.session, canteen=lunch.canteen, name="米饭", kind="dish", price_fen=100, position=2)
    both = [{"dish_id": lunch.dish.id, "count": 1}, {"dish_id": rice.id, "count": 3}]
    lunch.sell(lunch.guest(), items=both)
    clock.advance(minutes=20)
    lunch.undo(lunch.sell(lunch.guest()).json["id"])
    lunch.sell(lunch.guest())
    found = kitchen_of(lunch)
    counts = {row["dish"]["name"]: (row["today"]["this_meal"], row["today"]["lately"]) for row in found["rows"]}
    assert counts == {"A 套餐": (2, 1), "米饭": (3, 0)}
    assert found["portions"] == 5


def test_a_week_ago_stands_beside_today(lunch: Lunch, clock: FrozenClock) -> None:
    for hour in (-1, 1):
        clock.advance(hours=hour)
        lunch.sell(lunch.guest())
        clock.advance(hours=-hour)
    clock.advance(days=7)
    row = kitchen_of(lunch)["rows"][0]
    assert (row["week_ago"]["by_now"], row["week_ago"]["all_day"], row["today"]["all_day"]) == (1, 2, 0)


def test_the_tills_hear_what_is_sold_out_today_and_sell_what_was_ordered(lunch: Lunch, clock: FrozenClock) -> None:
    def is_out() -> bool:
        address = f"/api/v1/meals/canteens/{lunch.canteen.id}/menu"
        return bool(lunch.client.get(address, headers=lunch.cashier).json["items"][0]["sold_out"])

    assert not is_out()
    assert [switch(lunch, to=True) for _ in range(2)] == [204, 204]
    assert is_out()
    assert lunch.sell(lunch.guest()).status_code == 201
    assert switch(lunch, to=False) == 204
    assert not is_out()
    switch(lunch, to=True)
    clock.advance(days=1)
    assert not is_out()


def test_others_dishes_are_not_to_be_switched(lunch: Lunch) -> None:
    other = make_canteen(lunch.session, area_code=STREET)
    dish = make_dish(lunch.session, canteen=other, name="B 套餐")
    assert switch(lunch, to=True, dish_id=dish.id) == 404
    assert switch(lunch, to=True, by=bearer(lunch.session, make_staff(lunch.session, role=Role.AUDITOR))) == 403


def test_the_page_asks_for_its_numbers_and_switches_without_scripts(lunch: Lunch) -> None:
    lunch.sell(lunch.guest())
    start = lunch.client.get("/meals/kitchen", headers=lunch.cashier)
    assert start.status_code == 303
    page = lunch.client.get(start.location, headers=lunch.cashier).text
    assert 'hx-trigger="every 5s"' in page
    fresh = lunch.client.get(start.location, headers={**lunch.cashier, "HX-Request": "true"}).text
    assert "<html" not in fresh
    assert "A 套餐" in fresh
    address = f"{start.location}/dishes/{lunch.dish.id}"
    assert lunch.client.post(address, data={"is_sold_out": "true"}, headers=lunch.cashier).status_code == 303
    assert "又有了" in lunch.client.get(start.location, headers=lunch.cashier).text


def test_a_central_kitchen_sees_what_its_canteens_sold(lunch: Lunch) -> None:
    lunch.canteen.kitchen_id = make_canteen(lunch.session, area_code=STREET, kind="central_kitchen").id
    lunch.session.flush()
    lunch.sell(lunch.guest())
    clerk = bearer(lunch.session, make_staff(lunch.session, area_code=STREET))
    page = lunch.client.get(f"/meals/kitchen/{lunch.canteen.kitchen_id}", headers=clerk).text
    assert "文晖一食堂" in page
