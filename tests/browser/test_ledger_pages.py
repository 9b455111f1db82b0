"""The ledger's pages in a real browser: from the books down to one posting, at both widths and in both languages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from tests.app.people.factories import make_senior
from tests.conftest import FrozenClock
from tests.subsidies.factories import CITY, NOON, SOON, STREET, grant, open_accounts, reverse, spend

Open = Callable[..., Page]
Inspect = Callable[..., None]
FACES = [(360, "zh", "elder"), (1280, "en", "normal")]
WHY = {"policies": [], "explanation": {"zh": ["原价 16.00 元，补一半"], "en": ["Price 16.00 yuan, half is paid for"]}}


@pytest.fixture
def senior_id(committed_db: Session, clock: FrozenClock) -> int:
    """Make a senior with points of two origins, a lunch, and one that was undone; commit it."""
    senior = make_senior(committed_db, hukou_area=STREET)
    accounts = open_accounts(committed_db)
    grant(committed_db, senior.id, 5000, funder=accounts.city)
    grant(committed_db, senior.id, 400, funder=accounts.district, expires_on=SOON)
    spend(committed_db, senior.id, 600, merchant=accounts.canteen, legs=accounts.legs, cause=WHY)
    undone = spend(committed_db, senior.id, 300, merchant=accounts.canteen, legs=accounts.legs, cause=WHY)
    assert undone.txn_id is not None
    reverse(committed_db, senior.id, undone.txn_id, now=NOON + timedelta(minutes=3))
    committed_db.commit()
    return int(senior.id)


@pytest.mark.parametrize("face", FACES, ids=str)
def test_the_books_lead_down_to_one_posting(
    page_as: Open, inspect: Inspect, senior_id: int, face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    page = page_as(Role.AUDITOR, width=width, lang=lang, size=size, area_code=CITY)
    page.goto("/ledger")
    inspect(page, "books")
    page.get_by_role("link", name="文晖二食堂").click()
    inspect(page, "account")
    page.locator("main a.row-link[href*='/transactions/']").first.click()
    expect(page.locator("main h1")).to_be_visible()
    expect(page.locator(".is-ok")).not_to_have_count(0)
    inspect(page, "transaction")
    page.goto(f"/wallets/{senior_id}")
    expect(page.locator("main .answer")).to_contain_text("48")
    inspect(page, "wallet")


def test_empty_books_and_wallets_say_what_will_stand_there(
    page_as: Open, inspect: Inspect, committed_db: Session, clock: FrozenClock
) -> None:
    senior = make_senior(committed_db, hukou_area=STREET)
    committed_db.commit()
    page = page_as(Role.AUDITOR, area_code=CITY)
    for address in ("/ledger", f"/wallets/{senior.id}"):
        page.goto(address)
        expect(page.locator("main .empty")).not_to_have_count(0)
        inspect(page)
