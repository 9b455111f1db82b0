"""Meals fetched for others: who, for whom and why is written down beside the sale."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.auth.actor import Role
from meals.deliveries.models import CheckoutFetch
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import Kitchen
from tests.meals.factories import STREET, make_canteen


def fetch(kitchen: Kitchen, sale: str, by: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"relation": "neighbour", "reason": "hard_to_walk", "name": "周阿英", **more}
    return kitchen.lunch.client.put(
        f"/api/v1/meals/checkouts/{sale}/fetching", json=body, headers=by or kitchen.lunch.cashier
    )


@pytest.fixture
def sale(kitchen: Kitchen) -> str:
    return str(kitchen.lunch.sell(kitchen.lunch.guest(name="王玉兰")).json["id"])


def test_who_fetched_is_kept_masked_and_sealed_and_the_last_word_counts(kitchen: Kitchen, sale: str) -> None:
    said = fetch(kitchen, sale)
    assert said.status_code == 200, said.json
    assert (said.json["fetcher"], said.json["relation"], said.json["reason"]) == ("周*英", "neighbour", "hard_to_walk")
    other = kitchen.lunch.guest(name="李大伯")
    again = fetch(kitchen, sale, card=other.number, name="", relation="spouse")
    assert (again.json["fetcher"], again.json["relation"]) == ("李*伯", "spouse")
    rows = kitchen.session.scalars(select(CheckoutFetch)).all()
    assert [(row.fetcher_senior_id, row.name_sealed) for row in rows] == [(other.senior_id, None)]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "王玉兰"}, "name"),
        ({"card": "6021000000000000004"}, "card"),
        ({"reason": "other"}, "words"),
        ({"relation": "cat"}, "relation"),
    ],
)
def test_a_fetcher_is_somebody_else_with_a_name(kitchen: Kitchen, sale: str, more: dict[str, str], field: str) -> None:
    refused = fetch(kitchen, sale, **more)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


def test_the_guests_own_card_fetches_nothing(kitchen: Kitchen) -> None:
    card = kitchen.lunch.guest()
    sold = kitchen.lunch.sell(card).json["id"]
    assert list(fetch(kitchen, sold, card=card.number).json["errors"]) == ["card"]


def test_the_next_day_is_the_managers(kitchen: Kitchen, sale: str, clock: FrozenClock) -> None:
    clock.advance(days=1)
    assert fetch(kitchen, sale).json["code"] == "fetch_too_late"
    assert fetch(kitchen, sale, kitchen.lunch.manager).status_code == 200


def test_of_an_undone_sale_and_of_other_canteens_nothing_is_said(kitchen: Kitchen, sale: str) -> None:
    other = make_canteen(kitchen.session, area_code=STREET)
    staff = make_staff(kitchen.session, role=Role.CASHIER, area_code=STREET, canteen_id=other.id)
    assert fetch(kitchen, sale, bearer(kitchen.session, staff)).json["code"] == "checkout_not_found"
    kitchen.lunch.undo(sale)
    assert fetch(kitchen, sale).json["code"] == "already_reversed"
    assert kitchen.session.scalar(select(func.count()).select_from(CheckoutFetch)) == 0
