"""One care bed in real browsers, from the application to a paid month.

Clerk, two assessors, provider, approver, carer and family: each step is taken on the page of whoever takes it. Only
the later visits of the month, which are made as the first one was, go through the services.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth.actor import Actor
from app.auth.models import Account
from app.clock import ZONE
from app.idempotency import Key, fingerprint
from care_beds.assessment.items import ITEMS
from care_beds.beds.models import CareBed
from care_beds.money.paying import pay_all
from care_beds.rounds.confirming import confirm_by_tap
from care_beds.rounds.evidence import Mark
from care_beds.rounds.marking import check_in, check_out
from care_beds.rounds.marks import Report
from care_beds.rounds.rules import Fix, Point
from care_beds.visits.models import CareVisit
from tests.app.auth.factories import PASSWORD
from tests.care_beds.assessment.answers import worth
from tests.care_beds.beds.home import a_picture
from tests.care_beds.cast import Cast, make_cast
from tests.care_beds.rounds.home import make_picture
from tests.conftest import FrozenClock

Open = Callable[..., Page]
APPLIED = datetime(2026, 9, 28, 9, 30, tzinfo=ZONE)
FIRST_VISIT = datetime(2026, 10, 1, 9, 2, tzinfo=ZONE)
NEXT_MONTH = datetime(2026, 11, 9, 10, 0, tzinfo=ZONE)
LAT, LON = 30.2875, 120.1625
# Most forms stand in a box that opens; what moves money is asked once more in a dialog.
OPEN = """form => {
  const box = form.closest("details");
  if (form.closest("dialog")) box.querySelector("summary").click();
  else if (box) box.open = true;
}"""


@dataclass
class Desks:
    """The browsers of everybody, each opened once a day: overnight they are logged out."""

    cast: Cast
    clock: FrozenClock
    visits: Any
    page_as: Open
    opened: dict[int, Page]
    serial: str = ""

    def turn_to(self, moment: datetime) -> None:
        """Let time pass until a moment of another day."""
        for page in self.opened.values():
            self.visits.forget(page.context)
            page.context.close()
        self.opened.clear()
        self.clock.set(moment)

    def of(self, account: Account, **face: Any) -> Page:
        """Return somebody's browser."""
        if account.id not in self.opened:
            self.opened[account.id] = self.page_as(None, account=account, **face)
        return self.opened[account.id]


def send(page: Page, path: str, **values: Any) -> None:
    """Fill in the form that is sent to a path, and send it; nothing is refused."""
    form = page.locator(f"form[action*='{path}']").first
    form.evaluate(OPEN)
    for name, value in values.items():
        fill(form.locator(f"[name='{name}']"), value)
    with page.expect_navigation():
        form.locator("button").last.click()
    expect(page.locator("main .error, main [role=alert].is-danger, main [role=alert].is-warn")).to_have_count(0)


def fill(field: Locator, value: Any) -> None:
    """Put a value into a field of any kind; several values tick several boxes."""
    kind = field.first.evaluate("field => field.type")
    if kind in ("radio", "checkbox"):
        for each in value if isinstance(value, list) else [value]:
            field.and_(field.page.locator(f"[value='{each}']")).check()
    elif kind == "select-one":
        field.select_option(str(value))
    elif kind == "file":
        field.set_input_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": value})
    else:
        field.fill(str(value))


@pytest.fixture
def desks(committed_db: Session, page_as: Open, visits: Any, clock: FrozenClock) -> Desks:
    """Monday morning, the people in place, nothing applied for."""
    clock.set(APPLIED)
    cast = make_cast(committed_db)
    committed_db.commit()
    return Desks(cast, clock, visits, page_as, {})


def test_one_bed_from_the_application_to_a_paid_month(
    desks: Desks, inspect: Callable[..., None], tmp_path: Path
) -> None:
    bed_id = apply_for_it(desks)
    assess(desks)
    survey_and_choose(desks, bed_id)
    plan(desks, bed_id)
    agree(desks, bed_id)
    build(desks, bed_id)
    accept_and_start(desks, bed_id)
    desks.turn_to(FIRST_VISIT)
    visit(desks, tmp_path)
    make_later_visits(desks, bed_id)
    desks.turn_to(NEXT_MONTH)
    # The hourly task: only what was paid counts for the month.
    pay_all(clock=clock_module.now)
    pay_month(desks, bed_id, inspect)
    clerk = desks.of(desks.cast.clerk)
    clerk.goto(f"/care/beds/{bed_id}")
    inspect(clerk, "bed-paid")


def apply_for_it(desks: Desks) -> int:
    """The clerk records the daughter's application."""
    clerk = desks.of(desks.cast.clerk)
    clerk.goto(f"/care/beds/new/{desks.cast.senior.id}")
    send(
        clerk,
        f"/care/beds/new/{desks.cast.senior.id}",
        programme="public",
        relation="child",
        applicant_name="陈敏",
        applicant_phone="13900139000",
    )
    return int(clerk.url.split("?")[0].rsplit("/", 1)[1])


def assess(desks: Desks) -> None:
    """Two assessors and the daughter sign what came out at the kitchen table."""
    tablet = desks.of(desks.cast.assessor, width=820, height=1180)
    tablet.goto(f"/care/assessments/of/{desks.cast.senior.id}/new")
    tablet.get_by_role("button", name="开始").click()
    answers = {**worth(38), "coma": 0, "diagnosis": 0}
    expect(tablet.locator(f"#{ITEMS[0].code}")).to_be_visible()
    tablet.evaluate(
        "answers => { for (const [key, value] of Object.entries(answers))"
        " document.querySelector(`#${key} [value='${value}']`).click(); }",
        answers,
    )
    tablet.locator("[data-step=circumstances]").click()
    tablet.locator("[data-none]").click()
    expect(tablet.locator("#circumstances .kept")).to_contain_text("都存好了")
    tablet.locator("[data-step=finish]").click()
    tablet.get_by_role("button", name="算出等级").click()
    expect(tablet.locator(".answer")).to_have_text("重度失能")
    tablet.fill("#name", "陈敏")
    tablet.check("#agrees")
    tablet.locator("form:has(#agrees) button").click()
    tablet.get_by_role("button", name="孙文静签字").click()
    tablet.get_by_text("第二位评估员在这里签").click()
    tablet.fill("#username", desks.cast.second.username)
    tablet.fill("#password", PASSWORD)
    tablet.locator("form:has(#password) button").click()
    expect(tablet.locator(".note.is-ok")).to_contain_text("都签了")


def survey_and_choose(desks: Desks, bed_id: int) -> None:
    """The assessor takes the result over and surveys the home; the clerk chooses the provider."""
    tablet = desks.of(desks.cast.assessor)
    tablet.goto(f"/care/beds/{bed_id}")
    send(tablet, f"/care/beds/{bed_id}/assessment")
    home = {"dwelling": "flat", "lives_with": "alone", "floor": 3, "lat": LAT, "lon": LON}
    send(tablet, f"/care/beds/{bed_id}/survey", **home, hazards="wet_floor", items="grab_bar")
    clerk = desks.of(desks.cast.clerk)
    clerk.goto(f"/care/beds/{bed_id}")
    send(clerk, f"/care/beds/{bed_id}/provider", provider_id=desks.cast.provider.id)


def plan(desks: Desks, bed_id: int) -> None:
    """The provider plans two baths a week, the street agrees."""
    manager, clerk = desks.of(desks.cast.manager), desks.of(desks.cast.clerk)
    manager.goto(f"/care/beds/{bed_id}?tab=plan")
    send(manager, "/care/plans")
    bath = {"service": "bathing", "starts": "09:00", "minutes": 60, "carer_id": desks.cast.carer.id}
    send(manager, "/lines", **bath, weekdays=[1, 4])
    send(manager, "/submission")
    clerk.goto(manager.url)
    send(clerk, "/agreement")


def agree(desks: Desks, bed_id: int) -> None:
    """Street, provider and family sign, each on a page of their own."""
    clerk, manager = desks.of(desks.cast.clerk), desks.of(desks.cast.manager)
    clerk.goto(f"/care/beds/{bed_id}")
    send(clerk, f"/care/beds/{bed_id}/agreement", until_on="2027-09-27")
    send(clerk, f"/care/beds/{bed_id}/signatures")
    manager.goto(f"/care/beds/{bed_id}")
    send(manager, f"/care/beds/{bed_id}/signatures")
    family = desks.of(desks.cast.daughter, width=360, height=740)
    family.goto(f"/family/{desks.cast.senior.id}/bed")
    send(family, "/bed/signature", agrees="true")


def build(desks: Desks, bed_id: int) -> None:
    """The provider changes the home and installs what belongs to the programme."""
    manager = desks.of(desks.cast.manager)
    manager.goto(f"/care/beds/{bed_id}?tab=built")
    send(manager, "/before", picture=a_picture(41))
    send(manager, "/done", picture=a_picture(131), cost="380.00")
    for number in range(3):
        send(manager, "/devices?", serial=f"HZ-{number}")
    manager.goto(f"/care/beds/{bed_id}")
    send(manager, "/fitted-out")


def accept_and_start(desks: Desks, bed_id: int) -> None:
    """Somebody of the district tests every device and accepts; the clerk lets the service begin."""
    approver, clerk = desks.of(desks.cast.approver), desks.of(desks.cast.clerk)
    approver.goto(f"/care/beds/{bed_id}?tab=built")
    while approver.locator("details.act:has(form[action*='/test']) > .btn--primary").count():
        box = approver.locator("details.act:has(> .btn--primary) form[action*='/test']").first
        send(approver, box.get_attribute("action").split("?")[0], works="true")  # type: ignore[union-attr]
    approver.goto(f"/care/beds/{bed_id}")
    send(approver, "/acceptance")
    clerk.goto(f"/care/beds/{bed_id}")
    send(clerk, f"/care/beds/{bed_id}/start")
    expect(clerk.locator("main .chip").first).to_contain_text("服务中")
    manager = desks.of(desks.cast.manager)
    manager.goto(f"/care/beds/{bed_id}/stickers")
    send(manager, "/stickers")
    desks.serial = manager.locator(".sticker-serial").inner_text().replace(" ", "")


def visit(desks: Desks, tmp_path: Path) -> None:
    """The carer makes the first visit with her phone, and the daughter confirms it on hers."""
    phone = desks.of(desks.cast.carer.account, width=360, height=740)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": LAT, "longitude": LON, "accuracy": 12})
    phone.goto("/care/today")
    phone.locator("[data-stop]").click()
    section = phone.locator("section[id^='visit-']:visible").first
    prove(section, desks.serial, tmp_path, 7)
    section.get_by_role("button", name="签到").click()
    expect(section.get_by_role("button", name="签退")).to_be_visible()
    for _part in range(3):
        # Whoever is silent for longer is logged out.
        desks.clock.advance(minutes=20)
        for page in desks.opened.values():
            page.request.get("/account/alive")
    for item in ("试水温", "洗澡擦干", "看皮肤", "穿衣"):
        section.get_by_label(item).check()
    prove(section, desks.serial, tmp_path, 8)
    section.get_by_role("button", name="签退").click()
    expect(section.get_by_label("家人页面上的六位数")).to_be_visible()
    expect(phone.locator("#strips")).to_be_empty(timeout=15_000)
    family = desks.of(desks.cast.daughter, width=360, height=740)
    family.goto(f"/family/{desks.cast.senior.id}/care")
    family.locator("main").get_by_text("请确认").first.click()
    send(family, "/confirmation")


def prove(section: Locator, serial: str, tmp_path: Path, seed: int) -> None:
    """Type the sticker's digits, and take a picture."""
    block = section.locator("[data-proof]:visible")
    if not block.locator("[name=serial]").is_visible():
        block.get_by_text("相机扫不出来").click()
    block.locator("[name=serial]").fill(serial)
    block.locator("[name=serial]").blur()
    file = tmp_path / f"{seed}.jpg"
    file.write_bytes(make_picture(seed, size=(800, 600)))
    block.locator("[data-picture]").set_input_files(str(file))
    expect(block.locator("[data-part=seen]")).to_be_visible()


def make_later_visits(desks: Desks, bed_id: int) -> None:
    """Four more visits of October, as honest as the first."""
    session, carer = desks.cast.session, desks.cast.carer.actor
    session.rollback()
    bed = session.get_one(CareBed, bed_id, populate_existing=True)
    query = select(CareVisit).where(CareVisit.bed_id == bed_id, CareVisit.visit_on > FIRST_VISIT.date())
    for number, each in enumerate(session.scalars(query.order_by(CareVisit.visit_on).limit(4)).all()):
        assert each.planned.lower is not None
        for way, minutes in (("in", 0), ("out", 60)):
            desks.clock.set(each.planned.lower + timedelta(minutes=minutes))
            mark_visit(
                session, each, bed, way=way, sticker=desks.serial, seed=20 + 2 * number + minutes // 60, by=carer
            )
        daughter = Actor(account_id=desks.cast.daughter.id, name="陈敏")
        confirm_by_tap(session, senior_id=bed.senior_id, visit_id=each.id, by=daughter, now=clock_module.now())
    session.commit()


def mark_visit(
    session: Session, each: CareVisit, bed: CareBed, *, way: str, sticker: str, seed: int, by: Actor
) -> None:
    assert bed.lat is not None
    assert bed.lon is not None
    fix = Fix(at=Point(bed.lat, bed.lon), accuracy_m=12, age_seconds=3)
    now = clock_module.now()
    asked: dict[str, Any] = {
        "key": Key(f"{by.account_id}:later-{each.id}-{way}", fingerprint(way, each.id)),
        "visit_id": each.id,
        "mark": Mark(occurred_at=now, sticker=sticker, fix=fix),
        "picture_data": make_picture(seed),
        "by": by,
        "now": now,
    }
    if way == "in":
        check_in(session, **asked)
    else:
        check_out(session, report=Report(items=("water", "wash", "skin", "dress")), **asked)


def pay_month(desks: Desks, bed_id: int, inspect: Callable[..., None]) -> None:
    """The clerk has October judged and hands it in, the district approves and pays, the family sees it."""
    clerk, approver = desks.of(desks.cast.clerk), desks.of(desks.cast.approver)
    clerk.goto("/care/months?month=2026-10")
    send(clerk, "/care/months/judgement")
    send(clerk, "/care/months/runs")
    expect(clerk.locator("main .answer")).to_contain_text("540.00")
    approver.goto(clerk.url)
    send(approver, "/approval")
    expect(approver.locator("main .chip").first).to_contain_text("已付")
    approver.goto(f"/care/months/{bed_id}/2026-10")
    inspect(approver, "month-paid")
    family = desks.of(desks.cast.daughter, width=360, height=740)
    family.goto(f"/family/{desks.cast.senior.id}/bed")
    inspect(family, "family-bed")
