"""Whoever brings meals sees and does as much as the way needs: today's own, and what nobody brings yet."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import clock
from app.auth.actor import Role
from app.auth.models import Account, RoleGrant
from app.people.models import Senior
from app.people.relatives.rules import Topic
from meals.deliveries.models import Delivery, DeliveryTry
from tests.app.auth.factories import form_token, sign_in
from tests.app.people.factories import bearer, make_staff
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import API, TODAY, Kitchen
from tests.meals.factories import STREET, make_canteen, make_dish


def give_role(session: Session, account: Account, role: Role, canteen_id: int) -> None:
    session.add(
        RoleGrant(
            account_id=account.id,
            role=role,
            area_code=STREET,
            canteen_id=canteen_id,
            valid_from=date(2026, 1, 1),
            granted_at=clock.now(),
        )
    )
    session.flush()


@pytest.fixture
def two_posts(kitchen: Kitchen) -> dict[str, str]:
    """Somebody who manages another canteen and brings meals for this one."""
    elsewhere = make_canteen(kitchen.session, area_code=STREET, name="二食堂")
    account = make_staff(kitchen.session, role=Role.CANTEEN_MANAGER, area_code=STREET, canteen_id=elsewhere.id)
    give_role(kitchen.session, account, Role.DELIVERER, kitchen.lunch.canteen.id)
    return bearer(kitchen.session, account)


def test_the_manager_of_another_canteen_is_a_deliverer_here(kitchen: Kitchen, two_posts: dict[str, str]) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    assert kitchen.hand_over(delivery, two_posts).json["code"] == "not_yours"
    assert kitchen.miss(delivery, two_posts).json["code"] == "not_yours"
    assert kitchen.row(delivery).state == "out"


def test_a_deliverer_opens_no_delivery_by_its_number(kitchen: Kitchen) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    path = f"{API}/{delivery}"
    assert kitchen.lunch.client.get(path, headers=kitchen.deliverer).status_code == 403
    assert kitchen.lunch.client.get(path, headers=kitchen.lunch.cashier).status_code == 200


def test_a_deliverer_learns_nothing_of_why_the_way_is_paid(kitchen: Kitchen) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest(ability_level=3))
    handed = kitchen.hand_over(delivery).json
    assert (handed["fee_fen"], handed["fee_why"]) == (301, {"code": "band", "params": {}})
    (listed,) = kitchen.lunch.client.get(f"{API}/round", headers=kitchen.deliverer).json["items"]
    assert listed["fee_why"] == {"code": "band", "params": {}}
    told = kitchen.lunch.client.get(f"{API}/{delivery}", headers=kitchen.lunch.manager).json["fee_why"]
    assert told["params"]


def test_a_deliverer_takes_over_what_is_brought_today(kitchen: Kitchen) -> None:
    tomorrow = (date.fromisoformat(TODAY) + timedelta(days=1)).isoformat()
    later = kitchen.order(kitchen.lunch.guest(), meal_on=tomorrow).json["id"]
    sign_in(kitchen.lunch.client, kitchen.session, kitchen.deliverer_account)
    token = form_token(kitchen.lunch.client, "/account")
    path = f"/meals/round/{later}/taking"
    assert kitchen.lunch.client.post(path, data={"csrf_token": token}).status_code == 409
    assert kitchen.row(later).deliverer_id is None


def test_a_family_orders_from_a_canteen_near_the_senior(kitchen: Kitchen) -> None:
    senior = kitchen.session.get_one(Senior, kitchen.lunch.guest().senior_id)
    far = make_canteen(kitchen.session, area_code="330108001", name="远食堂")
    dish = make_dish(kitchen.session, canteen=far)
    daughter = make_relative(kitchen.session)
    make_link(kitchen.session, senior, daughter, topics=(Topic.MEALS, Topic.BALANCE))
    sign_in(kitchen.lunch.client, kitchen.session, daughter)
    token = form_token(kitchen.lunch.client, "/account")
    typed: dict[str, Any] = {"canteen_id": far.id, "meal_on": TODAY, "window": "lunch", "dish_id": dish.id}
    refused = kitchen.lunch.client.post(f"/family/{senior.id}/deliveries", data={"csrf_token": token, **typed})
    assert refused.status_code == 422
    assert kitchen.session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_an_order_that_never_left_is_not_coming_the_day_after(kitchen: Kitchen, clock: FrozenClock) -> None:
    card = kitchen.lunch.guest()
    kitchen.order(card)
    daughter = make_relative(kitchen.session)
    senior = kitchen.session.get_one(Senior, card.senior_id)
    make_link(kitchen.session, senior, daughter, topics=(Topic.MEALS, Topic.BALANCE))
    sign_in(kitchen.lunch.client, kitchen.session, daughter)
    page = f"/family/{senior.id}/deliveries"
    assert "取消这份餐" in kitchen.lunch.client.get(page).text
    clock.advance(hours=14)
    sign_in(kitchen.lunch.client, kitchen.session, daughter)
    shown = kitchen.lunch.client.get(page).text
    assert "取消这份餐" not in shown
    assert "没有出餐" in shown


def test_nothing_is_paid_for_the_way_to_somebody_who_had_died(kitchen: Kitchen) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    kitchen.session.execute(text("UPDATE senior_status SET status = 'deceased'"))
    handed = kitchen.hand_over(delivery, kitchen.lunch.manager, received_by="family", receiver="周敏")
    assert (handed.status_code, handed.json["fee_fen"]) == (200, 0)
    assert handed.json["fee_why"]["code"] == "gone"
    page = kitchen.lunch.client.get(f"/meals/deliveries/{delivery}", headers=kitchen.lunch.manager)
    assert "送餐上门不补" in page.text


def test_a_try_that_is_sent_twice_is_one(kitchen: Kitchen, clock: FrozenClock) -> None:
    delivery = kitchen.on_its_way(kitchen.lunch.guest())
    for _ in range(2):
        assert kitchen.miss(delivery, outcome="later").status_code == 201
    assert kitchen.session.scalar(select(func.count()).select_from(DeliveryTry)) == 1
    clock.advance(minutes=20)
    kitchen.miss(delivery, outcome="later")
    assert kitchen.session.scalar(select(func.count()).select_from(DeliveryTry)) == 2


@pytest.mark.parametrize("typed", [{"from": "9999-12-31"}, {"from": "0001-01-01"}, {"after": "x"}, {"canteen": "1e9"}])
@pytest.mark.parametrize("path", ["/meals/deliveries", "/meals/fetched"])
def test_an_address_that_makes_no_sense_is_answered_in_words(
    kitchen: Kitchen, path: str, typed: dict[str, str]
) -> None:
    found = kitchen.lunch.client.get(path, query_string=typed, headers=kitchen.lunch.manager)
    assert found.status_code in (200, 422), found.text


@pytest.mark.parametrize("number", [0, 10**30])
@pytest.mark.parametrize(
    "ask",
    [
        lambda kitchen, n: kitchen.hand_over(n, kitchen.lunch.manager),
        lambda kitchen, n: kitchen.miss(n, kitchen.lunch.manager),
        lambda kitchen, n: kitchen.send_out(n),
        lambda kitchen, n: kitchen.assign(n),
        lambda kitchen, n: kitchen.lunch.client.get(f"{API}/{n}", headers=kitchen.lunch.manager),
    ],
)
def test_a_number_that_nobody_has_is_not_found(
    kitchen: Kitchen, ask: Callable[[Kitchen, int], Any], number: int
) -> None:
    assert ask(kitchen, number).status_code == 404


def test_the_first_look_at_many_doors_asks_no_more_than_at_few(kitchen: Kitchen) -> None:
    from tests.meals.test_pages import counted

    seen = []
    for many in (1, 4):
        for _ in range(many):
            kitchen.on_its_way(kitchen.lunch.guest())
        sign_in(kitchen.lunch.client, kitchen.session, kitchen.deliverer_account)
        with counted() as statements:
            kitchen.lunch.client.get("/meals/round")
        seen.append(sum(not each.startswith("INSERT INTO audit") for each in map(str, statements)))
    assert seen[0] == seen[1]
