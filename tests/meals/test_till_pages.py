"""The till page as the server gives it: for whom, which till, and what its modules start with."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from meals.till_pages import TILL_COOKIE
from tests.app.people.factories import bearer, make_staff
from tests.meals.factories import STREET, make_canteen, make_dish, make_till
from tests.meals.lunch import Lunch


def start_of(page: str) -> dict[str, Any]:
    """Return what the page hands to its modules."""
    found = re.search(r'<script type="application/json" id="till-start">(.*?)</script>', page, re.DOTALL)
    assert found
    start: dict[str, Any] = json.loads(found[1])
    return start


def test_nobody_sees_a_till_without_logging_in(client: FlaskClient) -> None:
    answer = client.get("/till")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/till"


def test_a_clerk_has_no_till(client: FlaskClient, session: Session) -> None:
    assert client.get("/till", headers=bearer(session, make_staff(session))).status_code == 403


def test_the_only_till_opens_at_once(lunch: Lunch) -> None:
    make_dish(lunch.session, canteen=lunch.canteen, name="米饭", kind="dish", price_fen=100, position=2)
    start = start_of(lunch.client.get("/till", headers=lunch.cashier).text)
    assert start["till"] == {"id": lunch.till.id, "number": 1}
    assert start["canteen"] == {"id": lunch.canteen.id, "name": "文晖一食堂"}
    assert start["menu"]["window"]["name"] == "lunch"
    assert [(item["name"], item["default"]) for item in start["menu"]["items"]] == [("A 套餐", True), ("米饭", False)]
    assert start["today"]["totals"]["count"] == 0


def test_the_page_knows_what_was_sold_today(lunch: Lunch) -> None:
    lunch.sell(lunch.guest())
    start = start_of(lunch.client.get("/till", headers=lunch.cashier).text)
    assert start["today"]["totals"]["count"] == 1
    assert start["today"]["recent"][0]["guest"] == "王*英"


def test_the_page_carries_no_unmasked_name(lunch: Lunch) -> None:
    lunch.sell(lunch.guest(name="欧阳致远"))
    assert "欧阳致远" not in lunch.client.get("/till", headers=lunch.cashier).text


@pytest.mark.parametrize(("language", "word"), [("zh", "请刷卡"), ("en", "Scan the card")])
def test_the_modules_speak_the_language_of_the_page(lunch: Lunch, language: str, word: str) -> None:
    lunch.client.set_cookie("language", language)
    assert start_of(lunch.client.get("/till", headers=lunch.cashier).text)["words"]["idle.word"] == word


def test_with_several_tills_the_browser_is_asked_once(lunch: Lunch) -> None:
    second = make_till(lunch.session, canteen=lunch.canteen, number=2)
    make_till(lunch.session, canteen=lunch.canteen, number=3, withdrawn_on=lunch.canteen.licence_expires_on)
    asked = lunch.client.get("/till", headers=lunch.cashier).text
    assert re.findall(r'name="till" value="(\d+)"', asked) == [str(lunch.till.id), str(second.id)]
    answer = lunch.client.post("/till/choose", data={"till": second.id}, headers=lunch.cashier)
    assert (answer.status_code, answer.location) == (303, "/till")
    assert start_of(lunch.client.get("/till", headers=lunch.cashier).text)["till"]["number"] == 2
    assert "2 号台" in lunch.client.get("/till/choose", headers=lunch.cashier).text


def test_a_till_of_another_canteen_cannot_be_chosen(lunch: Lunch) -> None:
    other = make_till(lunch.session, canteen=make_canteen(lunch.session, area_code=STREET))
    answer = lunch.client.post("/till/choose", data={"till": other.id}, headers=lunch.cashier)
    assert answer.status_code == 404
    assert TILL_COOKIE not in answer.headers.get("Set-Cookie", "")


def test_a_cashier_whose_canteen_has_no_till_is_told_what_to_do(lunch: Lunch) -> None:
    lunch.till.withdrawn_on = lunch.canteen.licence_expires_on
    lunch.session.flush()
    page = lunch.client.get("/till", headers=lunch.cashier).text
    assert "till-start" not in page
    assert "食堂管理员" in page


def test_the_guests_window_knows_its_channel_and_nothing_else(lunch: Lunch) -> None:
    page = lunch.client.get(f"/till/guest/{lunch.till.id}", headers=lunch.cashier).text
    assert f"chongyang-till-{lunch.till.id}" in page
    assert "till-start" not in page
