"""What a stranger does first: log in as each, and sell a lunch at any hour."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.auth import Actor, Role
from app.auth.queries import find_account_id
from app.clock import ZONE
from app.db import transaction
from app.people.relatives.reach import list_reached
from app.tokens import new_id
from demo.greeting import LOOK_AT
from demo.staff import PASSWORD, POSTS
from demo.tries import list_tries
from tests.conftest import FrozenClock


def log_in(app: Flask, username: str) -> dict[str, str]:
    answer = app.test_client().post("/api/v1/auth/tokens", json={"username": username, "password": PASSWORD})
    assert answer.status_code in {200, 201}, answer.json
    assert answer.json is not None
    return {"Authorization": f"Bearer {answer.json['token']}"}


def tries(now: datetime) -> dict[str, str]:
    with transaction() as session:
        return {each.shows.partition(":")[0]: each.card for each in list_tries(session, now=now)}


def sell(app: Flask, card: str) -> Any:
    """Sell the usual meal of the cashier's canteen."""
    client, headers = app.test_client(), log_in(app, "cashier")
    canteen = client.get("/api/v1/meals/canteens", headers=headers).json["items"][0]  # type: ignore[index]
    menu = client.get(f"/api/v1/meals/canteens/{canteen['id']}/menu", headers=headers).json
    assert menu is not None
    usual = next(item for item in menu["items"] if item["default"])
    return client.post(
        "/api/v1/meals/checkouts",
        json={"card": card, "canteen_id": canteen["id"], "items": [{"dish_id": usual["id"], "count": 1}]},
        headers={**headers, "Idempotency-Key": str(new_id())},
    )


@pytest.mark.parametrize("username", [*sorted(POSTS), "family", "elder"])
def test_each_log_in_of_the_greeting_works(demo: Flask, username: str) -> None:
    assert username in LOOK_AT
    log_in(demo, username)


def test_the_daughter_reaches_two_seniors_and_the_senior_the_own_person(demo: Flask) -> None:
    with transaction() as session:
        for username, role, topics in (("family", Role.FAMILY, [4, 3]), ("elder", Role.ELDER, [4])):
            account_id = find_account_id(session, username=username)
            actor = Actor(account_id=account_id or 0, name=username, roles=frozenset({role}))
            found = list_reached(session, actor=actor, today=clock.business_day(clock.now()))
            assert [len(person.topics) for person in found] == topics
            assert [person.is_self for person in found] == [role is Role.ELDER] * len(topics)


@pytest.mark.parametrize(("days", "hour"), [(1, 3), (2, 12), (3, 23)])
def test_a_sale_is_subsidised_at_any_hour(demo: Flask, demo_clock: FrozenClock, days: int, hour: int) -> None:
    demo_clock.set(datetime(2026, 11, 20, hour, tzinfo=ZONE) + timedelta(days=days))
    card = next(card for shows, card in tries(demo_clock.moment).items() if "has not eaten" in shows)
    answer = sell(demo, card)
    assert answer.status_code == 201, answer.json
    receipt = answer.json
    assert receipt["subsidised"]
    assert receipt["points_fen"] > 0
    public_fen = sum(share["amount_fen"] for share in receipt["shares"])
    assert receipt["price_fen"] == public_fen + receipt["points_fen"] + receipt["cash_fen"]


def test_a_lost_card_buys_nothing(demo: Flask, demo_clock: FrozenClock) -> None:
    answer = sell(demo, tries(demo_clock.moment)["reported lost"])
    assert (answer.status_code, answer.json["code"]) == (409, "card_lost")


def test_a_second_meal_gets_no_subsidy(demo: Flask, demo_clock: FrozenClock) -> None:
    answer = sell(demo, tries(demo_clock.moment)["had this meal already"])
    assert answer.status_code == 201, answer.json
    assert not answer.json["subsidised"]
