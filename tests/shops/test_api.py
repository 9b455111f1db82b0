"""Shops over HTTP: one good call each, who may, and what a retry gets."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.auth.actor import Role
from tests.app.auth.factories import bearer, make_account, make_token
from tests.shops.factories import DISTRICT, STREET
from tests.shops.store import Store

BASE = "/api/v1/shops"
SHOP: dict[str, Any] = {
    "code": "SM-88",
    "sort": "supermarket",
    "area_code": STREET,
    "name": "新超市",
    "agreement_number": "XY-8",
    "agreement_from": "2026-01-01",
    "agreement_expires_on": "2027-12-31",
    "weekdays": [1, 2, 3],
    "opens_at": "08:00",
    "closes_at": "18:00",
}


@pytest.fixture
def as_role(session: Session, store: Store) -> Any:
    def headers(role: Role, **more: str) -> dict[str, str]:
        shop_id = store.shop.id if role in (Role.SHOPKEEPER, Role.SHOP_MANAGER) else None
        area = DISTRICT if role is Role.DISTRICT_APPROVER else STREET
        return {**bearer(make_token(session, make_account(session, role, area_code=area, shop_id=shop_id))), **more}

    return headers


def test_a_basket_is_quoted_sold_once_and_taken_back(client: FlaskClient, as_role: Any, store: Store) -> None:
    card = store.person()
    body = {
        "card": card.number,
        "shop_id": store.shop.id,
        "items": [{"article_id": store.rice.id, "count": 2}, {"article_id": store.soap.id}],
    }
    headers = as_role(Role.SHOPKEEPER, **{"Idempotency-Key": "one"})
    quoted = client.post(f"{BASE}/quotes", json=body, headers=headers)
    assert (quoted.status_code, quoted.json["points_fen"], quoted.json["objections"]) == (200, 6550, [])
    sold = client.post(f"{BASE}/sales", json=body, headers=headers)
    again = client.post(f"{BASE}/sales", json=body, headers=headers)
    assert (sold.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert sold.json == again.json
    other = client.post(f"{BASE}/sales", json={**body, "items": body["items"][:1]}, headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "key_reused")
    refused = client.post(f"{BASE}/sales", json=body, headers={**headers, "Idempotency-Key": "two"})
    assert (refused.status_code, refused.json["code"], refused.json["per"]) == (409, "limit_reached", "week")
    missing = {name: value for name, value in headers.items() if name != "Idempotency-Key"}
    assert client.post(f"{BASE}/sales", json=body, headers=missing).json["code"] == "idempotency_key_required"
    address = f"{BASE}/sales/{sold.json['id']}"
    back = client.post(
        f"{address}/returns",
        json={"reason": "买错了", "lines": [{"n": 1, "count": 1}]},
        headers={**headers, "Idempotency-Key": "back"},
    )
    assert (back.status_code, back.json["points_fen"]) == (201, 3000)
    assert client.get(address, headers=headers).json["returned_points_fen"] == 3000
    listed = client.get(f"{BASE}/sales?limit=1", headers=headers).json
    assert [each["id"] for each in listed["items"]] == [sold.json["id"]]


def test_shops_and_articles_are_kept_over_http(client: FlaskClient, as_role: Any, store: Store) -> None:
    clerk, manager, approver = (
        as_role(role) for role in (Role.STREET_CLERK, Role.SHOP_MANAGER, Role.DISTRICT_APPROVER)
    )
    asked = client.post(f"{BASE}/shops", json=SHOP, headers=clerk)
    assert (asked.status_code, asked.json["state"]) == (201, "submitted")
    address = f"{BASE}/shops/{asked.json['id']}"
    assert client.post(f"{address}/decision", json={"is_right": True}, headers=clerk).status_code == 403
    assert client.post(f"{address}/decision", json={"is_right": True}, headers=approver).json["state"] == "approved"
    facts = {name: value for name, value in SHOP.items() if name not in ("code", "sort", "area_code")}
    assert client.put(address, json={**facts, "name": "别名"}, headers=clerk).json["name"] == "别名"
    stopped = client.put(f"{address}/trading", json={"trading": "suspended", "words": "盘点"}, headers=clerk)
    assert stopped.json["trading"] == "suspended"
    assert client.get(address, headers=approver).status_code == 200
    assert len(client.get(f"{BASE}/shops", headers=clerk).json["items"]) == 2
    shelf = f"{BASE}/shops/{store.shop.id}/articles"
    new = {"code": "Q-1", "category": "household", "name": "拖鞋", "price_fen": 1500}
    added = client.post(shelf, json=new, headers=manager)
    assert (added.status_code, added.json["price_fen"]) == (201, 1500)
    article = f"{shelf}/{added.json['id']}"
    assert client.post(f"{article}/stock", json={"pieces": 4}, headers=manager).json["stock"] == 4
    rise = {"price_fen": 1600, "valid_from": "2026-11-20"}
    price = client.post(f"{article}/prices", json=rise, headers=manager).json
    assert price["state"] == "submitted"
    signed = client.post(f"{BASE}/prices/{price['id']}/decision", json={"is_right": True}, headers=approver)
    assert signed.json["state"] == "valid"
    assert client.delete(article, headers=manager).status_code == 204
    names = {each["code"]: each["price_fen"] for each in client.get(shelf, headers=manager).json["items"]}
    assert names["Q-1"] is None


@pytest.mark.parametrize("role", [Role.CASHIER, Role.AUDITOR, Role.STREET_CLERK])
def test_only_who_works_in_a_shop_sells(client: FlaskClient, as_role: Any, store: Store, role: Role) -> None:
    body = {"card": "6021", "shop_id": store.shop.id, "items": [{"article_id": store.rice.id}]}
    headers = as_role(role, **{"Idempotency-Key": "one"})
    assert client.post(f"{BASE}/sales", json=body, headers=headers).status_code == 403
