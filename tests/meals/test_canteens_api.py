"""The API of canteens, menus, tills, sales and failed scans: one good call each, each refusal, each role."""

from datetime import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.auth import Role
from tests.meals.factories import CITY, DISTRICT, STREET, make_dish, make_failed_scan, make_policy
from tests.meals.lunch import Lunch
from tests.meals.offices import OTHER_STREET, TODAY, Office

API = "/api/v1/meals"
CANTEEN: dict[str, Any] = {
    "code": "NEW-1",
    "kind": "canteen",
    "name": "新食堂",
    "area": STREET,
    "licence_expires_on": "2027-12-31",
    "agreement_expires_on": "2027-12-31",
}
DISH: dict[str, Any] = {"kind": "set_meal", "name": "A 套餐", "price_fen": 1600}


def test_canteens_have_id_name_and_area(office: Office, client: FlaskClient) -> None:
    answer = client.get(f"{API}/canteens?limit=1", headers=office.log_in(Role.AUDITOR, area_code=CITY))
    assert answer.status_code == 200
    body = answer.get_json()
    assert {name: body["items"][0][name] for name in ("id", "name", "area", "opening", "licence")} == {
        "id": office.first.id,
        "name": "文晖一食堂",
        "area": STREET,
        "opening": "open",
        "licence": "valid",
    }
    rest = client.get(f"{API}/canteens?after={body['next']}", headers=office.log_in(Role.AUDITOR, area_code=CITY))
    assert [item["name"] for item in rest.get_json()["items"]] == ["文晖二食堂", "北山食堂"]


def test_a_clerk_opens_and_changes_a_canteen(office: Office, client: FlaskClient) -> None:
    clerk = office.log_in(Role.STREET_CLERK)
    opened = client.post(f"{API}/canteens", json=CANTEEN, headers=clerk)
    assert opened.status_code == 201
    canteen_id = opened.get_json()["id"]
    changed = client.patch(f"{API}/canteens/{canteen_id}", json={"seats": 40, "weekdays": [1, 2]}, headers=clerk)
    assert changed.status_code == 200
    shown = client.get(f"{API}/canteens/{canteen_id}", headers=clerk).get_json()
    assert (shown["canteen"]["seats"], shown["canteen"]["weekdays"]) == (40, [1, 2])
    assert (shown["closures"], shown["tills"]) == ([], [])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "a b"}, "code"),
        ({"code": "NEW\n"}, "code"),
        ({"code": "A-01"}, "code"),
        ({"kind": "pub"}, "kind"),
        ({"name": " "}, "name"),
        ({"name": "一\n二"}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"area": "33010501"}, "area"),
        ({"area": OTHER_STREET}, "area"),
        ({"seats": -1}, "seats"),
        ({"seats": "80"}, "seats"),
        ({"seats": 5001}, "seats"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [0]}, "weekdays"),
        ({"licence_expires_on": "soon"}, "licence_expires_on"),
        ({"kitchen_id": 2**63}, "kitchen_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_canteen_with_a_fault_is_refused_naming_the_field(
    office: Office, client: FlaskClient, changed: dict[str, Any], field: str
) -> None:
    answer = client.post(f"{API}/canteens", json={**CANTEEN, **changed}, headers=office.log_in(Role.STREET_CLERK))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert list(answer.get_json()["errors"]) == [field]


@pytest.mark.parametrize("missing", ["code", "kind", "name", "area", "licence_expires_on", "agreement_expires_on"])
def test_what_a_canteen_needs_is_asked_for(office: Office, client: FlaskClient, missing: str) -> None:
    body = {name: value for name, value in CANTEEN.items() if name != missing}
    answer = client.post(f"{API}/canteens", json=body, headers=office.log_in(Role.STREET_CLERK))
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [missing])


def test_a_manager_cooks_but_does_not_prolong_the_licence(office: Office, client: FlaskClient) -> None:
    manager, canteen = office.log_in(Role.CANTEEN_MANAGER, canteen=office.first), f"{API}/canteens/{office.first.id}"
    day = {"closed_on": "2026-11-25", "reason": "停水"}
    assert client.post(f"{canteen}/closures", json=day, headers=manager).status_code == 201
    assert client.delete(f"{canteen}/closures?closed_on=2026-11-25", headers=manager).status_code == 204
    dish = client.post(f"{canteen}/dishes", json=DISH, headers=manager)
    assert dish.status_code == 201
    own = f"{canteen}/dishes/{dish.get_json()['id']}"
    assert client.patch(own, json={"name": "B 套餐"}, headers=manager).get_json()["name"] == "B 套餐"
    price = client.post(f"{own}/prices", json={"price_fen": 1700, "valid_from": "2026-12-01"}, headers=manager)
    assert price.status_code == 201
    assert price.get_json()["valid_until"] is None
    assert client.delete(own, headers=manager).status_code == 204
    assert client.patch(canteen, json={"licence_expires_on": "2030-01-01"}, headers=manager).status_code == 403
    assert client.post(f"{canteen}/tills", json={}, headers=manager).status_code == 403


def test_a_clerk_sets_up_and_withdraws_a_till(office: Office, client: FlaskClient) -> None:
    clerk, tills = office.log_in(Role.STREET_CLERK), f"{API}/canteens/{office.first.id}/tills"
    opened = client.post(tills, json={}, headers=clerk)
    assert (opened.status_code, opened.get_json()["number"]) == (201, 2)
    assert client.delete(f"{tills}/{opened.get_json()['id']}", headers=clerk).status_code == 204
    taken = client.post(tills, json={"number": 1}, headers=clerk)
    assert (taken.status_code, list(taken.get_json()["errors"])) == (422, ["number"])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/canteens/{id}", None),
        ("patch", "/canteens/{id}", {"seats": 1}),
        ("post", "/canteens/{id}/closures", {"closed_on": "2026-11-25", "reason": "停水"}),
        ("post", "/canteens/{id}/dishes", DISH),
        ("post", "/canteens/{id}/tills", {}),
        ("get", "/canteens/{id}/menu", None),
    ],
)
def test_a_canteen_outside_the_area_does_not_exist(
    office: Office, client: FlaskClient, method: str, path: str, body: Any
) -> None:
    address = API + path.format(id=office.elsewhere.id)
    answer = client.open(address, method=method.upper(), json=body, headers=office.log_in(Role.STREET_CLERK))
    assert (answer.status_code, answer.get_json()["code"]) == (404, "canteen_not_found")


def test_the_menu_tells_the_window_and_what_a_touch_sells(office: Office, client: FlaskClient) -> None:
    make_policy(office.session)
    make_dish(office.session, canteen=office.first, is_default=True)
    cashier = office.log_in(Role.CASHIER, canteen=office.first)
    body = client.get(f"{API}/canteens/{office.first.id}/menu", headers=cashier).get_json()
    assert body["window"] == {
        "name": "lunch",
        "until": "2026-11-20T13:30:00+08:00",
        "label": {"zh": "午餐", "en": "Lunch"},
    }
    assert {name: body["items"][0][name] for name in ("name", "name_en", "price_fen", "kind", "default")} == {
        "name": "A 套餐",
        "name_en": "Set meal A",
        "price_fen": 1600,
        "kind": "set_meal",
        "default": True,
    }
    other = client.get(f"{API}/canteens/{office.first.id}/menu?on=2025-01-01", headers=cashier).get_json()
    assert (other["on"], other["window"], other["items"]) == ("2025-01-01", None, [])


def test_a_till_tells_its_day_in_the_language_asked_for(lunch: Lunch) -> None:
    lunch.sell(lunch.guest())
    for language, what in (("zh", "A 套餐"), ("en", "Set meal A")):
        headers = {**lunch.cashier, "Accept-Language": language}
        body = lunch.client.get(f"{API}/tills/{lunch.till.id}/today", headers=headers).get_json()
        assert body["totals"]["count"] == 1
        assert (body["recent"][0]["what"], body["recent"][0]["state"]) == (what, "sold")


def test_guests_are_found_for_a_till_with_the_number_to_serve_them_by(office: Office, client: FlaskClient) -> None:
    _senior, card = office.guest("王玉兰")
    cashier = office.log_in(Role.CASHIER, canteen=office.first)
    address = f"{API}/tills/{office.till.id}/guests"
    found = client.get(f"{address}?query=玉兰", headers=cashier).get_json()["items"]
    assert [(item["name"], item["card"], item["card_tail"]) for item in found] == [
        ("王*兰", card.number, card.number[-4:])
    ]
    assert client.get(f"{address}?query=王", headers=cashier).status_code == 422
    assert client.get(address, headers=cashier).status_code == 422


def test_sales_are_listed_for_today_and_page_by_cursor(office: Office, client: FlaskClient) -> None:
    early, late = office.sold(at=time(10, 30)), office.sold(at=time(11, 30))
    auditor = office.log_in(Role.AUDITOR, area_code=DISTRICT)
    first = client.get(f"{API}/checkouts?limit=1", headers=auditor).get_json()
    assert [item["id"] for item in first["items"]] == [str(late.id)]
    second = client.get(f"{API}/checkouts?limit=1&after={first['next']}", headers=auditor).get_json()
    assert [item["id"] for item in second["items"]] == [str(early.id)]
    assert second["next"] is None
    yesterday = client.get(f"{API}/checkouts?from=2026-11-01&until=2026-11-19", headers=auditor).get_json()
    assert yesterday["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-13-01", "from"),
        ("from=2026-01-01&until=2026-11-20", "until"),
        ("until=2026-01-01&from=2026-11-20", "until"),
        ("state=eaten", "state"),
        ("window=tea", "window"),
        ("limit=0", "limit"),
        ("after=xyz", "after"),
        ("canteen_id=-1", "canteen_id"),
    ],
)
def test_filters_that_make_no_sense_are_refused_by_name(
    office: Office, client: FlaskClient, query: str, field: str
) -> None:
    answer = client.get(f"{API}/checkouts?{query}", headers=office.log_in(Role.AUDITOR))
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_one_sale_explains_itself(lunch: Lunch) -> None:
    receipt = lunch.sell(lunch.guest(points_fen=600)).get_json()
    shown = lunch.client.get(f"{API}/checkouts/{receipt['id']}", headers=lunch.manager)
    assert shown.status_code == 200
    sale = shown.get_json()
    assert sale["explanation"] == receipt["explanation"]
    assert sale["policies"] == receipt["policies"]
    assert sum(share["amount_fen"] for share in sale["shares"]) + sale["points_fen"] + sale["cash_fen"] == 1600
    missing = lunch.client.get(f"{API}/checkouts/{'0' * 8}-0000-0000-0000-{'0' * 12}", headers=lunch.manager)
    assert (missing.status_code, missing.get_json()["code"]) == (404, "checkout_not_found")


def test_failed_scans_are_listed(office: Office, client: FlaskClient) -> None:
    scan = make_failed_scan(office.session, canteen=office.first, account_id=office.cashier_id)
    auditor = office.log_in(Role.AUDITOR)
    items = client.get(f"{API}/failed-scans", headers=auditor).get_json()["items"]
    assert [(item["id"], item["reason"], item["guest"]) for item in items] == [(scan.id, "card_unknown", None)]
    assert client.get(f"{API}/failed-scans?reason=card_lost", headers=auditor).get_json()["items"] == []
    later = client.get(f"{API}/failed-scans?from=2026-12-01", headers=auditor)
    assert (later.status_code, later.get_json()["items"]) == (200, [])


@pytest.mark.parametrize(
    ("path", "closed_to"),
    [
        ("/checkouts", [Role.CASHIER]),
        ("/failed-scans", [Role.CASHIER]),
        ("/tills/1/today", [Role.STREET_CLERK, Role.DISTRICT_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR]),
        ("/tills/1/guests?query=王玉", [Role.STREET_CLERK, Role.AUDITOR, Role.ADMINISTRATOR]),
    ],
)
def test_roles_without_that_task_are_refused(
    office: Office, client: FlaskClient, path: str, closed_to: list[Role]
) -> None:
    for role in closed_to:
        canteen = office.first if role is Role.CASHIER else None
        assert client.get(API + path, headers=office.log_in(role, canteen=canteen)).status_code == 403


@pytest.mark.parametrize("role", [Role.DISTRICT_APPROVER, Role.AUDITOR])
def test_approvers_and_auditors_change_nothing(office: Office, client: FlaskClient, role: Role) -> None:
    headers = office.log_in(role, area_code=DISTRICT)
    for path, body in (
        ("/canteens", CANTEEN),
        (f"/canteens/{office.first.id}/dishes", DISH),
        (f"/canteens/{office.first.id}/closures", {"closed_on": TODAY.isoformat(), "reason": "停水"}),
        (f"/canteens/{office.first.id}/tills", {}),
    ):
        assert client.post(API + path, json=body, headers=headers).status_code == 403


def test_nobody_unknown_reads_anything(client: FlaskClient) -> None:
    for path in ("/canteens", "/checkouts", "/failed-scans", "/tills/1/today"):
        assert client.get(API + path).status_code == 401
