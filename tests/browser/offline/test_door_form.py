"""A visit written down where there is no line: nothing goes into nowhere, and it is written once where there is one."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Account
from outreach.models import OutreachVisit
from tests.browser.offline.device import RunningClock
from tests.browser.offline.line import Line
from tests.outreach.factories import STREET, make_person, make_someone, publish_rules, rescore

Open = Callable[..., Page]


def test_what_was_written_at_the_door_waits_for_the_line(
    line: Line, committed_db: Session, clock: RunningClock, page_as: Open, visits: Any
) -> None:
    visits.expect("console: Failed to load resource")
    publish_rules(committed_db)
    person = make_person(committed_db, name="王玉兰")
    worker = make_someone(committed_db, area_code=STREET)
    rescore(committed_db, person)
    committed_db.commit()
    phone = page_as(None, account=committed_db.get_one(Account, worker.account_id), width=360)
    phone.goto(f"/outreach/today/{person.id}")
    phone.get_by_label("见到了，有困难要帮").check()
    phone.get_by_label("情况").fill("一个人洗澡怕滑倒")
    line.is_cut = True
    button = phone.get_by_role("button", name="记下", exact=True)
    button.click()
    expect(phone.locator("#live")).to_contain_text("这里没有网")
    expect(phone.get_by_label("情况")).to_have_value("一个人洗澡怕滑倒")
    line.is_cut = False
    # The phone is put away and taken out again: its page is loaded anew.
    phone.reload()
    expect(phone.get_by_label("情况")).to_have_value("一个人洗澡怕滑倒")
    expect(phone.get_by_label("见到了，有困难要帮")).to_be_checked()
    button.click()
    expect(phone.locator(".note.is-ok")).to_be_visible()
    assert [each.words for each in committed_db.scalars(select(OutreachVisit))] == ["一个人洗澡怕滑倒"]
    phone.goto(f"/outreach/today/{person.id}")
    expect(phone.get_by_label("情况")).to_have_value("")
