"""The alert desk in a real browser: the shift begins with a sound, an alarm rings, is taken, worked off and closed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app import vault
from app.auth.actor import Role
from app.auth.models import Account
from app.people.models import Senior
from safety.alerts import services
from safety.alerts.models import Incident
from safety.desk.feed_pages import SLOTS
from safety.intake.models import SafetyEvent
from tests.app.people.relatives.factories import make_link, make_relative
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, Signal, Why, World, make_world
from tests.safety.factories import make_contact, make_home

Open = Callable[..., Page]
Look = Callable[[Page, str], None]
PLACES = (
    ("motion", "bedroom", "on"),
    ("motion", "kitchen", "on"),
    ("door", "entrance", "open"),
    ("motion", "bathroom", "on"),
)


@pytest.fixture
def world(committed_db: Session, clock: FrozenClock) -> World:
    """A home with a day behind it, three more that ring, and devices that are silent."""
    made = make_world(committed_db, on_duty=False, contacts=0)
    made.home.way_in_sealed = vault.seal("钥匙在水表箱，密码 2580")
    made.home.instructions = "说话慢一点，大声。猫会踩到床头键，先问一句再派人。"
    made.home.illnesses_sealed, made.home.health_agreed_on = vault.seal("高血压，左耳背，走路用拐杖"), made.now.date()
    made.home.medicines_sealed = vault.seal("氨氯地平，早饭后")
    make_contact(committed_db, made.home, name="陈建国", relation="儿子", minutes_away=20)
    make_contact(
        committed_db,
        made.home,
        position=2,
        name="吴秀琴",
        relation="302 室",
        kind="neighbour",
        has_key=True,
        minutes_away=3,
    )
    for number in range(90):
        kind, place, state = PLACES[(number * 7) % 4]
        at = made.now - timedelta(minutes=14 * number + 9)
        if 1 <= number % 40 <= 30:
            committed_db.add(
                SafetyEvent(
                    gateway_id=1,
                    event_id=f"e{number}",
                    device_at=at,
                    occurred_at=at,
                    received_at=at,
                    home_id=made.home.id,
                    device_id=1,
                    kind=kind,
                    place=place,
                    state=state,
                    clock_suspect=False,
                )
            )
    for part in ("keeper", "listener", "scheduler", "sweep"):
        services.beat(committed_db, name=part, now=made.now + timedelta(days=1))
    committed_db.commit()
    return made


def ring(world: World, rule: str, minutes: int, priority: int = 2) -> None:
    """Let another home ring."""
    home = make_home(world.session)
    world.hear(
        Signal(rule, world.now - minutes * MINUTE, priority, "bathroom", "raise", Why(rule, {"minutes": 72})), home=home
    )


def begin_shift(desk: Page, inspect: Look) -> None:
    """Begin a shift with the sound test; a page that was left is mute until the next press."""
    desk.goto("/desk")
    expect(desk.get_by_role("heading", name="开始值班")).to_be_visible()
    inspect(desk, "before")
    desk.get_by_role("button", name="开始值班，试听声音").click()
    desk.get_by_role("button", name="两种都听到了").click(timeout=10_000)
    expect(desk.locator("[data-part=unmute]")).to_be_visible()
    desk.locator("[data-part=unmute]").click()
    expect(desk.locator("[data-part=sound-on]")).to_be_visible()


def let_ring(desk: Page, world: World, visits: Any) -> Incident:
    """Press for help while two tabs are open: a browser has one line for all its tabs, and rings once."""
    lines: list[object] = []
    desk.context.on("request", lambda asked: lines.append(asked) if asked.resource_type == "eventsource" else None)
    second = visits.watch(desk.context)
    second.goto("/desk")
    expect(second.locator("[data-part=feed-age]")).not_to_be_empty()
    ring(world, "door_night", 1)
    incident = world.sos()
    world.session.commit()
    expect(second.locator("[data-part=slot]")).to_contain_text("按了求助")
    expect(second.locator("[data-part=sound-on]")).to_be_visible()
    second.close()
    assert lines == []
    expect(desk.locator("[data-part=slot]")).to_contain_text("按了求助")
    expect(desk.locator("body")).to_have_attribute("data-ringing", "1")
    expect(desk.locator("[data-part=bar]")).to_contain_text("新警报")
    return incident


def take(desk: Page, inspect: Look) -> None:
    """Take the alert, and see where it is and how to get in."""
    desk.locator("[data-part=slot] a").click()
    desk.get_by_role("button", name="我来接").click()
    expect(desk.locator("[data-case]")).to_contain_text("观津路 8 号")
    desk.get_by_role("button", name="点开看，会留记录").click()
    expect(desk.locator("[data-part=way-in]")).to_contain_text("2580")
    inspect(desk, "taken")


def work_off(desk: Page, world: World, clock: FrozenClock) -> None:
    """Try one, write something down, hear the key again."""
    clock.advance(seconds=40)
    desk.get_by_role("button", name="没接").first.click()
    expect(desk.locator(".todo > .done").last).to_contain_text("没接")
    desk.locator("#jot").fill("听到电视声")
    desk.get_by_role("button", name="记下").click()
    expect(desk.locator(".story")).to_contain_text("听到电视声")
    clock.advance(seconds=70)
    world.sos()
    world.session.commit()
    expect(desk.locator("[data-part=stale]")).to_be_visible()
    desk.locator("[data-part=stale]").click()
    expect(desk.locator(".case-head")).to_contain_text("又响 1 次")


def close(desk: Page, inspect: Look) -> None:
    """Close the alert, at first without the cause that a false alarm needs."""
    desk.locator("summary", has_text="关闭…").click()
    inspect(desk, "closing")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("结果").select_option(label="误报")
    dialog.get_by_role("button", name="关闭警报").click()
    expect(desk.locator(".errors")).to_contain_text("误报")
    desk.locator(".errors a").first.click()
    dialog.get_by_label("误报原因").select_option(label="误按")
    dialog.get_by_role("button", name="关闭警报").click()
    expect(desk.locator("[data-case]")).to_contain_text("误按")
    expect(desk.locator("[data-part=slot]")).to_contain_text("没有用水")
    inspect(desk, "closed")


def lose_line(desk: Page, inspect: Look) -> None:
    """Cut the line: a dead feed is loud."""
    desk.context.set_offline(True)
    strip = desk.locator("[data-part=strip-dead]")
    for _ in range(5):  # a beat that was on its way when the line was cut still counts
        desk.evaluate(
            "() => { const real = performance.now.bind(performance); performance.now = () => real() + 27000 }"
        )
        desk.wait_for_timeout(1500)
        if strip.is_visible():
            break
    expect(strip).to_contain_text("这里的警报可能不全")
    expect(desk.locator("body")).to_have_attribute("data-ringing", "dead")
    inspect(desk, "dead")
    desk.context.set_offline(False)


def read_figures(desk: Page, inspect: Look) -> None:
    """Read the figures, and the report of the week."""
    for page in ("figures", "week"):
        desk.goto(f"/desk/{page}")
        inspect(desk, page)
    desk.close()


def read_story(relative: Page, inspect: Look, path: str, told: str) -> None:
    """Read as a daughter what the desk does."""
    relative.goto(path)
    expect(relative.locator("main")).to_contain_text(told)
    inspect(relative, "family-story" if "alarms" in path else "family-home")


def ask_by_turns(english: Page, app: Flask, world: World, inspect: Look) -> None:
    """Hear of an alarm without a live line, in English."""
    app.extensions[SLOTS].most, most = 0, app.extensions[SLOTS].most
    english.goto("/desk")
    ring(world, "smoke", 0, 1)
    world.session.commit()
    expect(english.locator("[data-part=slot]")).to_contain_text("Smoke")
    app.extensions[SLOTS].most = most
    inspect(english, "english")
    english.goto("/desk/devices")
    inspect(english, "devices")
    english.close()


def test_an_alarm_rings_is_taken_worked_off_and_closed(
    app: Flask, world: World, page_as: Open, visits: Any, clock: FrozenClock
) -> None:
    inspect, session = visits.inspect, world.session
    for fault in ("Failed to load resource", "ERR_INTERNET_DISCONNECTED", "Response Status Error Code 422"):
        visits.expect(fault)
    # Taking a picture leaves empty style attributes behind, which htmx carries over to what comes in their place.
    visits.expect("Applying inline style")
    ring(world, "bathroom", 4)
    ring(world, "water_stopped", 6)
    ring(world, "low_battery", 60, 3)
    daughter = make_relative(session)
    make_link(session, session.get_one(Senior, world.home.senior_id), daughter)
    session.commit()
    account = session.get_one(Account, world.operator.account_id)
    desk = page_as(None, account=account, width=1440, height=900)
    begin_shift(desk, inspect)
    incident = let_ring(desk, world, visits)
    inspect(desk, "ringing")
    take(desk, inspect)
    relative = page_as(None, account=daughter, width=360)
    family = f"/family/{world.home.senior_id}"
    for path in (family, f"{family}/alarms/{incident.id}"):
        read_story(relative, inspect, path, "按了求助")
    relative.close()
    work_off(desk, world, clock)
    close(desk, inspect)
    lose_line(desk, inspect)
    read_figures(desk, inspect)
    elder = page_as(None, account=daughter, width=360, size="elder")
    read_story(elder, inspect, f"{family}/alarms/{incident.id}", "误按")
    elder.close()
    looker = page_as(Role.DISTRICT_APPROVER, width=360, height=740)
    looker.goto(f"/desk/{incident.id}")
    expect(looker.locator("[data-case]")).to_contain_text("误按")
    inspect(looker, "looking-on")
    looker.close()
    ask_by_turns(page_as(None, account=account, width=1280, lang="en"), app, world, inspect)
