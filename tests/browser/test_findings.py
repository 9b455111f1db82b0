"""Findings in a real browser: an auditor asks, the canteen's manager answers, the auditor decides."""

from collections.abc import Callable
from datetime import time

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock as clock_module
from app.auth.actor import Role
from subsidies.findings import runs
from subsidies.findings.carrying import carry_out
from tests.conftest import FrozenClock
from tests.meals.checks.world import CITY, DAY, World
from tests.subsidies.findings.factories import make_document

Open = Callable[..., Page]
Inspect = Callable[..., None]


@pytest.fixture
def world(committed_db: Session, clock: FrozenClock) -> World:
    """Let the checks find a burst at a till and a dead person's meal."""
    made = World(committed_db)
    for second in range(12):
        made.sell(at=time(11, 30, second * 4))
    guest = made.guest(name="王玉兰")
    made.sell(guest, at=time(12, 5))
    made.status(guest[0], "deceased", DAY.replace(day=3))
    make_document(committed_db)
    run_id = runs.start_run(committed_db, now=clock_module.now())
    committed_db.commit()
    carry_out(run_id)
    return made


@pytest.mark.parametrize("face", [(360, "zh"), (1280, "en")], ids=str)
def test_a_question_an_answer_and_a_decision(
    page_as: Open, inspect: Inspect, committed_db: Session, world: World, face: tuple[int, str]
) -> None:
    width, lang = face
    auditor = page_as(Role.AUDITOR, width=width, lang=lang, area_code=CITY)
    auditor.goto("/findings")
    inspect(auditor, "list")
    auditor.locator("a.row-link", has_text="R5").click()
    auditor.locator("#words-ask").evaluate("field => field.closest('details').open = true")
    auditor.locator("#words-ask").fill("11:30 时台前有多少人？")
    inspect(auditor, "asking")
    auditor.locator("form[action$='/question'] button").click()
    expect(auditor.locator(".chip.is-info").first).to_be_visible()
    manager = page_as(Role.CANTEEN_MANAGER, width=width, lang=lang, area_code=CITY, canteen_id=world.here.id)
    manager.goto("/findings")
    manager.locator("a.row-link").click()
    manager.locator("#words-answer").evaluate("field => field.closest('details').open = true")
    manager.locator("#words-answer").fill("旅行团一起来的")
    manager.locator("form[action$='/answer'] button").click()
    inspect(manager, "answered")
    auditor.reload()
    auditor.locator("#words-confirm").evaluate("field => field.closest('details').open = true")
    auditor.locator("#words-confirm").fill("没有旅行团")
    auditor.locator("form[action$='/confirmation'] button").click()
    expect(auditor.locator(".chip.is-danger").first).to_be_visible()
    inspect(auditor, "confirmed")
    auditor.goto("/findings/checks")
    inspect(auditor, "checks")
    auditor.locator("a.row-link[href*='/runs/']").first.click()
    assert committed_db.execute(text("SELECT count(*) FROM finding WHERE state = 'confirmed'")).scalar_one() == 1
