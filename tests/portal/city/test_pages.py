"""The picture on pages: opened from the city down to one lunch, each in their own area, with constant queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.auth import Role
from portal.city import folding
from tests.app.areas.factories import make_place
from tests.app.people.factories import bearer, make_staff
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET
from tests.meals.lunch import Lunch
from tests.meals.offices import OTHER_STREET, TODAY, Office

MONTH = f"{TODAY:%Y-%m}"


def fold(session: object, clock: FrozenClock) -> None:
    folding.fold(session, counts=folding.list_counts(), days=62, now=clock.now())  # type: ignore[arg-type]


def links(page: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', page)]


def open_link(client: FlaskClient, headers: dict[str, str], page: str, part: str) -> str:
    """Follow the first link of a page whose address holds some text."""
    found = next((link for link in links(page) if part in link), None)
    assert found, (part, links(page))
    answer = client.get(found, headers=headers, follow_redirects=True)
    assert answer.status_code == 200, (found, answer.text[:300])
    return answer.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_city_is_opened_down_to_one_lunch(lunch: Lunch, clock: FrozenClock, role: Role) -> None:
    sold = lunch.sell(lunch.guest(points_fen=10_000)).get_json()
    fold(lunch.session, clock)
    headers, client = bearer(lunch.session, make_staff(lunch.session, role=role, area_code=CITY)), lunch.client
    page = client.get("/city", headers=headers, follow_redirects=True).text
    page = open_link(client, headers, page, f"/city/{DISTRICT}?")
    page = open_link(client, headers, page, f"/city/{STREET}?")
    page = open_link(client, headers, page, f"/city/{STREET}/figures/meals")
    page = open_link(client, headers, page, f"/city/canteens/{lunch.canteen.id}")
    page = open_link(client, headers, page, f"from={TODAY}")
    page = open_link(client, headers, page, f"sale={sold['id']}")
    page = open_link(client, headers, page, f"/transactions/{sold['id']}")
    assert "文晖一食堂" in page


def test_every_figure_opens_and_its_rows_too(lunch: Lunch, clock: FrozenClock) -> None:
    lunch.sell(lunch.guest(points_fen=10_000, name="王玉兰"))
    fold(lunch.session, clock)
    headers = bearer(lunch.session, make_staff(lunch.session, role=Role.AUDITOR, area_code=CITY))
    page = lunch.client.get(f"/city/{STREET}", headers=headers).text
    for link in sorted(set(links(page))):
        if link.startswith("/city/"):
            opened = lunch.client.get(link, headers=headers)
            assert opened.status_code == 200, link
            for rows in {each for each in links(opened.text) if "/rows/" in each and "on=" not in each}:
                answer = lunch.client.get(rows, headers=headers, follow_redirects=True)
                assert answer.status_code == 200, rows
                assert "王玉兰" not in answer.text
    rows = lunch.client.get(f"/city/{STREET}/rows/points_granted?on={TODAY}", headers=headers).text
    assert "100.00" in rows
    assert "王*兰" in rows
    assert "王*兰" in lunch.client.get(f"/city/{STREET}/rows/people_80", headers=headers).text


@pytest.mark.parametrize(
    "case",
    [
        (Role.AUDITOR, CITY, CITY, 200),
        (Role.AUDITOR, CITY, STREET, 200),
        (Role.DISTRICT_APPROVER, DISTRICT, DISTRICT, 200),
        (Role.DISTRICT_APPROVER, DISTRICT, CITY, 404),
        (Role.DISTRICT_APPROVER, DISTRICT, OTHER_STREET, 404),
        (Role.STREET_CLERK, STREET, STREET, 200),
        (Role.STREET_CLERK, STREET, DISTRICT, 404),
        (Role.STREET_CLERK, STREET, "330105011001", 404),
        (Role.OPERATOR, STREET, STREET, 403),
        (Role.CASHIER, STREET, STREET, 403),
    ],
)
def test_each_sees_their_own_places(
    office: Office, client: FlaskClient, clock: FrozenClock, case: tuple[Role, str, str, int]
) -> None:
    role, own, asked, status = case
    canteen = office.first if role is Role.CASHIER else None
    headers = office.log_in(role, area_code=own, canteen=canteen)
    make_place(office.session, "330105011001")
    fold(office.session, clock)
    for path in ("", "/figures/meals", "/rows/alerts"):
        assert client.get(f"/city/{asked}{path}", headers=headers).status_code == status, path
    if status == 404:
        page = client.get("/city", headers=headers, follow_redirects=True).text
        assert f"/city/{asked}?" not in page


def test_a_month_is_compared_with_the_same_days_of_the_one_before(
    office: Office, client: FlaskClient, clock: FrozenClock
) -> None:
    guest = office.guest()
    for days_ago in (0, 1, 31, 20):
        office.sold(guest, meal_on=TODAY - timedelta(days=days_ago))
    office.sold(guest, meal_on=TODAY.replace(month=10, day=25))
    fold(office.session, clock)
    headers = office.log_in(Role.AUDITOR, area_code=CITY)
    page = client.get(f"/city/{CITY}?month={MONTH}", headers=headers).text
    assert re.search(r"用餐.*?<b>2</b>", page, re.DOTALL) or re.search(r"<b>2</b>", page)
    whole = client.get(f"/city/{CITY}?month=2026-10", headers=headers).text
    assert "<b>3</b>" in whole
    assert client.get(f"/city/{CITY}?month=2027-01", headers=headers).status_code == 200
    assert client.get(f"/city/{CITY}?month=nonsense", headers=headers).status_code == 200


def test_queries_do_not_grow_with_places_days_and_rows(
    office: Office, client: FlaskClient, clock: FrozenClock, count_statements: Any
) -> None:
    headers = office.log_in(Role.AUDITOR, area_code=CITY)
    office.sold()
    fold(office.session, clock)
    paths = [f"/city/{CITY}", f"/city/{STREET}", f"/city/{CITY}/figures/meals", f"/city/{STREET}/rows/people_60"]

    def count() -> list[int]:
        found = []
        for path in paths:
            client.get(path, headers=headers)
            with count_statements() as seen:
                assert client.get(path, headers=headers).status_code == 200
            found.append(len(seen))
        return found

    before = count()
    for number in range(12):
        office.sold(canteen=office.elsewhere if number % 2 else office.second, meal_on=TODAY - timedelta(days=number))
    fold(office.session, clock)
    assert count() == before
    assert max(before) < 20
