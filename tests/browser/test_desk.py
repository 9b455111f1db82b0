"""The auditor's desk in a real browser: from a total to the postings by clicking, computed again, taken along."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from subsidies.services import open_account
from tests.app.areas.factories import make_place
from tests.browser.conftest import Visits
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, DISTRICT, STREET
from tests.meals.lunch import make_lunch
from tests.meals.offices import OTHER_STREET, make_office

Open = Callable[..., Page]
FACES = [(360, "zh"), (1280, "en")]


@pytest.fixture
def year(app: Flask, committed_db: Session, clock: FrozenClock) -> str:
    """Make two districts with months of sales, one of them by a till; return that one's receipt number."""
    for code, name in (
        (CITY, "杭州市"),
        (DISTRICT, "拱墅区"),
        (STREET, "文晖街道"),
        ("330106", "西湖区"),
        (OTHER_STREET, "北山街道"),
    ):
        make_place(committed_db, code, name)
    for kind, area_code, name in (
        ("city", CITY, "市财政"),
        ("district", DISTRICT, "区财政"),
        ("street", STREET, "街道财政"),
    ):
        open_account(committed_db, kind=kind, area_code=area_code, name=name)
    office = make_office(committed_db)
    guest = office.guest("王玉兰")
    for month in (9, 10, 11):
        for day in range(1, 21 - month):
            office.sold(guest, meal_on=date(2026, month, day))
            office.sold(canteen=office.elsewhere, meal_on=date(2026, month, day))
    lunch = make_lunch(committed_db, app.test_client())
    committed_db.commit()
    receipt = lunch.sell(lunch.guest(points_fen=600)).get_json()
    committed_db.commit()
    return str(receipt["number"])


@pytest.mark.parametrize("face", FACES)
def test_from_a_total_to_the_postings_and_back_out_with_a_file(
    page_as: Open, year: str, visits: Visits, face: tuple[int, str]
) -> None:
    width, lang = face
    page = page_as(Role.AUDITOR, width=width, lang=lang, area_code=CITY)
    shot = f"{width}-{lang}"
    page.goto("/overview")
    expect(page.locator(".echart canvas")).to_have_count(3)
    visits.inspect(page, f"overview-{shot}")
    page.locator("#parts-table tbody a").first.click()
    expect(page).to_have_url(re.compile("area=3301"))
    visits.inspect(page, f"district-{shot}")
    page.go_back()
    page.locator("#parts-table tbody td a").nth(1).click()
    visits.inspect(page, f"sales-{shot}")
    page.goto(f"/meals/sales?area={DISTRICT}&find={year}")
    page.locator("a.row-link").first.click()
    page.locator("#sale a.btn").first.click()
    page.locator("#again a.btn").click()
    expect(page.locator("#again .is-ok").first).to_be_visible()
    visits.inspect(page, f"again-{shot}")
    page.goto("/ledger/movements?kind=spend&from=2026-11-20&until=2026-11-20")
    visits.inspect(page, f"movements-{shot}")
    page.locator("a.row-link").first.click()
    expect(page.locator("#postings-h")).to_be_visible()
    page.goto("/meals/guests?month=2026-11")
    visits.inspect(page, f"guests-{shot}")
    page.locator("main a.btn").first.click()
    visits.inspect(page, f"ask-{shot}")
    page.fill("#purpose", "季度抽查" if lang == "zh" else "quarterly check")
    page.click("form button.btn--primary >> nth=0")
    expect(page.locator(".is-ok").first).to_be_visible()
    with page.expect_download() as download:
        page.locator("form[action$='/file'] button").click()
    assert download.value.suggested_filename.startswith("guests-")
    page.goto("/exports")


def test_without_javascript_the_tables_stand_alone(page_as: Open, year: str, address: str) -> None:
    page = page_as(Role.AUDITOR, area_code=CITY)
    plain = page.context.browser.new_context(base_url=address, java_script_enabled=False)  # type: ignore[union-attr]
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    visitor = plain.new_page()
    visitor.goto("/overview")
    expect(visitor.locator("#parts-table tbody tr")).to_have_count(2)
    expect(visitor.locator("#trend-table tbody tr")).to_have_count(3)
    expect(visitor.locator(".echart").first).to_be_hidden()
    plain.close()
