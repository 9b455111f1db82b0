"""The page of tills in a real browser: a code is made, a device becomes a till with it, and is taken out of use."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from meals.tills.models import TillDevice
from tests.browser.conftest import Visits
from tests.conftest import NOON
from tests.meals.factories import make_policy
from tests.meals.lunch import make_lunch
from tests.meals.tills.counter import enrol, write_file

Open = Callable[..., Page]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("face", [(360, "zh", "elder"), (1280, "en", "normal")])
def test_a_device_becomes_a_till(
    app: Flask, page_as: Open, committed_db: Session, visits: Visits, face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    make_policy(committed_db, kind="till_rules")
    lunch = make_lunch(committed_db, app.test_client())
    committed_db.commit()
    old, other = enrol(lunch), enrol(lunch)
    card = lunch.guest()
    committed_db.commit()
    old.send(
        *(old.sale(card, seq=seq) for seq in (1, 4)),
        queue_length=12,
        last_seq=16,
        clock_skew_ms=240_000,
        is_persistent=False,
        oldest_queued_at=(NOON - timedelta(minutes=20)).isoformat(),
        version="2026.11.1",
    )
    other.send(queue_length=0, last_seq=0, clock_skew_ms=0, is_persistent=True, version="2026.11.2")
    page = page_as(None, account=lunch.manager_account, width=width, lang=lang, size=size)
    page.goto("/meals/tills")
    visits.inspect(page, f"tills-{width}-{lang}")
    page.locator("form[action$='/enrolments'] button").first.click()
    expect(page.locator("svg.enrol-code")).to_be_visible()
    visits.inspect(page, f"code-{width}-{lang}")
    page.locator("a.btn--primary[href*='#code=']").click()
    expect(page.locator("#enrol-next")).to_be_visible()
    visits.inspect(page, f"enrolled-{width}-{lang}")
    assert page.evaluate("JSON.parse(localStorage.getItem('chongyang.till')).till.number") == 1
    assert "code=" not in page.url
    committed_db.rollback()
    assert len(committed_db.scalars(select(TillDevice)).all()) == 3
    lost = lunch.guest(card_state="lost")
    queue = write_file(old, [old.sale(card, seq=4), old.sale(lost, seq=5), {"kind": "what"}])
    committed_db.commit()
    page.goto("/meals/tills")
    page.locator("a[href$='/meals/tills/import']").click()
    if lang == "zh":
        visits.inspect(page, f"import-{width}-{lang}")
    page.set_input_files("#file", {"name": "chongyang-1-1.json", "mimeType": "application/json", "buffer": queue})
    page.locator("main form button.btn--primary").click()
    expect(page.locator("#inside-h")).to_be_visible()
    if lang == "zh":
        visits.inspect(page, f"import-look-{width}-{lang}")
    page.locator("main form button.btn--primary").click()
    page.wait_for_url("**/entries")
    expect(page.locator("tbody tr")).to_have_count(3)
