"""Whoever is asked to go there, on a phone; wishes of the green key at the street; telephones of the demonstration."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.actor import Actor, Role
from app.auth.models import Account
from tests.conftest import FrozenClock
from tests.safety.alerts.world import MINUTE, Signal, World, make_staff, make_world
from tests.safety.factories import make_home

Open = Callable[..., Page]


@pytest.fixture
def evening(app: Flask, committed_db: Session, clock: FrozenClock) -> tuple[World, Actor, Actor]:
    """A pressed key that nobody has answered, and two wishes."""
    world = make_world(committed_db)
    worker = make_staff(committed_db, Role.GRID_WORKER, name="沈凯")
    clerk = make_staff(committed_db, Role.STREET_CLERK, name="何立")
    homes = [world.home, make_home(committed_db, way_in="单元门禁 2580，钥匙在 302"), make_home(committed_db)]
    for home, name in zip(homes, ("王玉兰", "孙根法", "郑阿妹"), strict=True):
        committed_db.execute(
            text("UPDATE senior SET name = :name WHERE id = :id"), {"name": name, "id": home.senior_id}
        )
    world.sos()
    world.quiet(home=homes[1])
    clock.moment += 40 * MINUTE
    world.go()
    for home in homes[1:]:
        world.hear(Signal("green_key", world.now, 3), home=home)
    committed_db.commit()
    return world, worker, clerk


def test_asked_to_go_there_and_wishes(
    evening: tuple[World, Actor, Actor], page_as: Open, inspect: Callable[..., None]
) -> None:
    world, worker, clerk = evening
    phone = page_as(None, account=world.session.get_one(Account, worker.account_id), width=360)
    phone.goto("/safety/tasks")
    expect(phone.locator("h1")).to_contain_text("2位老人要人上门")
    phone.locator("section", has_text="孙根法").get_by_role("button", name="看地址").click()
    expect(phone.locator("main")).to_contain_text("2580")
    inspect(phone, "tasks-phone")
    phone.locator("section", has_text="王玉兰").get_by_role("button", name="我去", exact=True).click()
    expect(phone.locator("section", has_text="王玉兰")).to_contain_text("你在路上")
    phone.locator("section", has_text="王玉兰").get_by_role("button", name="我到了").click()
    expect(phone.locator("h1")).to_contain_text("1位老人要人上门")
    desk = page_as(None, account=world.session.get_one(Account, clerk.account_id), width=1280, lang="en")
    desk.goto("/safety/requests")
    desk.get_by_role("button", name="I call back").first.click()
    expect(desk.locator("main")).to_contain_text("sees to it")
    inspect(desk, "requests")
