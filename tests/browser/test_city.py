"""The picture in the browser: the city opened down to one lunch, on a phone and at a desk; a wall that is loud."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth import Role
from portal.city import folding
from portal.city.targets import EXAMPLE
from tests.app.auth.factories import make_account
from tests.browser.conftest import Visits
from tests.care_beds.factories import make_bed_in_service, make_visit
from tests.conftest import FrozenClock
from tests.meals.factories import CITY, STREET, make_policy
from tests.meals.offices import TODAY, make_office
from tests.subsidies.factories import grant, open_accounts
from tests.subsidies.findings.factories import make_finding

Open = Callable[..., Page]


@pytest.fixture
def month(committed_db: Session, clock: FrozenClock, app: object) -> int:
    """A month with meals, points, a bed, visits and a finding, counted; return the sale that is looked for."""
    session = committed_db
    office = make_office(session)
    make_policy(session, kind="city_targets", body=dict(EXAMPLE))
    make_policy(session, kind="meal_discount")
    accounts, last = open_accounts(session), None
    for days_ago in (0, 1, 2, 5, 9, 16, 20, 33, 40):
        guest = office.guest("王玉兰")
        for number in range(1 + days_ago % 2):
            last = office.sold(guest, meal_on=TODAY - timedelta(days=days_ago), window_name=f"w{number}")
        grant(session, guest[0].id, 10_000, funder=accounts.district, now=clock.now())
    office.sold(canteen=office.elsewhere)
    bed = make_bed_in_service(session)
    make_visit(session, bed=bed, state="confirmed")
    make_finding(session)
    folding.fold(session, counts=folding.list_counts(), days=62, now=clock.now())
    session.commit()
    assert last
    return office.first.id


def test_the_city_is_opened_down_to_one_lunch(page_as: Open, visits: Visits, month: int) -> None:
    desk = page_as(Role.AUDITOR, lang="en", area_code=CITY)
    desk.goto("/city")
    expect(desk.locator("h1")).to_contain_text("targets met")
    visits.inspect(desk, "desk-city")
    phone = page_as(Role.AUDITOR, width=360, area_code=CITY)
    phone.goto("/city")
    visits.inspect(phone, "phone-city")
    phone.get_by_role("link", name="地区 330105", exact=True).click()
    phone.get_by_role("link", name=f"地区 {STREET}", exact=True).click()
    phone.locator("#meals").get_by_role("link", name="用餐份数").click()
    visits.inspect(phone, "phone-meals")
    phone.get_by_role("link", name="文晖一食堂").click()
    visits.inspect(phone, "phone-canteen")
    phone.get_by_role("link", name="11月20日").click()
    expect(phone.locator("h1")).to_contain_text("1")
    phone.locator("a.row-link").first.click()
    expect(phone.locator("body")).to_contain_text("16.00")
    desk.goto(f"/city/{STREET}/report")
    visits.inspect(desk, "desk-report")


def test_a_wall_says_loudly_when_no_answer_comes(
    page_as: Open, visits: Visits, month: int, committed_db: Session, clock: FrozenClock
) -> None:
    admin = make_account(committed_db, Role.ADMINISTRATOR, area_code=CITY)
    office = page_as(None, account=admin)
    office.goto("/city/displays")
    office.get_by_label("大屏叫什么").fill("二楼大厅")
    office.get_by_role("button", name="发挂接码").click()
    code = office.locator(".answer").inner_text()
    wall = page_as(None, width=1920, height=1080)
    wall.goto("/city/wall")
    wall.locator("#code").fill(code)
    wall.get_by_role("button", name="显示").click()
    expect(wall.locator("#as-of")).to_be_visible()
    expect(wall.locator("#lost")).to_be_hidden()
    visits.inspect(wall, "wall")
    for part in ("Failed to load resource", "htmx:"):
        visits.expect(part)
    wall.route("**/city/wall/figures**", lambda route: route.abort())
    wall.evaluate("htmx.ajax('GET', '/city/wall/figures', '#main').catch(() => 0)")
    expect(wall.locator("#lost")).to_be_visible()
    visits.inspect(wall, "wall-lost")
