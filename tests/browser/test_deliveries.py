"""Meals brought home in a real browser: ordered at the counter, brought with a phone, seen by the family."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.people.models import Senior
from tests.app.people.relatives.factories import make_link, make_relative
from tests.browser.counter import Counter
from tests.conftest import FrozenClock
from tests.meals.deliveries.kitchen import Kitchen, make_kitchen
from tests.meals.lunch import make_lunch

Open = Callable[..., Page]
HOME = "/meals/deliveries"


@pytest.fixture
def kitchen(app: Flask, committed_db: Session, clock: FrozenClock) -> Kitchen:
    """A canteen that brings meals home, with one that came back and one that was fetched."""
    lunch = make_lunch(committed_db, app.test_client())
    committed_db.commit()
    kitchen = make_kitchen(lunch)
    committed_db.commit()
    return kitchen


def test_a_meal_from_the_counter_to_the_door(
    kitchen: Kitchen, page_as: Open, inspect: Callable[..., None], clock: FrozenClock
) -> None:
    card = kitchen.lunch.guest(name="王玉兰", points_fen=500, address="文晖街道河西南 38 号 2 幢 301 室")
    free = kitchen.lunch.guest(name="李大伯")
    senior_id = card.senior_id
    daughter = make_relative(kitchen.session)
    make_link(kitchen.session, kitchen.session.get_one(Senior, senior_id), daughter)
    kitchen.session.commit()
    manager = page_as(None, account=kitchen.lunch.manager_account, width=1280)
    manager.goto(f"{HOME}/new")
    manager.fill("#card", card.number)
    manager.fill("#note", "敲门大声些")
    inspect(manager, "order")
    manager.get_by_role("button", name="订餐").click()
    manager.select_option("#deliverer_id", str(kitchen.deliverer_account.id))
    manager.get_by_role("button", name="保存").click()
    manager.get_by_role("button", name="现在出餐").click()
    expect(manager.locator("h1")).to_contain_text("在路上")
    inspect(manager, "one")
    kitchen.order(free)
    kitchen.session.commit()
    phone = page_as(None, account=kitchen.deliverer_account, width=360)
    phone.goto("/meals/round")
    expect(phone.locator(".stop")).to_contain_text("2 幢 301")
    inspect(phone, "round")
    phone.get_by_text("没有人收").click()
    inspect(phone, "nobody")
    phone.locator("[name=outcome]").select_option("later")
    phone.locator(".stop details[open] button").click()
    expect(phone.locator(".stop")).to_contain_text("不在家")
    clock.advance(minutes=9)
    phone.get_by_role("button", name="本人在家门口收到").click()
    expect(phone.locator("h1")).to_contain_text("1 / 1")
    manager.goto(HOME)
    expect(manager.locator("tbody tr").first).to_contain_text("王*兰")
    inspect(manager, "list")
    manager.get_by_role("button", name="EN").click()
    expect(manager.locator("h1")).to_contain_text("2 meals to bring home")
    sold = kitchen.lunch.sell(kitchen.lunch.guest(name="钱三"))
    kitchen.session.commit()
    counter = page_as(None, account=kitchen.lunch.cashier_account, width=360)
    counter.goto(f"/meals/fetched?sale={sold.json['number']}")
    counter.select_option("#relation", "neighbour")
    counter.fill("#name", "周阿英")
    counter.locator("main form button").click()
    expect(counter.locator("tbody")).to_contain_text("周*英")
    inspect(counter, "fetched")
    family = page_as(None, account=daughter, width=360, lang="en")
    family.goto(f"/family/{senior_id}/deliveries")
    expect(family.locator("main")).to_contain_text("Handed over")
    family.get_by_text("Order a meal").click()
    expect(family.locator("#window")).to_be_visible()
    inspect(family, "family")


def test_the_till_leads_to_where_it_is_written_down_who_fetched_a_meal(
    open_till: Callable[..., Counter], inspect: Callable[..., None]
) -> None:
    till = open_till()
    till.page.keyboard.press("F7")
    till.scan(till.guest(points_fen=0))
    till.shows("sold")
    link = till.page.get_by_role("link", name="谁代取")
    inspect(till.page, "till")
    with till.page.expect_popup() as opened:
        link.click()
    expect(opened.value.locator("#number")).to_have_value(re.compile(r"1-1148-\d{3}"))
    opened.value.close()
    till.scan(till.guest(points_fen=0))
    till.shows("sold")
    expect(link).to_have_count(0)
