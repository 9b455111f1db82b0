"""An assessment over a line that is really cut: nothing is lost, and what another tablet said meanwhile is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Account
from care_beds.assessment.drafting import Entry
from care_beds.assessment.models import Assessment
from tests.browser.offline.device import RunningClock
from tests.browser.offline.line import Line
from tests.browser.test_assessments import pick
from tests.care_beds.assessment.office import Bureau, make_bureau

Open = Callable[..., Page]


@pytest.fixture
def bureau(app: Flask, committed_db: Session, clock: RunningClock) -> Bureau:
    """A bureau that assesses, really there."""
    made = make_bureau(committed_db, name="王玉兰", ability_level=1)
    committed_db.commit()
    return made


def test_a_dead_line_and_a_reload_lose_nothing(
    line: Line, bureau: Bureau, page_as: Open, visits: Any, inspect: Callable[..., None]
) -> None:
    visits.expect("console: Failed to load resource")
    row = bureau.start()
    bureau.session.commit()
    account = bureau.session.get_one(Account, bureau.first.account_id)
    phone = page_as(None, account=account, width=360, size="elder", with_worker=True)
    address = f"/care/assessments/{row.id}/form"
    phone.goto(address)
    phone.evaluate("navigator.serviceWorker.ready")
    phone.wait_for_function(
        "async path => Boolean(await (await caches.open('page-assessments')).match(path))", arg=address
    )
    pick(phone, "item_01", 4)
    expect(phone.locator("#self_care .kept")).to_contain_text("都存好了")
    line.is_cut = True
    pick(phone, "item_02", 3)
    pick(phone, "item_03", 1)
    expect(phone.locator("#self_care .kept")).to_contain_text("没有网，2 个答案")
    phone.reload()
    expect(phone.locator("#self_care .kept")).to_contain_text("没有网，2 个答案")
    expect(phone.locator("#item_03 input[value='1']")).to_be_checked()
    expect(phone.locator("#item_01 input[value='4']")).to_be_checked()
    pick(phone, "item_04", 2)
    expect(phone.locator("#self_care .kept")).to_contain_text("没有网，3 个答案")
    inspect(phone, "offline")
    assert bureau.session.scalar(select(Assessment.answers).where(Assessment.id == row.id)) == {"item_01": 4}
    bureau.session.rollback()
    bureau.save(row, Entry("item_02", 0), device="tablet-2", by=bureau.second)
    bureau.session.commit()
    line.is_cut = False
    expect(phone.locator("#item_02 [data-note]")).to_contain_text("丁伟民 在另一台平板上选了 0，您选了 3")
    inspect(phone, "crossed")
    phone.get_by_role("button", name="用我的：3").click()
    expect(phone.locator("#self_care .kept")).to_contain_text("都存好了")
    bureau.session.rollback()
    kept = bureau.session.scalar(select(Assessment.answers).where(Assessment.id == row.id))
    assert kept == {"item_01": 4, "item_02": 3, "item_03": 1, "item_04": 2}
