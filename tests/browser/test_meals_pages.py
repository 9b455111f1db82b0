"""The meals pages in a real browser: both widths, languages and sizes, with and without JavaScript."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from meals.models import Checkout
from subsidies.services import open_account
from tests.app.areas.factories import make_place
from tests.browser.conftest import Visits
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET, make_closure, make_dish, make_failed_scan, reverse_row
from tests.meals.lunch import Lunch, make_lunch
from tests.meals.offices import TODAY, Office, make_office

Open = Callable[..., Page]
FACES = [(360, "zh", "elder"), (1280, "en", "normal")]
TIER = [{"code": "price", "params": {"price_fen": 1600}}, {"code": "tier", "params": {"age": 82, "age_from": 80}}]
TIER += [{"code": "points", "params": {"points_fen": 600}}, {"code": "cash", "params": {"cash_fen": 200}}]


@dataclass(frozen=True)
class Street:
    """A street with a month of sales, one of them made by a till."""

    office: Office
    lunch: Lunch
    receipt_id: str

    @property
    def canteen(self) -> str:
        """Return the address of the first canteen."""
        return f"/meals/canteens/{self.office.first.id}"


@pytest.fixture
def street(app: Flask, committed_db: Session, clock: FrozenClock) -> Street:
    """Make the street and commit it."""
    for code, name in ((CITY, "杭州市"), (DISTRICT, "拱墅区"), (STREET, "文晖街道")):
        make_place(committed_db, code, name)
    for kind, area_code, name in (
        ("city", CITY, "市财政"),
        ("district", DISTRICT, "区财政"),
        ("street", STREET, "街道财政"),
    ):
        open_account(committed_db, kind=kind, area_code=area_code, name=name)
    office = make_office(committed_db)
    office.first.licence_expires_on = date(2026, 12, 3)
    office.second.agreement_expires_on = date(2026, 11, 1)
    make_dish(committed_db, canteen=office.first, is_default=True)
    make_dish(committed_db, canteen=office.first, name="送餐", kind="delivery", price_fen=200)
    make_closure(committed_db, canteen=office.first, closed_on=TODAY + timedelta(days=9))
    guest = office.guest("王玉兰")
    for day in range(1, 21):
        for window in ("lunch", "dinner"):
            office.sold(guest, meal_on=date(2026, 11, day), window_name=window, reasons=TIER)
    undone: Checkout = office.sold(canteen=office.second, reasons=TIER)
    reverse_row(committed_db, checkout=undone, account_id=office.cashier_id)
    for reason in ("card_unknown", "card_lost", "canteen_closed", "senior_deceased"):
        make_failed_scan(committed_db, canteen=office.first, account_id=office.cashier_id, reason=reason)
    lunch = make_lunch(committed_db, app.test_client())
    committed_db.commit()
    receipt = lunch.sell(lunch.guest(points_fen=600)).get_json()
    committed_db.commit()
    return Street(office, lunch, receipt["id"])


@pytest.mark.parametrize("face", FACES)
def test_the_pages_of_an_auditor_pass_inspection(
    page_as: Open, street: Street, inspect: Callable[..., None], face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    page = page_as(Role.AUDITOR, width=width, lang=lang, size=size, area_code=CITY)
    sale = street.receipt_id
    for name, path in (
        ("overview", "/overview"),
        ("sales", f"/meals/sales?from=2026-11-01&until={TODAY}&window=lunch&sale={sale}"),
        ("sale", f"/meals/sales/{sale}"),
        ("none", "/meals/sales?find=9999"),
        ("scans", "/meals/failed-scans"),
        ("canteens", "/meals/canteens"),
        ("canteen", street.canteen),
    ):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        for details in page.locator("main details").all():
            details.evaluate("element => element.open = true")
        inspect(page, f"{name}-{width}-{lang}-{size}")


@pytest.mark.parametrize("face", FACES)
def test_the_forms_of_a_clerk_pass_inspection_empty_and_refused(
    page_as: Open, street: Street, visits: Visits, face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    visits.expect("422")
    page = page_as(Role.STREET_CLERK, width=width, lang=lang, size=size, area_code=STREET)
    page.goto("/meals/canteens/new")
    visits.inspect(page, f"new-{width}-{lang}-{size}")
    page.click("form.form button.btn--primary")
    expect(page.locator(".errors")).to_be_focused()
    visits.inspect(page, f"refused-{width}-{lang}-{size}")
    page.goto(street.canteen)
    page.locator("table a.row-link").first.click()
    expect(page.locator("#prices-h")).to_be_visible()
    visits.inspect(page, f"dish-{width}-{lang}-{size}")
    page.goto(f"{street.canteen}/edit")


def test_a_manager_undoes_a_sale_after_a_second_question(page_as: Open, street: Street) -> None:
    page = page_as(Role.CANTEEN_MANAGER, area_code=STREET, canteen_id=street.lunch.canteen.id)
    page.goto("/overview")
    page.click("nav >> text=售餐记录")
    page.locator("a.row-link").first.click()
    expect(page.locator("#sale")).to_contain_text("为什么付 2.00 元")
    page.click("#sale a.btn >> nth=0")
    page.click("text=撤销这一笔")
    page.fill("[name=reason]", "拿错了")
    page.locator("form#undo button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("原因：拿错了")
    expect(page.locator("main")).not_to_contain_text("撤销这一笔")


def test_without_javascript_filters_and_forms_work(
    browser: object, address: str, page_as: Open, street: Street
) -> None:
    page = page_as(Role.STREET_CLERK, area_code=STREET)
    plain = page.context.browser.new_context(base_url=address, java_script_enabled=False)  # type: ignore[union-attr]
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    visitor = plain.new_page()
    visitor.goto("/meals/sales")
    visitor.click("text=改条件")
    visitor.select_option("#window", "dinner")
    visitor.click("form.sieve button")
    expect(visitor.locator(".filter--on >> text=晚餐")).to_be_visible()
    expect(visitor.locator("tbody tr")).to_have_count(20)
    visitor.click(".filter--on >> text=晚餐")
    assert "window" not in visitor.url
    visitor.goto(street.canteen)
    visitor.click("text=某天停业")
    visitor.fill("#closed_on", "2026-12-24")
    visitor.fill("#reason", "放假")
    visitor.click("button:has-text('这天停业')")
    expect(visitor.locator("main")).to_contain_text("12月24日 星期四")
    plain.close()


def test_rows_and_filters_are_reached_by_keyboard(page_as: Open, street: Street) -> None:
    page = page_as(Role.AUDITOR, area_code=CITY)
    page.goto(f"/meals/sales?from={TODAY}&until={TODAY}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.row-link')"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("sale="))
    expect(page.locator("tr[aria-current=true]")).to_have_count(1)
