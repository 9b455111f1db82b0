"""Pages of shops: each opens for whom it is, sells, takes back, signs, and asks constantly many questions."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.models import Account
from shops.models import Shop, ShopArticle, ShopPrice, ShopSale
from tests.app.auth.factories import make_account, sign_in
from tests.meals.test_pages import counted
from tests.shops.factories import DISTRICT, STREET, make_article, make_shop
from tests.shops.store import Store


@pytest.fixture
def as_role(session: Session, client: FlaskClient, store: Store) -> Any:
    def enter(role: Role) -> FlaskClient:
        shop_id = store.shop.id if role in (Role.SHOPKEEPER, Role.SHOP_MANAGER) else None
        area = STREET if role is Role.STREET_CLERK else DISTRICT
        sign_in(client, session, make_account(session, role, area_code=area, shop_id=shop_id))
        return client

    return enter


def send(client: FlaskClient, page: str, address: str, **form: Any) -> Any:
    """Send a form of a page with its token and its key."""
    text = client.get(page).get_data(as_text=True)
    token = text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    key = re.search(r'name="key" value="([^"]+)"', text)
    headers = form.pop("headers", {})
    return client.post(address, data={"csrf_token": token, "key": key[1] if key else "", **form}, headers=headers)


def test_a_basket_is_sold_on_the_page_and_a_second_press_sells_nothing_more(
    session: Session, as_role: Any, store: Store
) -> None:
    client, card = as_role(Role.SHOPKEEPER), store.person()
    form = {"card": card.number, f"n-{store.rice.id}": "1", f"n-{store.soap.id}": ""}
    first = send(client, "/shops/till", "/shops/till", key="pressed-once", **form)
    again = send(client, "/shops/till", "/shops/till", key="pressed-once", **form)
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    assert len(session.scalars(select(ShopSale)).all()) == 1
    page = client.get(first.location).get_data(as_text=True)
    assert "付清了，可以交货" in page
    assert card.number not in page
    assert "王秀英" not in page


@pytest.mark.parametrize("headers", [{}, {"X-Part": "told"}])
def test_limits_are_said_before_anything_is_paid(as_role: Any, store: Store, headers: dict[str, str]) -> None:
    client, card = as_role(Role.SHOPKEEPER), store.person()
    form = {"card": card.number, f"n-{store.rice.id}": "3"}
    answer = send(client, "/shops/till", "/shops/till/quote", headers=headers, **form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "米面：最多 2 件，本周，多了 1" in text
    assert ("<html" in text) is (not headers)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"card": ""}, "先刷卡，或者输入 19 位卡号。"),
        ({"card": "6021"}, "篮子里还没有东西。"),
        ({"card": "6021", "rice": "1"}, "不是我们的卡"),
        ({"card": "?", "rice": "1"}, "卡号"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    as_role: Any, store: Store, form: dict[str, str], words: str
) -> None:
    client = as_role(Role.SHOPKEEPER)
    counts = {f"n-{store.rice.id}": form["rice"]} if "rice" in form else {}
    answer = send(client, "/shops/till", "/shops/till", card=form["card"], **counts)
    assert answer.status_code in (409, 422)
    assert words in answer.get_data(as_text=True)
    assert f'value="{form["card"]}"' in answer.get_data(as_text=True)


def test_some_articles_come_back_on_the_page(session: Session, as_role: Any, store: Store) -> None:
    client = as_role(Role.SHOP_MANAGER)
    sale_id = store.sell(store.person(), (store.rice, 2), (store.soap, 1)).body["id"]
    page = f"/shops/sales/{sale_id}"
    nothing = send(client, page, f"{page}/return", reason="买错了", **{"back-1": "0"})
    assert nothing.status_code == 409
    done = send(client, page, f"{page}/return", reason="买错了", **{"back-1": "1", "back-2": "0"})
    assert done.status_code == 303
    assert session.scalars(select(ShopSale.returned_points_fen)).one() == 3000
    assert "退了一部分" in client.get(page).get_data(as_text=True)


def test_a_return_of_a_line_that_is_none_is_refused(session: Session, as_role: Any, store: Store) -> None:
    sale = store.sell(store.person(), (store.soap, 3)).body["id"]
    page, shopkeeper = f"/shops/sales/{sale}", as_role(Role.SHOPKEEPER)
    for line in ("back-²", "back-9"):
        assert send(shopkeeper, page, f"{page}/return", reason="买错了", **{line: "1"}).status_code == 409
    assert session.scalars(select(ShopSale)).one().returned_points_fen == 0


def test_a_shop_is_taken_in_by_two_people_on_pages(session: Session, as_role: Any) -> None:
    client = as_role(Role.STREET_CLERK)
    form = {
        "code": "SM-77",
        "sort": "barber",
        "area_code": STREET,
        "name": "小王理发",
        "agreement_number": "XY-9",
        "agreement_from": "2026-01-01",
        "agreement_expires_on": "2027-12-31",
        "weekdays": ["1", "2"],
        "opens_at": "08:00",
        "closes_at": "18:00",
    }
    assert send(client, "/shops/new", "/shops/new", **{**form, "weekdays": []}).status_code == 422
    asked = send(client, "/shops/new", "/shops/new", **form)
    assert asked.status_code == 303
    assert client.get("/shops/waiting").status_code == 403
    client = as_role(Role.DISTRICT_APPROVER)
    assert "小王理发" in client.get("/shops/waiting").get_data(as_text=True)
    shop = session.scalars(select(Shop).where(Shop.code == "SM-77")).one()
    refused = send(client, asked.location, f"/shops/{shop.id}/decision", is_right="false")
    assert refused.status_code == 422
    assert send(client, asked.location, f"/shops/{shop.id}/decision", is_right="true").status_code == 303
    session.refresh(shop)
    assert shop.state == "approved"


def test_articles_are_kept_on_pages_and_a_rise_is_signed(session: Session, as_role: Any, store: Store) -> None:
    client, base = as_role(Role.SHOP_MANAGER), f"/shops/{store.shop.id}/articles"
    new = {"code": "691", "category": "oil", "name": "菜油", "price": "65.5"}
    assert send(client, f"{base}/new", f"{base}/new", **{**new, "price": "many"}).status_code == 422
    assert send(client, f"{base}/new", f"{base}/new", **new).status_code == 303
    page = f"{base}/{store.rice.id}"
    changed = send(client, page, page, name="新米", limit_count="1", limit_per="month")
    stocked = send(client, page, f"{page}/stock", pieces="20")
    raised = send(client, page, f"{page}/price", price="33", valid_from="2026-11-20")
    assert [each.status_code for each in (changed, stocked, raised)] == [303, 303, 303]
    client = as_role(Role.DISTRICT_APPROVER)
    price = session.scalars(select(ShopPrice).where(ShopPrice.state == "submitted")).one()
    assert "33.00" in client.get("/shops/waiting").get_data(as_text=True)
    signed = send(client, "/shops/waiting", f"/shops/prices/{price.id}/decision", is_right="true")
    assert signed.status_code == 303
    client = as_role(Role.STREET_CLERK)
    page = f"/shops/{store.shop.id}"
    assert send(client, page, f"{page}/trading", trading="suspended", words="盘点").status_code == 303
    gone = send(client, f"{base}/{store.rice.id}", f"{base}/{store.rice.id}/withdraw")
    assert gone.status_code == 303
    edited = send(
        client,
        f"{page}/edit",
        f"{page}/edit",
        name="新名字",
        agreement_number="XY-2",
        agreement_from="2026-01-01",
        agreement_expires_on="2028-01-01",
        weekdays=["1"],
        opens_at="09:00",
        closes_at="17:00",
    )
    assert edited.status_code == 303
    text = client.get(page).get_data(as_text=True)
    assert all(words in text for words in ("新名字", "已暂停", "不在架上"))


@pytest.mark.parametrize(
    ("role", "opens", "stays_shut"),
    [
        (Role.SHOPKEEPER, ["/shops/till", "/shops/sales/day", "/shops/sales"], ["/shops", "/shops/statements"]),
        (Role.SHOP_MANAGER, ["/shops/till", "/shops", "/shops/statements"], ["/shops/new", "/shops/waiting"]),
        (Role.AUDITOR, ["/shops", "/shops/sales"], ["/shops/till", "/shops/new", "/shops/waiting"]),
        (Role.CASHIER, [], ["/shops", "/shops/till", "/shops/sales"]),
    ],
)
def test_pages_open_for_whom_they_are(
    as_role: Any, store: Store, role: Role, opens: list[str], stays_shut: list[str]
) -> None:
    client = as_role(role)
    assert [client.get(each).status_code for each in opens] == [200] * len(opens)
    assert [client.get(each).status_code for each in stays_shut] == [403] * len(stays_shut)


def test_lists_ask_a_constant_number_of_times(session: Session, as_role: Any, store: Store) -> None:
    client = as_role(Role.STREET_CLERK)
    addresses = ("/shops", "/shops/sales", f"/shops/{store.shop.id}")
    store.sell(store.person())
    before = [_count(session, client, each) for each in addresses]
    for _number in range(5):
        shop = make_shop(session)
        make_article(session, shop=store.shop)
        store.sell(store.person())
        make_article(session, shop=shop)
    assert [_count(session, client, each) for each in addresses] == before


def _count(session: Session, client: FlaskClient, address: str) -> int:
    """Count the questions of a page that knows nothing yet."""
    session.flush()
    kept = [each for each in session if isinstance(each, Shop | ShopArticle | Account)]
    session.expunge_all()
    session.add_all(kept)
    for each in kept:
        session.refresh(each)
    with counted() as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_somebody_elses_till_and_sales_stay_shut(session: Session, as_role: Any, store: Store) -> None:
    client, other = as_role(Role.SHOPKEEPER), make_shop(session)
    assert client.get(f"/shops/till?shop_id={other.id}").status_code == 404
    assert client.get(f"/shops/sales/day?shop_id={other.id}").status_code == 404
    stranger: Account = make_account(session, Role.SHOPKEEPER, area_code=STREET, shop_id=other.id)
    sale_id = store.sell(store.person()).body["id"]
    sign_in(client, session, stranger)
    assert client.get(f"/shops/sales/{sale_id}").status_code == 404
