"""The pages of grants in a real browser, at both widths and in both languages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app import clock as app_clock
from app.auth.actor import Role
from subsidies.allowance import runs
from tests.conftest import FrozenClock
from tests.subsidies.allowance.factories import OCTOBER, draft, make_office, make_old, posted, publish, start
from tests.subsidies.allowance.programmes import XIAOSHAN
from tests.subsidies.allowance.test_corrections import app_clock_later
from tests.subsidies.allowance.test_runs import die

Open = Callable[..., Page]
Inspect = Callable[..., None]
FACES = [(360, "zh", "elder"), (1280, "en", "normal")]


@pytest.fixture
def addresses(committed_db: Session, clock: FrozenClock) -> dict[str, str]:
    """Make a month that was posted, a death known late, a run that waits, and a draft to try."""
    office = make_office(committed_db)
    publish(committed_db, office)
    people = [make_old(committed_db, age) for age in (81, 84, 91)]
    posted(committed_db, office, OCTOBER)
    make_old(committed_db, 80)
    app_clock_later()
    die(committed_db, people[0], OCTOBER.replace(month=9))
    run = start(committed_db, office)
    runs.hand_in(committed_db, run_id=run.id, by=office.maker, now=app_clock.now())
    candidate = draft(committed_db, office, unit_fen=120)
    committed_db.commit()
    return {
        "runs": "/grants/",
        "run": f"/grants/{run.id}",
        "decision": f"/grants/{run.id}/people/{people[0].id}",
        "person": f"/grants/people/{people[1].id}",
        "corrections": "/grants/corrections",
        "trial": f"/grants/trials/{candidate.id}",
    }


@pytest.mark.parametrize("face", FACES, ids=str)
def test_a_month_is_looked_at_and_approved(
    page_as: Open, inspect: Inspect, addresses: dict[str, str], face: tuple[int, str, str]
) -> None:
    width, lang, size = face
    page = page_as(Role.DISTRICT_APPROVER, width=width, lang=lang, size=size, area_code=XIAOSHAN)
    for name, address in addresses.items():
        page.goto(address)
        expect(page.locator("main h1")).to_be_visible()
        inspect(page, f"grants-{name}")
    page.goto(addresses["run"])
    page.locator("details.confirm summary").first.click()
    page.locator("#approve button[type=submit]").click()
    expect(page.locator("main .is-info").first).to_be_visible()
    inspect(page, "grants-approved")
    page.goto(addresses["runs"])  # the page of the run asks for news every second
