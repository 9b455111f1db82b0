"""A kit from the clerk's screen to the installer's phone: applied for, put up, heard, watched over."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Role
from safety.kits.models import SafetyDevice, SafetyDeviceSeen, SafetyHome
from safety.kits.testing import hear_tests
from tests.app.auth.factories import STREET
from tests.app.people.factories import make_senior
from tests.conftest import NOON, FrozenClock
from tests.safety.factories import make_contact, make_device, make_gateway, make_home
from tests.safety.kits.conftest import seed_terms


def test_a_kit_is_put_up_on_the_phone_and_looked_after_in_the_office(
    page_as: Callable[..., Page], inspect: Callable[..., None], committed_db: Session, clock: FrozenClock
) -> None:
    clock.set(NOON)
    seed_terms(committed_db, clock)
    senior = make_senior(committed_db, name="王玉兰", hukou_area=STREET)
    gateway = make_gateway(committed_db, code="gw-0231")
    committed_db.commit()

    clerk = page_as(Role.STREET_CLERK, lang="en", area_code=STREET)
    clerk.goto(f"/safety/homes/new/{senior.id}")
    clerk.locator("#lives_alone").check()
    clerk.locator("input[value=public]").check()
    inspect(clerk, "kit-new-en")
    clerk.get_by_role("button", name="Record the application").click()
    expect(clerk.locator("h1")).to_have_text("王玉兰's home")
    home = committed_db.scalars(select(SafetyHome)).one()
    make_contact(committed_db, home)
    make_contact(committed_db, home, position=2, kind="neighbour", name="李芳", relation="", has_key=True)
    for kind in ("sos", "motion", "door"):
        make_device(committed_db, home=home, kind=kind, state="stocked", place="")
    committed_db.commit()

    phone = page_as(Role.INSTALLER, width=360, area_code=STREET)
    phone.goto("/safety/installing")
    inspect(phone, "kit-work-zh")
    phone.get_by_role("link", name="王玉兰").click()
    for room in ("bedroom", "living", "entrance"):
        phone.locator(".kit .act > summary").first.click()
        phone.locator(".kit .act[open] select[name=place]").select_option(room)
        phone.locator(".kit .act[open] .btn--primary").click()
    phone.get_by_role("button", name="开始试报").click()
    expect(phone.locator("#tests .is-warn", has_text="还没试过")).to_have_count(3)
    devices = committed_db.scalars(select(SafetyDevice.id)).all()
    hear_tests(committed_db, heard=dict.fromkeys(devices[:2], NOON), now=NOON)
    committed_db.commit()
    expect(phone.locator("#tests .is-ok")).to_have_count(2)
    inspect(phone, "kit-test-zh")
    hear_tests(committed_db, heard={devices[2]: NOON}, now=NOON)
    committed_db.commit()
    expect(phone.locator("#tests .is-ok")).to_have_count(3)
    phone.get_by_role("button", name="结束试报").click()
    phone.get_by_role("button", name="开始守护这户").click()
    expect(phone.locator("h1 + .chip")).to_have_text("守护中")

    for device, minutes, battery in zip(devices, (1, 60 * 60, 30), (None, 61, 12), strict=True):
        at = NOON - timedelta(minutes=minutes)
        committed_db.add(SafetyDeviceSeen(device_id=device, device_at=at, received_at=at, battery=battery, state={}))
    gateway.last_seen_at = NOON
    make_home(
        committed_db,
        senior=make_senior(committed_db, name="陈阿大", hukou_area=STREET),
        away_reason="visit",
        away_from=NOON,
    )
    committed_db.commit()
    clerk.reload()
    inspect(clerk, "kit-home-en")
    clerk.locator(".callers summary", has_text="Change").first.click()
    clerk.locator(".callers summary", has_text="Show the number").first.click()
    clerk.locator(".callers .act[open] .act[open] input[name=reason]").fill("asked by the desk")
    clerk.get_by_role("button", name="Show it once").click()
    expect(clerk.locator(".callers [data-focus]")).to_have_text("13900139000")
    clerk.goto("/safety/homes")
    inspect(clerk, "kit-homes-en")
    phone.goto(f"/safety/homes/{home.id}")
    inspect(phone, "kit-home-zh")
    phone.goto("/safety/gateways")
    phone.locator("summary", has_text="登记网关").click()
    phone.locator("#code").fill("gw-0232")
    phone.locator("#name").fill("朝晖六区社区网关")
    phone.get_by_role("button", name="登记并显示密钥").click()
    inspect(phone, "kit-secret-zh")
    phone.goto("/safety/devices")
    inspect(phone, "kit-devices-zh")
