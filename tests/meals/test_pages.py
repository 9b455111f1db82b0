"""The pages of meals but the till's: what they show to whom, forms that keep what was typed, constant queries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from app.auth import Role
from meals.models import Checkout
from tests.app.people.factories import bearer, make_card, make_senior, make_staff
from tests.meals.factories import (
    CITY,
    DISTRICT,
    STREET,
    make_canteen,
    make_dish,
    make_failed_scan,
    make_till,
)
from tests.meals.looking import words_of
from tests.meals.lunch import Lunch
from tests.meals.offices import TODAY, Office

READERS = (
    Role.CANTEEN_MANAGER,
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("role", READERS)
def test_work_begins_at_the_overview_with_its_numbers(office: Office, client: FlaskClient, role: Role) -> None:
    office.sold()
    canteen = office.first if role is Role.CANTEEN_MANAGER else None
    headers = office.log_in(role, area_code=DISTRICT if canteen is None else STREET, canteen=canteen)
    assert client.get("/", headers=headers).headers["Location"] == "/overview"
    page = client.get("/overview", headers=headers)
    assert page.status_code == 200
    assert "十一月用餐 1 份，补贴 8.00 元" in page.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/overview", "/meals/sales", "/meals/failed-scans", "/meals/canteens"])
def test_a_cashier_has_no_lists(office: Office, client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=office.log_in(Role.CASHIER, canteen=office.first)).status_code == 403
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/overview",
        "/overview?month=2026-10",
        "/overview?month=never",
        "/meals/sales",
        "/meals/sales?from=2026-10-01&until=2026-10-02",
        "/meals/failed-scans",
        "/meals/failed-scans?reason=card_lost",
        "/meals/canteens",
        "/meals/canteens?papers=lapsed",
        "/meals/canteens/new",
    ],
)
def test_pages_without_anything_say_so_and_offer_a_next_step(
    office: Office, client: FlaskClient, path: str, language: str
) -> None:
    client.set_cookie("language", language)
    page = client.get(path, headers=office.log_in(Role.STREET_CLERK))
    assert page.status_code == 200
    text = words_of(page.get_data(as_text=True))
    assert "None" not in text
    assert "%(" not in text


def test_a_month_of_meals_shows_bars_table_canteens_and_tiers(office: Office, client: FlaskClient) -> None:
    tier = [{"code": "tier", "params": {"age": 82, "age_from": 80}}]
    for day in range(2, 20):
        office.sold(meal_on=date(2026, 11, day), reasons=tier, shares=(("city", 30_000),), price_fen=40_000)
        office.sold(meal_on=date(2026, 11, day), canteen=office.second)
    office.sold(meal_on=date(2026, 11, 11), canteen=office.second, shares=(("city", 20_000),), price_fen=30_000)
    make_failed_scan(office.session, canteen=office.first, account_id=office.cashier_id)
    page = client.get("/overview", headers=office.log_in(Role.AUDITOR)).get_data(as_text=True)
    assert page.count('class="pay-city"') >= 18
    assert "11月11日补贴比平时多 65%，一半多在 1 个食堂" in page
    text = words_of(page)
    for said in ("用餐最多的食堂", "文晖二食堂", "80 岁以上", "1 次刷卡没卖成", "没有这张卡", "看表格（同样的数）"):
        assert said in text
    assert "style=" not in page


def test_sales_show_masked_names_sums_and_removable_filters(office: Office, client: FlaskClient) -> None:
    office.sold(office.guest("王玉兰"), number="1-0042")
    office.sold(canteen=office.second)
    page = client.get(
        f"/meals/sales?from={TODAY}&until={TODAY}&canteen={office.first.id}&window=lunch",
        headers=office.log_in(Role.AUDITOR),
    ).get_data(as_text=True)
    text = words_of(page)
    assert "11月20日：1 笔，补贴 8.00 元" in text
    assert "王*兰" in text
    assert "王玉兰" not in page
    assert "1 笔合计 16.00 8.00 6.00 2.00" in text
    assert f'href="/meals/sales?from={TODAY}&amp;until={TODAY}&amp;window=lunch"' in page


def test_a_filter_that_cannot_be_read_is_left_out_and_said(office: Office, client: FlaskClient) -> None:
    office.sold()
    page = client.get("/meals/sales?from=yesterday&state=eaten", headers=office.log_in(Role.AUDITOR))
    assert page.status_code == 200
    assert "from" in words_of(page.get_data(as_text=True))


def test_too_many_days_are_refused_on_a_page_too(office: Office, client: FlaskClient) -> None:
    page = client.get("/meals/sales?from=2020-01-01&until=2026-01-01", headers=office.log_in(Role.AUDITOR))
    assert page.status_code == 422


def test_no_sale_for_these_filters_offers_to_take_one_away(office: Office, client: FlaskClient) -> None:
    page = client.get("/meals/sales?window=dinner&find=9999", headers=office.log_in(Role.AUDITOR))
    text = words_of(page.get_data(as_text=True))
    assert "没有符合的记录" in text
    assert "去掉「号码 9999」" in text


def test_a_sale_is_explained_beside_the_list_and_on_its_own_page(lunch: Lunch) -> None:
    receipt = lunch.sell(lunch.guest(points_fen=600)).get_json()
    lunch.client.set_cookie("language", "en")
    for path in (f"/meals/sales?sale={receipt['id']}", f"/meals/sales/{receipt['id']}"):
        page = lunch.client.get(path, headers=lunch.manager)
        assert page.status_code == 200
        text = words_of(page.get_data(as_text=True))
        assert "Why the guest paid 2.00 yuan" in text
        for line in receipt["explanation"]["en"]:
            assert line in text
        for said in (
            "Canteen discount",
            "4 entries in the ledger",
            "recomputed just now and right",
            "City 3.20",
            "Points 6.00",
        ):
            assert said in text


def test_a_sale_for_cash_alone_has_no_entry_and_says_so(lunch: Lunch) -> None:
    lunch.sell(lunch.guest(points_fen=0))
    guest = lunch.guest(points_fen=0)
    lunch.sell(guest)
    receipt = lunch.sell(guest).get_json()
    page = lunch.client.get(f"/meals/sales/{receipt['id']}", headers=lunch.manager).get_data(as_text=True)
    assert "全付现金，账本里没有分录" in page


def test_a_sale_that_the_ledger_does_not_know_is_an_alarm(office: Office, client: FlaskClient) -> None:
    sold = office.sold()
    client.set_cookie("language", "en")
    page = client.get(f"/meals/sales/{sold.id}", headers=office.log_in(Role.AUDITOR)).get_data(as_text=True)
    assert "The ledger has no entry of this sale" in page


def test_a_sale_elsewhere_is_not_found(office: Office, client: FlaskClient) -> None:
    sold = office.sold(canteen=office.elsewhere)
    for path in (f"/meals/sales/{sold.id}", f"/meals/sales?sale={sold.id}"):
        assert client.get(path, headers=office.log_in(Role.STREET_CLERK)).status_code == 404
    assert client.get("/meals/sales?sale=nonsense", headers=office.log_in(Role.STREET_CLERK)).status_code == 200


def undo_form(page: str, **changed: str) -> dict[str, str]:
    """Return what the form to undo a sale sends."""
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return {"key": found[1], "reason": "拿错了", **changed}


def test_a_manager_undoes_a_sale_once_however_often_the_form_is_sent(lunch: Lunch) -> None:
    receipt = lunch.sell(lunch.guest(points_fen=600)).get_json()
    own = f"/meals/sales/{receipt['id']}"
    form = undo_form(lunch.client.get(own, headers=lunch.manager).get_data(as_text=True))
    for _ in range(2):
        answer = lunch.client.post(f"{own}/reversal", data=form, headers=lunch.manager)
        assert (answer.status_code, answer.headers["Location"]) == (303, own)
    sold = lunch.session.scalars(select(Checkout)).one()
    assert (sold.reversal_reason, sold.reversed_at is not None) == ("拿错了", True)
    page = lunch.client.get(own, headers=lunch.manager).get_data(as_text=True)
    assert "原因：拿错了" in words_of(page)
    assert 'name="key"' not in page
    again = lunch.client.post(f"{own}/reversal", data={**form, "key": "another-key-of-its-own"}, headers=lunch.manager)
    assert again.status_code == 409


def test_why_a_sale_was_undone_stands_in_words_beside_it_and_in_the_audit_log(lunch: Lunch) -> None:
    receipt = lunch.sell(lunch.guest(points_fen=600)).get_json()
    lunch.undo(receipt["id"], reason="wrong_dish")
    sale = lunch.client.get(f"/meals/sales/{receipt['id']}", headers=lunch.manager).get_data(as_text=True)
    assert "原因：点错了菜" in words_of(sale)
    auditor = bearer(lunch.session, make_staff(lunch.session, role=Role.AUDITOR, area_code=STREET))
    log = words_of(lunch.client.get("/audit", headers=auditor).get_data(as_text=True))
    assert "点错了菜" in log
    assert "重阳分 6.00" in log


def test_undoing_needs_a_reason_and_the_page_says_so_beside_the_field(lunch: Lunch) -> None:
    receipt = lunch.sell(lunch.guest()).get_json()
    own = f"/meals/sales/{receipt['id']}"
    form = undo_form(lunch.client.get(own, headers=lunch.manager).get_data(as_text=True), reason="")
    answer = lunch.client.post(f"{own}/reversal", data=form, headers=lunch.manager)
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.get_data(as_text=True)


def test_an_auditor_cannot_undo(office: Office, client: FlaskClient) -> None:
    sold = office.sold()
    auditor = office.log_in(Role.AUDITOR)
    assert "撤销这一笔" not in client.get(f"/meals/sales/{sold.id}", headers=auditor).get_data(as_text=True)
    answer = client.post(
        f"/meals/sales/{sold.id}/reversal", data={"reason": "拿错了", "key": "k" * 20}, headers=auditor
    )
    assert answer.status_code == 403


def test_failed_scans_show_reasons_and_who_stood_there(office: Office, client: FlaskClient) -> None:
    make_failed_scan(office.session, canteen=office.first, account_id=office.cashier_id, till=office.till)
    make_failed_scan(
        office.session,
        canteen=office.first,
        account_id=office.cashier_id,
        reason="card_lost",
        senior_id=office.guest("王玉兰")[0].id,
    )
    page = client.get("/meals/failed-scans", headers=office.log_in(Role.AUDITOR)).get_data(as_text=True)
    text = words_of(page)
    for said in ("2 次刷卡没卖成，50% 是", "查无此卡", "王*兰", "陈芳", "0018"):
        assert said in text
    assert "王玉兰" not in page


def test_names_are_shown_as_text_whatever_they_hold(office: Office, client: FlaskClient) -> None:
    office.first.name = "<script>alert(1)</script>"
    office.session.flush()
    office.sold()
    for path in ("/overview", "/meals/sales", "/meals/canteens", f"/meals/canteens/{office.first.id}"):
        page = client.get(path, headers=office.log_in(Role.STREET_CLERK)).get_data(as_text=True)
        assert "<script>alert" not in page


def fill(office: Office, numbers: range) -> None:
    """Make so many canteens, dishes, sales and failed scans, half of the sales and scans in the first canteen."""
    for number in numbers:
        canteen = make_canteen(office.session, name=f"食堂 {number}")
        make_dish(office.session, canteen=office.first, name=f"菜 {number}")
        make_till(office.session, canteen=office.first, number=number + 2)
        senior = make_senior(office.session, hukou_area=STREET)
        guest = senior, make_card(office.session, senior)
        office.sold(guest, meal_on=date(2026, 11, 1 + number % 20))
        office.sold(guest, canteen=canteen, at=time(17, 0), window_name="dinner")
        make_failed_scan(office.session, canteen=canteen, account_id=office.cashier_id, senior_id=senior.id)


@pytest.mark.parametrize(
    "path", ["/overview", "/meals/sales", "/meals/failed-scans", "/meals/canteens", "/meals/canteens/{id}"]
)
def test_a_page_asks_as_often_for_fifty_rows_as_for_one(office: Office, client: FlaskClient, path: str) -> None:
    headers, address = office.log_in(Role.AUDITOR, area_code=CITY), path.format(id=office.first.id)
    fill(office, range(1))
    client.get(address, headers=headers)
    with counted() as for_one:
        assert client.get(address, headers=headers).status_code == 200
    fill(office, range(1, 50))
    office.session.expire_all()
    with counted() as for_fifty:
        assert client.get(address, headers=headers).status_code == 200
    assert len(for_fifty) <= len(for_one)
    assert len(for_fifty) <= 22
