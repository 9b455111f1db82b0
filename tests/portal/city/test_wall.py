"""Walls, reports, files and the interface: no person on a wall, a screen goes dark when it is sent away."""

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.auth import Role
from portal.city.exports import EXPORT
from portal.city.models import CityDisplay
from portal.city.targets import EXAMPLE
from portal.city.wall_pages import COOKIE
from portal.city.words import FIGURE_NAMES
from tests.app.people.factories import make_actor
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET, make_policy
from tests.meals.offices import TODAY, Office
from tests.portal.city.test_folding import fold


@pytest.fixture
def wall(app: Flask, office: Office) -> FlaskClient:
    """Return a screen: a browser that nobody is logged in at."""
    from tests.conftest import SharingClient

    return SharingClient(app, app.response_class)


def type_code(wall: FlaskClient, code: str) -> int:
    """Type a code on the page of the screen, and return how it was answered."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', wall.get("/city/wall").text)
    return wall.post("/city/wall", data={"code": code, "csrf_token": token.group(1) if token else ""}).status_code


def make_code(client: FlaskClient, headers: dict[str, str], area: str = CITY, name: str = "大厅") -> str:
    page = client.post("/city/displays", data={"area_code": area, "name": name, "language": "zh"}, headers=headers)
    assert page.status_code == 200, page.text
    found = re.search(r"answer num\">(\d{4}) (\d{4})<", page.text)
    assert found
    return "".join(found.groups())


def test_a_screen_shows_its_place_without_anybody_and_goes_dark_when_sent_away(
    office: Office, client: FlaskClient, wall: FlaskClient, clock: FrozenClock
) -> None:
    office.sold(office.guest("王玉兰"))
    fold(office, clock, days=3)
    assert "/city/wall" in wall.get("/city/wall").text
    admin = office.log_in(Role.ADMINISTRATOR, area_code=CITY)
    code = make_code(client, admin)
    assert type_code(wall, "0000 0000") == 422
    assert type_code(wall, f"{code[:4]} {code[4:]}") == 303
    page = wall.get("/city/wall").text
    assert "as-of" in page
    build = re.search(r"build=(\w+)", page)
    assert build
    figures = wall.get(f"/city/wall/figures?build={build.group(1)}")
    assert figures.status_code == 200
    assert "HX-Refresh" not in figures.headers
    for text in (page, figures.text):
        assert "玉兰" not in text
        assert "陈芳" not in text
    assert wall.get("/city/wall/figures?build=old").headers["HX-Refresh"] == "true"
    assert wall.get(f"/city/{CITY}").status_code in (302, 303, 401)
    display = office.session.scalars(select(CityDisplay)).one()
    assert client.post(f"/city/displays/{display.id}/revocation", headers=admin).status_code == 303
    assert wall.get(f"/city/wall/figures?build={build.group(1)}").headers["HX-Refresh"] == "true"
    assert "as-of" not in wall.get("/city/wall").text
    assert type_code(wall, code) == 422
    noted = select(AuditEntry.action).where(AuditEntry.subject_kind == "city_display").order_by(AuditEntry.id)
    told = ["city_display.offered", "city_display.hung_up", "city_display.revoked"]
    assert list(office.session.scalars(noted)) == told


def test_a_screen_that_was_forgotten_for_a_month_shows_nothing_until_it_is_hung_up_again(
    office: Office, client: FlaskClient, wall: FlaskClient, clock: FrozenClock
) -> None:
    fold(office, clock, days=3)
    admin = office.log_in(Role.ADMINISTRATOR, area_code=CITY)
    assert type_code(wall, make_code(client, admin)) == 303
    for days in (30, 30):  # a long holiday, and another one
        clock.advance(days=days)
        assert "as-of" in wall.get("/city/wall").text
    clock.advance(days=30, minutes=1)
    assert "as-of" not in wall.get("/city/wall").text
    admin = office.log_in(Role.ADMINISTRATOR, area_code=CITY)
    assert "停用已满一个月，需要新码" in client.get("/city/displays", headers=admin).text
    display = office.session.scalars(select(CityDisplay)).one()
    renewed = client.post(f"/city/displays/{display.id}/code", headers=admin).text
    code = re.search(r"answer num\">(\d{4}) (\d{4})<", renewed)
    assert code
    assert type_code(wall, "".join(code.groups())) == 303
    assert "as-of" in wall.get("/city/wall").text
    assert "需要新码" not in client.get("/city/displays", headers=admin).text


def test_a_code_is_good_for_half_an_hour_and_guessing_is_stopped(
    office: Office, client: FlaskClient, wall: FlaskClient, clock: FrozenClock
) -> None:
    admin = office.log_in(Role.ADMINISTRATOR, area_code=CITY)
    code = make_code(client, admin)
    clock.advance(minutes=30)
    assert type_code(wall, code) == 422
    display = office.session.scalars(select(CityDisplay)).one()
    assert client.post(f"/city/displays/{display.id}/code", headers=admin).status_code == 200
    for _try in range(5):
        type_code(wall, "11112222")
    assert type_code(wall, make_code(client, admin)) == 429
    assert COOKIE not in str(wall.get("/city/wall").headers)


def test_screens_are_made_for_ones_own_places_only(office: Office, client: FlaskClient, clock: FrozenClock) -> None:
    approver = office.log_in(Role.DISTRICT_APPROVER, area_code=DISTRICT)
    asked = {"area_code": CITY, "name": "大厅", "language": "zh"}
    assert client.post("/city/displays", data=asked, headers=approver).status_code == 404
    make_code(client, office.log_in(Role.ADMINISTRATOR, area_code=CITY), name="市里")
    assert "市里" not in client.get("/city/displays", headers=approver).text
    display = office.session.scalars(select(CityDisplay)).one()
    assert client.post(f"/city/displays/{display.id}/revocation", headers=approver).status_code == 404
    assert client.get("/city/displays", headers=office.log_in(Role.AUDITOR, area_code=CITY)).status_code == 403


def test_whoever_may_look_at_the_picture_sees_its_wall(office: Office, client: FlaskClient, clock: FrozenClock) -> None:
    fold(office, clock, days=3)
    assert "as-of" in client.get("/city/wall", headers=office.log_in(Role.AUDITOR, area_code=CITY)).text
    cashier = office.log_in(Role.CASHIER, canteen=office.first)
    assert "as-of" not in client.get("/city/wall", headers=cashier).text


def test_the_report_tells_how_and_when_each_figure_was_counted(
    office: Office, client: FlaskClient, clock: FrozenClock
) -> None:
    make_policy(office.session, kind="city_targets", body=dict(EXAMPLE))
    office.sold()
    fold(office, clock, days=3)
    headers = office.log_in(Role.AUDITOR, area_code=CITY)
    page = client.get(f"/city/{CITY}/report?month={TODAY:%Y-%m}", headers=headers).text
    assert "11:48" in page
    assert page.count("report-part") > 5
    clerk = office.log_in(Role.STREET_CLERK)
    assert client.get(f"/city/{CITY}/report", headers=clerk).status_code == 404
    assert client.get(f"/city/{STREET}/report", headers=clerk).status_code == 200


def test_a_part_is_judged_by_its_own_targets(office: Office, clock: FrozenClock) -> None:
    make_policy(office.session, kind="city_targets", body=dict(EXAMPLE))
    own = {"targets": [{"figure": "cards", "at_least_percent": 55}]}
    make_policy(office.session, kind="city_targets", area_code=DISTRICT, body=own)
    office.sold(office.guest())
    fold(office, clock, days=3)
    actor = make_actor(office.session, roles=[Role.AUDITOR], area_code=CITY)
    rows = list(EXPORT.rows(office.session, actor, {"area": CITY, "month": f"{TODAY:%Y-%m}"}, False))
    told = {(row[0], row[2]): row[8] for row in rows if row[8]}
    cards = {place: target for (place, name), target in told.items() if name == str(FIGURE_NAMES["cards"])}
    assert "95" in cards[CITY]
    assert "55" in cards[DISTRICT]


def test_figures_leave_as_a_file_and_over_the_interface(
    office: Office, client: FlaskClient, clock: FrozenClock
) -> None:
    make_policy(office.session, kind="city_targets", body=dict(EXAMPLE))
    office.sold(office.guest())
    fold(office, clock, days=3)
    headers = office.log_in(Role.AUDITOR, area_code=CITY)
    wish = {"purpose": "月度报告", "file_format": "csv"}
    answer = client.post(f"/exports/new/city_figures?area={DISTRICT}&month={TODAY:%Y-%m}", data=wish, headers=headers)
    assert answer.status_code == 303, answer.text
    data = client.post(f"{answer.headers['Location']}/file", headers=headers, buffered=True).data
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {DISTRICT, STREET}
    found: dict[str, Any] = client.get(f"/api/v1/city/areas/{DISTRICT}", headers=headers).get_json()
    told = {figure["code"]: figure for figure in found["figures"]}
    assert (told["meals"]["amount"], told["cards"]["permille"], told["cards"]["is_met"]) == (1, 1000, True)
    assert [part["code"] for part in found["parts"]] == [STREET]
    days = client.get(f"/api/v1/city/areas/{DISTRICT}/days", headers=headers).get_json()["items"]
    assert days[-1]["sums"]["meals"] == 1
    clerk = office.log_in(Role.STREET_CLERK)
    assert client.get(f"/api/v1/city/areas/{DISTRICT}", headers=clerk).status_code == 404
    assert client.get(f"/api/v1/city/areas/{DISTRICT}?month=x", headers=headers).status_code == 422
