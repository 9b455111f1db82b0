"""A kit from the clerk's screen to the installer's phone: applied for, put up, heard, watched over."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.actor import Role
from safety.kits.models import SafetyDevice, SafetyDeviceSeen, SafetyGateway, SafetyHome
from safety.kits.testing import hear_tests
from tests.app.auth.factories import STREET
from tests.app.people.factories import make_senior
from tests.conftest import NOON, FrozenClock
from tests.safety.factories import make_contact, make_device, make_gateway, make_home
from tests.safety.kits.conftest import seed_terms

Look = Callable[[Page, str], None]


def apply_for(clerk: Page, senior_id: int, inspect: Look) -> None:
    """Record the application for a kit, in the office."""
    clerk.goto(f"/safety/homes/new/{senior_id}")
    clerk.locator("#lives_alone").check()
    clerk.locator("input[value=public]").check()
    inspect(clerk, "kit-new-en")
    clerk.get_by_role("button", name="Record the application").click()
    expect(clerk.locator("h1")).to_have_text("王玉兰's home")


def lay_out(session: Session) -> SafetyHome:
    """Name who is to be called, and set devices aside."""
    home = session.scalars(select(SafetyHome)).one()
    make_contact(session, home)
    make_contact(session, home, position=2, kind="neighbour", name="李芳", relation="", has_key=True)
    for kind in ("sos", "motion", "door"):
        make_device(session, home=home, kind=kind, state="stocked", place="")
    session.commit()
    return home


def put_up(phone: Page, inspect: Look) -> None:
    """Put up the devices, on the phone."""
    phone.goto("/safety/installing")
    inspect(phone, "kit-work-zh")
    phone.get_by_role("link", name="王玉兰").click()
    for room in ("bedroom", "living", "entrance"):
        phone.locator(".kit .act > summary").first.click()
        phone.locator(".kit .act[open] select[name=place]").select_option(room)
        phone.locator(".kit .act[open] .btn--primary").click()


def hear_and_start(phone: Page, session: Session, inspect: Look) -> Sequence[int]:
    """Hear each device in a test, and begin to watch over the home; return the devices."""
    phone.get_by_role("button", name="开始试报").click()
    expect(phone.locator("#tests .is-warn", has_text="还没试过")).to_have_count(3)
    devices = session.scalars(select(SafetyDevice.id)).all()
    for count in (2, 3):
        hear_tests(session, heard=dict.fromkeys(devices[:count], NOON), now=NOON)
        session.commit()
        expect(phone.locator("#tests .is-ok")).to_have_count(count)
    inspect(phone, "kit-test-zh")
    phone.get_by_role("button", name="结束试报").click()
    phone.get_by_role("button", name="开始守护这户").click()
    expect(phone.locator("h1 + .chip")).to_have_text("守护中")
    return devices


def live_on(session: Session, gateway: SafetyGateway, devices: Sequence[int]) -> None:
    """Let one device be well, one silent, one weak; and another home be away."""
    for device, minutes, battery in zip(devices, (1, 60 * 60, 30), (None, 61, 12), strict=True):
        at = NOON - timedelta(minutes=minutes)
        session.add(SafetyDeviceSeen(device_id=device, device_at=at, received_at=at, battery=battery, state={}))
    gateway.last_seen_at = NOON
    senior = make_senior(session, name="陈阿大", hukou_area=STREET)
    make_home(session, senior=senior, away_reason="visit", away_from=NOON)
    session.commit()


def look_after(clerk: Page, inspect: Look) -> None:
    """See the home and a number behind its seal, and the list of homes, in the office."""
    clerk.reload()
    inspect(clerk, "kit-home-en")
    clerk.locator(".callers summary", has_text="Change").first.click()
    clerk.locator(".callers summary", has_text="Show the number").first.click()
    clerk.locator(".callers .act[open] .act[open] input[name=reason]").fill("asked by the desk")
    clerk.get_by_role("button", name="Show it once").click()
    expect(clerk.locator(".callers [data-focus]")).to_have_text("13900139000")
    clerk.goto("/safety/homes")
    inspect(clerk, "kit-homes-en")
    clerk.close()


def add_gateway(phone: Page, home: SafetyHome, inspect: Look) -> None:
    """See the home, a new gateway's secret and the devices, on the phone."""
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
    phone.close()


def test_a_kit_is_put_up_on_the_phone_and_looked_after_in_the_office(
    page_as: Callable[..., Page], inspect: Look, committed_db: Session, clock: FrozenClock
) -> None:
    clock.set(NOON)
    seed_terms(committed_db, clock)
    senior = make_senior(committed_db, name="王玉兰", hukou_area=STREET)
    gateway = make_gateway(committed_db, code="gw-0231")
    committed_db.commit()
    clerk = page_as(Role.STREET_CLERK, lang="en", area_code=STREET)
    apply_for(clerk, senior.id, inspect)
    home = lay_out(committed_db)
    phone = page_as(Role.INSTALLER, width=360, area_code=STREET)
    put_up(phone, inspect)
    live_on(committed_db, gateway, hear_and_start(phone, committed_db, inspect))
    look_after(clerk, inspect)
    add_gateway(phone, home, inspect)
