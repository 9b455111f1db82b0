"""A red person overdue, escalated, visited on a phone, referred, and the problem closed when its help has ended."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.auth.models import Account
from outreach.escalating import escalate
from outreach.reporting import report_change
from outreach.terms import Reported
from tests.conftest import FrozenClock
from tests.outreach.factories import (
    OTHER_COMMUNITY,
    SEVENTY,
    STREET,
    make_person,
    make_someone,
    publish_rules,
    rescore,
)

Open = Callable[..., Page]


def test_overdue_escalated_visited_referred(
    app: Flask, committed_db: Session, clock: FrozenClock, page_as: Open, inspect: Callable[..., None]
) -> None:
    publish_rules(committed_db)
    red = make_person(committed_db, name="王玉兰", address="观津路 8 号 3 幢 502 室", phone="13800138111")
    others = [
        make_person(committed_db, name="孙根法"),
        make_person(committed_db, name="郑阿妹", area_code=OTHER_COMMUNITY, birth_on=SEVENTY),
    ]
    worker = make_someone(committed_db, area_code=STREET)
    clerk = make_someone(committed_db, Role.STREET_CLERK, area_code=STREET, name="吴晓燕")
    rescore(committed_db, red, *others)
    clock.advance(days=8)
    report_change(committed_db, senior_id=others[0].id, reported=Reported.FALL, by=worker, now=clock.now())
    escalate(committed_db, now=clock.now())
    committed_db.commit()

    desk = page_as(None, account=committed_db.get_one(Account, clerk.account_id), width=1280, lang="en")
    desk.goto("/outreach")
    expect(desk.locator("h1")).to_contain_text("0 / 3")
    inspect(desk, "street")
    desk.get_by_role("link", name="Overdue, with the street").click()
    expect(desk.locator("main")).to_contain_text("王玉兰")
    expect(desk.locator("main")).to_contain_text("1 day late")
    inspect(desk, "tasks")

    phone = page_as(None, account=committed_db.get_one(Account, worker.account_id), width=360)
    phone.goto("/outreach/today")
    phone.locator("article", has_text="王玉兰").get_by_role("button", name="看地址").click()
    expect(phone.locator("article", has_text="王玉兰")).to_contain_text("观津路 8 号")
    inspect(phone, "today-phone")
    phone.locator("article", has_text="王玉兰").get_by_role("link", name="记录这次探访").click()
    phone.get_by_label("见到了，有困难要帮").check()
    phone.get_by_label("情况").fill("一个人洗澡怕滑倒")
    phone.get_by_label("安居守护设备").check()
    inspect(phone, "visit-phone")
    phone.get_by_role("button", name="记下", exact=True).click()
    expect(phone.locator("main")).not_to_contain_text("王玉兰")

    desk.goto(f"/outreach/people/{red.id}")
    expect(desk.locator("main")).to_contain_text("Can be closed when its referral has ended.")
    inspect(desk, "person")
    desk.get_by_label("What came of it").fill("设备装好，按键试过")
    desk.get_by_role("button", name="Done").click()
    desk.get_by_label("How it has ended").fill("洗澡时带着呼叫器")
    desk.get_by_role("button", name="Close the problem").click()
    expect(desk.locator("main")).to_contain_text("The problem is closed.")
    desk.goto("/outreach")
    expect(desk.locator("h1")).to_contain_text("1 / 3")
