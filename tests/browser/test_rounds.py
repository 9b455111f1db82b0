"""A visit in a real browser: a phone in a dead spot, a doubled answer, the family's word, a sticker to print."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.models import Account
from app.pictures.models import Picture
from care_beds.visits.models import VisitMark
from tests.care_beds.rounds.home import LAT, LON, Home, make_home, make_picture
from tests.conftest import FrozenClock

Open = Callable[..., Page]
Inspect = Callable[..., None]
# The worker is in charge and has the page; polled, because neither says so.
IS_KEPT = """async () => {
  for (let turn = 0; turn < 150; turn += 1) {
    if (navigator.serviceWorker.controller && (await caches.match("/care/today"))) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}"""


@pytest.fixture
def home(app: Flask, committed_db: Session, clock: FrozenClock) -> Home:
    """Friday, nine o'clock; the visit is planned from nine to ten."""
    made = make_home(committed_db, app.test_client(), clock)
    clock.advance(minutes=15)
    return made


@pytest.fixture
def phone(home: Home, page_as: Open) -> Page:
    """The carer's phone, which may say where it is."""
    page = page_as(None, account=home.carer.account, width=360, height=740)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": LAT, "longitude": LON, "accuracy": 12})
    return page


def prove(section: Any, home: Home, tmp_path: Path, seed: int) -> None:
    """Type the sticker's digits, and take a picture."""
    block = section.locator("[data-proof]:visible")
    if not block.locator("[name=serial]").is_visible():
        block.get_by_text("相机扫不出来").click()
    block.locator("[name=serial]").fill(home.sticker.serial)
    block.locator("[name=serial]").blur()
    file = tmp_path / f"{seed}.jpg"
    file.write_bytes(make_picture(seed, size=(1600, 1200)))
    block.locator("[data-picture]").set_input_files(str(file))
    expect(block.locator("[data-part=seen]")).to_be_visible()


class DeadSpot:
    """A place without a line, and then with one that loses the answer to the first request."""

    def __init__(self) -> None:
        self.is_dead, self.sent = True, list[str]()

    def answer(self, route: Route) -> None:
        """Let a request of the phone fail, lose its answer, or pass."""
        if self.is_dead:
            route.abort()
            return
        self.sent.append(route.request.headers["idempotency-key"])
        if len(self.sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()


def test_a_visit_goes_through_a_dead_spot_and_arrives_once(
    home: Home,
    phone: Page,
    page_as: Open,
    visits: Any,
    tmp_path: Path,
) -> None:
    inspect, clock = visits.inspect, home.clock
    visits.expect("Failed to load resource")
    visits.expect("ERR_INTERNET_DISCONNECTED")
    phone.goto("/care/today")
    expect(phone.locator("h1").first).to_contain_text("今天 1 家")
    inspect(phone, "list")
    phone.locator("[data-stop]").click()
    section = phone.locator(f"#visit-{home.visit.id}")
    expect(section.locator("h1")).to_have_text(home.senior.name)
    inspect(phone, "door")
    spot = DeadSpot()
    phone.route("**/api/v1/care-beds/visits/**", spot.answer)
    prove(section, home, tmp_path, 7)
    section.get_by_role("button", name="签到").click()
    expect(section).to_contain_text("记在手机里")
    inspect(phone, "kept")
    phone.reload()
    expect(section).to_contain_text("记在手机里")
    expect(phone.locator("#strips")).to_contain_text("1 条待传")
    for _part in range(3):
        clock.advance(minutes=18)
        phone.request.get("/account/alive")
    section.get_by_label("试水温").check()
    section.get_by_text("量血压等").click()
    section.get_by_label("高压").fill("132")
    section.get_by_label("低压").fill("78")
    prove(section, home, tmp_path, 8)
    phone.reload()
    expect(section.get_by_label("试水温")).to_be_checked()
    expect(section.locator("[data-proof]:visible [data-part=seen]")).to_be_visible()
    inspect(phone, "there")
    section.get_by_role("button", name="签退").click()
    expect(phone.locator("#strips")).to_contain_text("2 条待传")
    spot.is_dead = False
    phone.reload()
    expect(section).to_contain_text("已传", timeout=15_000)
    expect(phone.locator("#strips")).to_be_empty()
    assert len(spot.sent) == 3
    assert spot.sent[0] == spot.sent[1] != spot.sent[2]
    home.session.expire_all()
    assert home.session.scalar(select(func.count(VisitMark.id))) == 2
    assert home.session.scalar(select(func.count(Picture.id))) == 2
    visit = home.fresh()
    assert (visit.state, visit.items_done, visit.vitals["systolic"]) == ("finished", ["water"], 132)
    inspect(phone, "finished")
    family_confirms(home, section, page_as, inspect)
    inspect(phone, "confirmed")
    family_objects(home, page_as, inspect)
    desk_sees_the_objection(home, page_as, inspect)


def family_confirms(home: Home, section: Any, page_as: Open, inspect: Inspect) -> None:
    """Read the six digits on the family's own page, and type them on the carer's phone."""
    family = page_as(None, account=home.daughter, width=360, lang="zh", size="elder")
    family.goto(f"/family/{home.senior.id}")
    expect(family.locator("main")).to_contain_text("请确认")
    inspect(family, "home-elder")
    family.goto(f"/family/{home.senior.id}/care")
    inspect(family, "care-elder")
    family.locator("main").get_by_text("请确认").first.click()
    inspect(family, "visit-elder")
    code = family.locator(".care-code b").inner_text().replace(" ", "")
    section.get_by_label("家人页面上的六位数").fill(code)
    section.get_by_role("button", name="用确认码确认").click()
    expect(section).to_contain_text("家属已确认")


def family_objects(home: Home, page_as: Open, inspect: Inspect) -> None:
    """Say in English what was not right."""
    english = page_as(None, account=home.daughter, width=1280, lang="en")
    english.goto(f"/family/{home.senior.id}/care/{home.visit.id}")
    expect(english.locator("main")).to_contain_text("With the family's code")
    english.get_by_text("This was not right").click()
    english.get_by_label("What was not right").fill("没有洗头")
    english.locator("details[open]").get_by_role("button", name="Send").click()
    expect(english.locator("main")).to_contain_text("Being looked into")
    inspect(english, "objected-en")


def desk_sees_the_objection(home: Home, page_as: Open, inspect: Inspect) -> None:
    """Open the objection and its visit as the supervisor."""
    desk = page_as(None, account=home.session.get_one(Account, home.supervisor.account_id), width=1280)
    desk.goto("/care/objections")
    desk.get_by_text("答复", exact=True).first.click()
    inspect(desk, "objections")
    desk.goto(f"/care/visits/{home.visit.id}")
    expect(desk.locator("main")).to_contain_text("没有洗头")
    inspect(desk, "visit-desk")


def test_the_page_opens_without_a_line_and_takes_what_is_done(home: Home, page_as: Open, visits: Any) -> None:
    for fault in ("Failed to load resource", "ERR_INTERNET_DISCONNECTED"):
        visits.expect(fault)
    phone = page_as(None, account=home.carer.account, width=360, height=740, with_worker=True)
    phone.goto("/care/today")
    assert phone.evaluate(IS_KEPT)
    phone.context.set_offline(True)
    phone.reload()
    phone.locator("[data-stop]").click()
    section = phone.locator(f"#visit-{home.visit.id}")
    section.get_by_role("button", name="签到").click()
    expect(section).to_contain_text("记在手机里", timeout=20_000)
    phone.reload()
    expect(section).to_contain_text("记在手机里")
    phone.context.set_offline(False)
    phone.reload()
    expect(section).to_contain_text("已传", timeout=15_000)
    assert home.session.scalar(select(func.count(VisitMark.id))) == 1


def test_a_mark_the_server_stumbles_over_holds_up_no_other_and_a_second_tab_says_so(
    home: Home, phone: Page, visits: Any
) -> None:
    visits.expect("Failed to load resource")
    other = home.another_visit()
    too_large: dict[str, Any] = {"status": 413, "content_type": "text/html", "body": "<h1>413</h1>"}
    phone.route(f"**/visits/{home.visit.id}/**", lambda route: route.fulfill(**too_large))
    phone.goto(f"/care/today#visit-{home.visit.id}")
    section = phone.locator(f"#visit-{home.visit.id}")
    section.get_by_role("button", name="签到").click()
    expect(section.locator("[data-part=refused]")).to_contain_text("还存在手机里")
    section.get_by_text("查看记下的内容").click()
    visits.inspect(phone, "aside")
    phone.goto(f"/care/today#visit-{other.id}")
    phone.locator(f"#visit-{other.id}").get_by_role("button", name="签到").click()
    expect(phone.locator(f"#visit-{other.id}")).to_contain_text("已传")
    second = phone.context.new_page()
    second.goto("/care/today")
    expect(second.locator("#trouble")).to_contain_text("另一个标签页")
    visits.inspect(second, "second-tab")
    phone.unroute(f"**/visits/{home.visit.id}/**")
    second.get_by_role("button", name="在这里继续").click()
    expect(phone.locator("#trouble")).to_contain_text("另一个标签页")
    expect(second.locator("#strips")).not_to_contain_text("待传", timeout=15_000)
    home.session.expire_all()
    assert home.session.scalar(select(func.count(VisitMark.id))) == 2
    second.close()


def test_a_sticker_is_printed(home: Home, page_as: Open, inspect: Callable[..., None]) -> None:
    account = home.session.get_one(Account, home.manager.account_id)
    desk = page_as(None, account=account, width=1280)
    desk.goto(f"/care/beds/{home.bed.id}/stickers")
    expect(desk.locator(".sticker-serial")).to_have_text(
        " ".join(home.sticker.serial[place : place + 4] for place in (0, 4, 8))
    )
    inspect(desk, "sticker")
