"""Applications and points that end, in a real browser: from the counter to the letter, both widths, both languages."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.auth.actor import Role
from subsidies.applications import documents, services
from tests.conftest import NOON, FrozenClock
from tests.subsidies.applications.factories import (
    DISTRICT,
    FRIDAY,
    PDF,
    STREET,
    apply,
    make_approver,
    make_clerk,
    make_disabled,
    publish_documents,
)
from tests.subsidies.factories import grant, open_accounts

Open = Callable[..., Page]
Inspect = Callable[..., None]


@pytest.fixture
def numbers(committed_db: Session, clock: FrozenClock) -> list[int]:
    """Make an overdue application, one that is refused, and a senior whose points end next month."""
    late, refused = make_disabled(committed_db, name="陈阿婆"), make_disabled(committed_db, ability_level=2)
    publish_documents(committed_db)
    clerk = make_clerk(committed_db)
    first = apply(committed_db, late, clerk, applied_on=FRIDAY - timedelta(days=14))
    documents.attach(committed_db, application_id=first, title="评估报告", content=PDF, actor=clerk, now=NOON)
    second = apply(committed_db, refused, clerk)
    services.check(committed_db, application_id=second, supports=False, reason="缺收入证明", actor=clerk, now=NOON)
    services.decide(
        committed_db,
        application_id=second,
        approves=False,
        reason="收入没有核实",
        actor=make_approver(committed_db),
        now=NOON,
    )
    accounts = open_accounts(committed_db)
    for senior in (late, refused):
        grant(committed_db, senior.id, 12_50, funder=accounts.city, expires_on=date(2026, 12, 31))
    committed_db.commit()
    return [first, second]


@pytest.mark.parametrize(("width", "lang"), [(360, "zh"), (1280, "en")])
def test_a_clerk_sees_what_presses_and_what_was_decided(
    page_as: Open, inspect: Inspect, numbers: list[int], width: int, lang: str
) -> None:
    page = page_as(Role.STREET_CLERK, width=width, lang=lang, area_code=STREET)
    page.goto("/applications/")
    inspect(page, "applications")
    page.locator("main a.row-link").first.click()
    expect(page.locator("main h1")).to_be_visible()
    inspect(page, "application-open")
    page.goto(f"/applications/{numbers[1]}")
    inspect(page, "application-refused")
    page.locator("a[href$='/letter']").click()
    inspect(page, "letter")
    page.goto("/ledger/endings")
    inspect(page, "endings")
    page.locator("main a.row-link").first.click()
    inspect(page, "wallet-ending")
    page.goto(page.url.replace("wallets", "people/seniors"))
    page.locator("a[href*='/applications/new/']").click()
    inspect(page, "application-new")


def test_an_approver_decides(page_as: Open, inspect: Inspect, committed_db: Session, numbers: list[int]) -> None:
    services.check(
        committed_db, application_id=numbers[0], supports=True, reason="", actor=make_clerk(committed_db), now=NOON
    )
    committed_db.commit()
    page = page_as(Role.DISTRICT_APPROVER, width=1280, lang="zh", area_code=DISTRICT)
    page.goto(f"/applications/{numbers[0]}")
    inspect(page, "application-decide")
    page.locator("input[name=approves][value=true]").check()
    page.get_by_role("button", name="决定").click()
    expect(page.locator("main .is-ok").first).to_be_visible()
