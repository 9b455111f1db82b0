"""An SOS from the device to the family: a gateway tells, the desk rings, is left alone, goes on, closes; who reads it.

The alert desk by itself is looked at in ``test_alert_desk``.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth.models import Account
from app.people.models import Senior
from app.people.relatives.rules import Topic
from safety.alerts.running import run_round
from tests.app.people.factories import make_senior
from tests.app.people.relatives.factories import make_link, make_relative
from tests.browser.conftest import Visits
from tests.conftest import FrozenClock
from tests.meals.factories import STREET
from tests.portal.conftest import publish_family_rules
from tests.safety.alerts.world import World, make_world
from tests.safety.factories import make_contact, make_device, make_gateway, make_home

Open = Callable[..., Page]
SECRET = "gateway-secret"


@pytest.fixture
def mother(committed_db: Session, clock: FrozenClock) -> Senior:
    """Somebody's mother."""
    return make_senior(committed_db, name="王玉兰", hukou_area=STREET, residence_area=STREET)


@pytest.fixture
def daughter(committed_db: Session, mother: Senior) -> Account:
    """The daughter, who hears of alarms."""
    publish_family_rules(committed_db)
    account = make_relative(committed_db, name="陈静")
    make_link(committed_db, mother, account, topics=(Topic.ALERTS,))
    return account


@pytest.fixture
def world(committed_db: Session, mother: Senior, daughter: Account) -> World:
    """The mother's home with a key to press, and a desk at which nobody is on duty yet."""
    made = make_world(committed_db, on_duty=False, contacts=0)
    made.home = make_home(committed_db, senior=mother)
    make_contact(committed_db, made.home, name="陈静", relation="女儿", has_key=True, account_id=daughter.id)
    gateway = make_gateway(committed_db, token=SECRET)
    make_device(committed_db, home=made.home, gateway=gateway, ref="bedside-key")
    committed_db.commit()
    return made


@pytest.fixture
def press(app: Flask, world: World, clock: FrozenClock) -> Callable[[], None]:
    """Return what lets the gateway tell that the key was pressed."""

    def press() -> None:
        said = {"id": "1", "device": "bedside-key", "kind": "sos", "state": "on", "at": clock.now().isoformat()}
        headers = {"Authorization": f"Bearer {SECRET}"}
        answer = app.test_client().post("/api/v1/safety/events", json={"events": [said]}, headers=headers)
        assert answer.get_json() == {**answer.get_json(), "accepted": 1, "errors": {}}

    return press


@pytest.fixture
def go_on(app: Flask, clock: FrozenClock) -> Callable[[int], None]:
    """Return what lets time go by, and the product do what is due then."""

    def go_on(seconds: int) -> None:
        clock.advance(seconds=seconds)
        with app.app_context():
            run_round(name="keeper", clock=clock_module.now)

    return go_on


@pytest.fixture
def desk(world: World, page_as: Open, visits: Visits) -> Page:
    """Begin a shift at the desk, sound and all."""
    visits.expect("Applying inline style")
    operator = world.session.get_one(Account, world.operator.account_id)
    page = page_as(None, account=operator, width=1440, height=900)
    page.goto("/desk")
    page.get_by_role("button", name="开始值班，试听声音").click()
    page.get_by_role("button", name="两种都听到了").click(timeout=10_000)
    expect(page.locator("[data-part=unmute]")).to_be_visible()
    page.locator("[data-part=unmute]").click()
    return page


@pytest.fixture
def family(page_as: Open, daughter: Account) -> Page:
    """Open the daughter's phone."""
    return page_as(None, account=daughter, width=360, height=740)


def test_an_sos_rings_is_taken_left_alone_rings_again_and_the_family_reads_how_it_ended(
    desk: Page, press: Callable[[], None], go_on: Callable[[int], None], family: Page, inspect: Callable[..., None]
) -> None:
    press()
    expect(desk.locator("[data-part=slot]")).to_contain_text("王玉兰")
    expect(desk.locator("body")).to_have_attribute("data-ringing", "1")
    desk.locator("[data-part=slot] a").click()
    desk.get_by_role("button", name="我来接").click()
    expect(desk.locator("body")).not_to_have_attribute("data-ringing", "1")
    go_on(30)
    desk.get_by_role("button", name="没接").first.click()
    expect(desk.locator(".todo > .done").last).to_contain_text("没接")
    go_on(240)
    expect(desk.locator("body")).to_have_attribute("data-ringing", "1")
    inspect(desk, "left-alone")
    family.goto("/family")
    expect(family.locator("main")).to_contain_text("按了求助")
    inspect(family, "family-open")
    desk.locator("[data-part=stale]").click()
    desk.get_by_role("button", name="我来接").click()
    desk.locator("summary", has_text="关闭…").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("结果").select_option(label="误报")
    dialog.get_by_label("误报原因").select_option(label="误按")
    dialog.get_by_role("button", name="关闭警报").click()
    expect(desk.locator("[data-case]")).to_contain_text("误按")
    family.reload()
    family.locator("a[href$='/alarms']").first.click()
    family.locator("main a[href*='/alarms/']").first.click()
    expect(family.locator("main")).to_contain_text("误按")
    inspect(family, "family-story")
