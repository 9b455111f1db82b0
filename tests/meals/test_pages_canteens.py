"""The pages of canteens and dishes: what they show to whom, and forms that keep what was typed."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.auth import Role
from meals.models import Canteen, CanteenClosure, Dish, DishPrice, Till
from tests.meals.factories import (
    STREET,
    make_canteen,
    make_closure,
    make_dish,
    make_till,
)
from tests.meals.looking import words_of
from tests.meals.offices import TODAY, Office

FORM: dict[str, Any] = {
    "code": "NEW-1",
    "kind": "canteen",
    "name": "新食堂",
    "area": STREET,
    "licence_expires_on": "2027-12-31",
    "agreement_expires_on": "2027-12-31",
    "weekdays": ["1", "2", "3"],
}


def test_a_clerk_opens_a_canteen_by_form(office: Office, client: FlaskClient) -> None:
    clerk = office.log_in(Role.STREET_CLERK)
    answer = client.post("/meals/canteens/new", data=FORM, headers=clerk)
    opened = office.session.scalars(select(Canteen).where(Canteen.code == "NEW-1")).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/meals/canteens/{opened.id}")
    assert (opened.weekdays, opened.seats, opened.kitchen_id) == ([1, 2, 3], 0, None)


def test_a_form_with_faults_comes_back_with_all_that_was_typed(office: Office, client: FlaskClient) -> None:
    sent = {**FORM, "code": "A-01", "seats": "many", "name_en": "New one", "licence_expires_on": ""}
    answer = client.post("/meals/canteens/new", data=sent, headers=office.log_in(Role.STREET_CLERK))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in ("seats", "licence_expires_on"):
        assert f'id="{name}-error"' in page
    for typed in ('value="A-01"', 'value="many"', 'value="New one"', f'value="{STREET}" selected'):
        assert typed in page
    ticked = re.findall(r'name="weekdays" value="(\d)" checked', page)
    assert ticked == ["1", "2", "3"]


def test_a_taken_code_and_no_weekday_are_said_beside_their_fields(office: Office, client: FlaskClient) -> None:
    clerk = office.log_in(Role.STREET_CLERK)
    taken = client.post("/meals/canteens/new", data={**FORM, "code": "A-01"}, headers=clerk).get_data(as_text=True)
    assert "这个编号已有别的食堂在用" in taken
    never = client.post("/meals/canteens/new", data={**FORM, "weekdays": []}, headers=clerk).get_data(as_text=True)
    assert "至少勾选一天" in never


def test_a_canteen_is_changed_and_a_field_left_empty_is_emptied(office: Office, client: FlaskClient) -> None:
    kitchen = make_canteen(office.session, kind="central_kitchen", name="中央厨房")
    office.first.kitchen_id = kitchen.id
    office.session.flush()
    clerk, own = office.log_in(Role.STREET_CLERK), f"/meals/canteens/{office.first.id}/edit"
    assert f'value="{kitchen.id}" selected' in client.get(own, headers=clerk).get_data(as_text=True)
    sent = {name: value for name, value in FORM.items() if name != "code"}
    assert client.post(own, data={**sent, "kitchen_id": "", "seats": "12"}, headers=clerk).status_code == 303
    office.session.refresh(office.first)
    assert (office.first.kitchen_id, office.first.seats, office.first.name) == (None, 12, "新食堂")


def test_a_canteen_shows_its_state_days_menu_and_tills(office: Office, client: FlaskClient) -> None:
    office.first.agreement_expires_on = date(2026, 11, 1)
    make_closure(office.session, canteen=office.first, closed_on=date(2026, 11, 25))
    dish = make_dish(office.session, canteen=office.first, is_default=True)
    office.session.add(
        DishPrice(
            dish_id=make_dish(office.session, canteen=office.first, name="新菜", price_fen=None).id,
            price_fen=900,
            valid_from=date(2026, 12, 1),
        )
    )
    make_till(office.session, canteen=office.first, number=2, withdrawn_on=date(2026, 11, 1))
    page = client.get(f"/meals/canteens/{office.first.id}", headers=office.log_in(Role.AUDITOR)).get_data(as_text=True)
    text = words_of(page)
    for said in (
        "已过期",
        "这里现在没有补贴",
        "11月25日 星期三",
        "停水",
        "16.00",
        "没有价格",
        "12月1日起 9.00",
        "停用",
    ):
        assert said in text
    assert f"/dishes/{dish.id}" not in page
    assert "<form" not in page[page.index("<main") :]


def test_a_manager_closes_a_day_and_opens_it_after_all(office: Office, client: FlaskClient) -> None:
    manager, own = office.log_in(Role.CANTEEN_MANAGER, canteen=office.first), f"/meals/canteens/{office.first.id}"
    sent = {"closed_on": "2026-11-25", "reason": "停水"}
    assert client.post(f"{own}/closures", data=sent, headers=manager).status_code == 303
    assert client.post(f"{own}/closures/remove", data={"closed_on": "2026-11-25"}, headers=manager).status_code == 303
    assert office.session.scalars(select(CanteenClosure)).all() == []
    past = client.post(f"{own}/closures", data={**sent, "closed_on": "2026-11-01"}, headers=manager)
    assert past.status_code == 422
    assert 'id="closed_on-error"' in past.get_data(as_text=True)
    assert 'value="停水"' in past.get_data(as_text=True)
    for path in ("/tills", "/edit"):
        assert client.post(own + path, headers=manager).status_code == 403


def test_a_clerk_sets_up_and_withdraws_a_till_by_form(office: Office, client: FlaskClient) -> None:
    clerk, own = office.log_in(Role.STREET_CLERK), f"/meals/canteens/{office.first.id}"
    assert client.post(f"{own}/tills", data={"number": ""}, headers=clerk).status_code == 303
    taken = client.post(f"{own}/tills", data={"number": "1"}, headers=clerk)
    assert (taken.status_code, 'id="number-error"' in taken.get_data(as_text=True)) == (422, True)
    assert client.post(f"{own}/tills/{office.till.id}/withdraw", headers=clerk).status_code == 303
    tills = office.session.scalars(select(Till).where(Till.canteen_id == office.first.id).order_by(Till.number)).all()
    assert [(till.number, till.withdrawn_on) for till in tills] == [(1, TODAY), (2, None)]


def test_a_manager_adds_prices_changes_and_withdraws_a_dish(office: Office, client: FlaskClient) -> None:
    manager = office.log_in(Role.CANTEEN_MANAGER, canteen=office.first)
    dishes = f"/meals/canteens/{office.first.id}/dishes"
    sent = {
        "kind": "set_meal",
        "name": "A 套餐",
        "price": "16.5",
        "weekdays": ["1"],
        "is_default": "true",
        "contents": "",
    }
    assert client.get(f"{dishes}/new", headers=manager).status_code == 200
    assert client.post(f"{dishes}/new", data=sent, headers=manager).status_code == 303
    dish = office.session.scalars(select(Dish)).one()
    own = f"{dishes}/{dish.id}"
    assert "16.50" in client.get(own, headers=manager).get_data(as_text=True)
    changed = {"kind": "dish", "name": "米饭", "weekdays": ["1", "2"], "contents": ""}
    assert client.post(own, data=changed, headers=manager).status_code == 303
    office.session.refresh(dish)
    assert (dish.name, dish.kind, dish.is_default, dish.weekdays) == ("米饭", "dish", False, [1, 2])
    priced = client.post(f"{own}/prices", data={"price": "18", "valid_from": "2026-12-01"}, headers=manager)
    assert (priced.status_code, priced.headers["Location"]) == (303, own)
    assert office.session.scalars(select(DishPrice.price_fen).order_by(DishPrice.valid_from)).all() == [1650, 1800]
    assert client.post(f"{own}/withdraw", headers=manager).status_code == 303
    office.session.refresh(dish)
    assert dish.withdrawn_on == TODAY


@pytest.mark.parametrize("price", ["", "free", "16.505", "0", "-3", "1000.01", "１６", "1e9", "NaN", "Infinity"])
def test_a_price_is_yuan_and_fen_within_reason(office: Office, client: FlaskClient, price: str) -> None:
    dish = make_dish(office.session, canteen=office.first)
    manager = office.log_in(Role.CANTEEN_MANAGER, canteen=office.first)
    own = f"/meals/canteens/{office.first.id}/dishes/{dish.id}"
    answer = client.post(f"{own}/prices", data={"price": price, "valid_from": "2026-12-01"}, headers=manager)
    assert answer.status_code == 422
    assert 'id="price-error"' in answer.get_data(as_text=True)


def test_what_lies_elsewhere_is_not_found_by_address(office: Office, client: FlaskClient) -> None:
    dish = make_dish(office.session, canteen=office.elsewhere)
    clerk, own = office.log_in(Role.STREET_CLERK), f"/meals/canteens/{office.elsewhere.id}"
    for path in ("", "/edit", "/dishes/new", f"/dishes/{dish.id}"):
        assert client.get(own + path, headers=clerk).status_code == 404
    assert client.get(f"/meals/canteens/{office.first.id}/dishes/{dish.id}", headers=clerk).status_code == 404
