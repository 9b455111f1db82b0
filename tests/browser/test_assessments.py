"""An assessment in a real browser: on a tablet, over a dead line and a reload, two tablets, three signatures."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Account
from care_beds.assessment.items import BY_GROUP
from care_beds.assessment.models import Assessment
from care_beds.assessment.standard import Group
from tests.app.auth.factories import PASSWORD
from tests.care_beds.assessment.answers import worth
from tests.care_beds.assessment.office import Bureau, make_bureau
from tests.conftest import FrozenClock

Open = Callable[..., Page]
TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def bureau(app: Flask, committed_db: Session, clock: FrozenClock) -> Bureau:
    """A bureau that assesses, really there."""
    made = make_bureau(committed_db, name="王玉兰", ability_level=1)
    committed_db.commit()
    return made


def pick(page: Page, key: str, value: int) -> None:
    """Press an answer."""
    page.locator(f"#{key} .option", has=page.locator(f"[value='{value}']")).click()


def test_an_assessment_from_the_kitchen_table_to_the_report(
    bureau: Bureau, page_as: Open, inspect: Callable[..., None]
) -> None:
    session = bureau.session
    first, second = (session.get_one(Account, who.account_id) for who in (bureau.first, bureau.second))
    tablet = page_as(None, account=first, **TABLET)
    tablet.goto(f"/care/assessments/of/{bureau.senior.id}/new")
    tablet.get_by_role("button", name="开始").click()
    expect(tablet.locator("#movement")).to_be_hidden()
    answers = worth(52)
    for group in Group:
        for item in BY_GROUP[group]:
            pick(tablet, item.code, int(str(answers[item.code])))
        if group is Group.SELF_CARE:
            expect(tablet.locator("#self_care .kept")).to_contain_text("都存好了")
            inspect(tablet, "self-care")
        tablet.locator(f"#{group} .part-foot a.btn--primary").click()
    pick(tablet, "coma", 0)
    tablet.locator("#circumstances .part-foot a.btn--primary").click()
    expect(tablet.locator("#finish [data-open]:visible")).to_have_count(6)
    tablet.locator("#finish [data-open=diagnosis] a").click()
    pick(tablet, "diagnosis", 1)
    tablet.locator("[data-none]").click()
    inspect(tablet, "circumstances")
    tablet.locator("[data-step=finish]").click()
    inspect(tablet, "finish")
    tablet.get_by_role("button", name="算出等级").click()
    expect(tablet.locator(".answer")).to_have_text("重度失能")
    tablet.fill("#name", "王建国")
    tablet.check("#agrees")
    tablet.locator("form:has(#agrees) button").click()
    tablet.get_by_role("button", name="孙晓梅签字").click()
    tablet.get_by_text("第二位评估员在这里签").click()
    tablet.fill("#username", second.username)
    tablet.fill("#password", PASSWORD)
    inspect(tablet, "signing")
    tablet.locator("form:has(#password) button").click()
    expect(tablet.locator(".note.is-ok")).to_contain_text("都签了")
    inspect(tablet, "signed")
    desk = page_as(None, account=second, width=1280, lang="en")
    desk.goto(tablet.url)
    expect(desk.locator(".answer")).to_have_text("severe loss")
    inspect(desk, "report")
    desk.goto("/care/assessments?all=1")
    expect(desk.locator("tbody tr")).to_have_count(1)
    inspect(desk, "list")


def test_what_is_pressed_before_the_page_is_ready_counts(bureau: Bureau, page_as: Open) -> None:
    row = bureau.start()
    bureau.session.commit()
    account = bureau.session.get_one(Account, bureau.first.account_id)
    tablet = page_as(None, account=account, **TABLET)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tablet.route("**/assessment/form*.js*", hold)
    tablet.goto(f"/care/assessments/{row.id}/form", wait_until="commit")
    pick(tablet, "item_01", 4)
    pick(tablet, "item_02", 3)
    assert held, "the script was not held back: nothing was tried"
    held[0].continue_()
    expect(tablet.locator("#self_care .kept")).to_contain_text("都存好了")
    expect(tablet.locator("[data-answered]")).to_have_text("2")
    bureau.session.rollback()
    assert bureau.session.scalar(select(Assessment.answers).where(Assessment.id == row.id)) == {
        "item_01": 4,
        "item_02": 3,
    }


def test_who_asks_for_the_level_before_all_is_sent_gets_it_then(bureau: Bureau, page_as: Open, visits: Any) -> None:
    visits.expect("ERR_INTERNET_DISCONNECTED")
    visits.expect("console: Failed to load resource")
    row = bureau.start()
    answers = worth(52)
    last = int(str(answers.pop("item_01")))
    bureau.fill(row, answers, diagnosis=1)
    bureau.session.commit()
    account = bureau.session.get_one(Account, bureau.first.account_id)
    tablet = page_as(None, account=account, **TABLET)
    tablet.goto(f"/care/assessments/{row.id}/form")
    expect(tablet.locator("#finish .kept")).to_contain_text("都存好了")
    tablet.context.set_offline(True)
    tablet.locator("[data-step=self_care]").click()
    pick(tablet, "item_01", last)
    tablet.locator("[data-step=finish]").click()
    tablet.get_by_role("button", name="算出等级").click()
    expect(tablet.locator("#live")).to_contain_text("还有答案存在这台平板里")
    tablet.context.set_offline(False)
    expect(tablet.locator(".answer")).to_have_text("重度失能")
