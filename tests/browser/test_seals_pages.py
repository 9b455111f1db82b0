"""The pages of seals in a real browser: from the books to a signature, and from an entry to its proof."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from subsidies.seals.keys import sealing_key
from subsidies.seals.sealing import seal_books
from tests.app.people.factories import make_senior
from tests.conftest import FrozenClock
from tests.subsidies.factories import CITY, NOON, STREET, grant, open_accounts, spend


@pytest.mark.parametrize("face", [(360, "zh", "elder"), (1280, "en", "normal")], ids=str)
def test_an_auditor_walks_from_the_books_to_a_proof(
    page_as: Callable[..., Page],
    inspect: Callable[..., None],
    committed_db: Session,
    clock: FrozenClock,
    face: tuple[int, str, str],
) -> None:
    senior, accounts = make_senior(committed_db, hukou_area=STREET), open_accounts(committed_db)
    grant(committed_db, senior.id, 5000, funder=accounts.city)
    bought = spend(committed_db, senior.id, 600, merchant=accounts.canteen, legs=accounts.legs)
    seal_books(committed_db, key=sealing_key(), now=NOON)
    committed_db.commit()
    width, lang, size = face
    page = page_as(Role.AUDITOR, width=width, lang=lang, size=size, area_code=CITY)
    page.goto("/ledger")
    page.locator("main a[href='/ledger/seals']").click()
    inspect(page, "seals")
    page.locator("main a.row-link").first.click()
    inspect(page, "seal")
    page.goto(f"/wallets/{senior.id}/transactions/{bought.txn_id}")
    page.locator("main a[href$='/proof']").click()
    expect(page.locator("main .steps li")).to_have_count(4)
    inspect(page, "proof")
