"""Sales priced again: the same from their own facts; different when anything was changed or a document was wrong."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.auth import Role
from meals.desk.repricing import reprice
from meals.models import Checkout
from tests.app.people.factories import bearer, make_staff
from tests.meals.factories import CITY, make_policy
from tests.meals.lunch import Lunch


def sell(lunch: Lunch, **about: int) -> Checkout:
    """Sell one meal and return its row."""
    sold = lunch.sell(lunch.guest(**about)).get_json()
    return lunch.session.scalars(select(Checkout).where(Checkout.id == UUID(sold["id"]))).one()


@pytest.mark.parametrize("points_fen", [0, 50, 600, 10_000])
def test_a_sale_comes_out_the_same_from_its_facts(lunch: Lunch, points_fen: int) -> None:
    again = reprice(lunch.session, sell(lunch, points_fen=points_fen))
    assert again.is_same, [line for line in again.lines if not line.is_same]
    assert ("当天年龄", "82") in [(str(name), value) for name, value in again.facts]


def test_a_second_lunch_at_full_price_comes_out_the_same(lunch: Lunch) -> None:
    guest = lunch.guest()
    lunch.sell(guest)
    second = lunch.sell(guest).get_json()
    row = lunch.session.scalars(select(Checkout).where(Checkout.id == UUID(second["id"]))).one()
    again = reprice(lunch.session, row)
    assert row.public_fen == 0
    assert again.is_same, [line for line in again.lines if not line.is_same]


def test_a_fact_that_was_changed_afterwards_shows(lunch: Lunch) -> None:
    sold = sell(lunch)
    lunch.session.expunge(sold)
    sold.facts = {**sold.facts, "age": 61}
    again = reprice(lunch.session, sold)
    different = {str(line.name): (line.kept, line.again) for line in again.lines if not line.is_same}
    assert not again.is_same
    assert different["市"] == ("3.20", "0.64")


def test_a_sale_by_another_document_than_the_one_in_force_shows(lunch: Lunch) -> None:
    sold = sell(lunch)
    lunch.session.execute(text("UPDATE policy_document SET valid_until = '2026-11-01' WHERE kind = 'meal_discount'"))
    make_policy(
        lunch.session,
        valid_from=sold.meal_on,
        body={
            "windows": [{"name": "lunch", "from": "10:00", "until": "13:30"}],
            "bands": [{"when": {"age": {"from": 60}}, "guest_pays_percent": 80}],
            "payers": [{"payer": "city", "percent": 100, "remainder": True}],
            "points": {"may_pay_percent": 100},
            "limits": [{"per": "window", "subsidised": 1}],
        },
    )
    assert not reprice(lunch.session, sold).is_same


def test_both_pages_show_it_side_by_side(lunch: Lunch, client: FlaskClient) -> None:
    sold = sell(lunch)
    headers = bearer(lunch.session, make_staff(lunch.session, role=Role.AUDITOR, area_code=CITY))
    for address in (f"/meals/sales/{sold.id}", f"/wallets/{sold.home}/transactions/{sold.id}"):
        assert "再算一遍" in client.get(address, headers=headers).text
        page = client.get(f"{address}?again=yes", headers=headers).text
        assert "结果一样" in page
        assert "补一半" in page or "自己付一半" in page or "50" in page


def test_a_row_without_facts_says_so(lunch: Lunch) -> None:
    sold = sell(lunch)
    lunch.session.expunge(sold)
    sold.facts = {"age": 82}
    assert reprice(lunch.session, sold).missing
