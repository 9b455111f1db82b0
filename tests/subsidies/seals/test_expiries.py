"""Points that ended and points that moved, seen by the auditor's script: it understands both, and a changed one."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from subsidies.expiry import queries
from subsidies.expiry.services import expire_points
from subsidies.ledger.verify import verify
from subsidies.seals.exporting import export_ledger
from subsidies.seals.keys import SealingKey
from subsidies.seals.sealing import seal_books
from tests.conftest import FrozenClock
from tests.meals.factories import make_policy
from tests.subsidies.factories import CITY, NOON, SOON, Accounts, grant, new_home, spend
from tests.subsidies.seals.test_export import SALT, WHOLE, faults_of, rewrite

ROLLING = {
    "code": "rolling",
    "expiry": {"mode": "rollover", "then": {"pays_for": ["nursing", "home_help"], "months": 6}},
}
NIGHT = NOON + timedelta(days=7)


@pytest.fixture
def swept(session: Session, accounts: Accounts, clock: FrozenClock) -> list[int]:
    """Let points of two books end, of which some move as a published document says."""
    make_policy(session, kind="allowance_programme", area_code=CITY, body=ROLLING)
    homes = [new_home(), new_home()]
    for home in homes:
        grant(session, home, 700, funder=accounts.city, expires_on=SOON, programme="rolling")
        grant(session, home, 300, funder=accounts.district, expires_on=SOON)
        spend(session, home, 200, merchant=accounts.canteen)
    ended = [lot for lot in queries.find_ended(session, until=SOON) if lot.home in homes]
    rollovers = queries.list_rollovers(session)
    expire_points(session, ended=ended, rollovers=rollovers, on=date(2026, 11, 27), now=NIGHT)
    return homes


def test_what_moved_pays_for_its_services_and_for_nothing_else(
    session: Session, swept: list[int], accounts: Accounts
) -> None:
    home = swept[0]
    assert spend(session, home, 100, merchant=accounts.canteen, now=NIGHT).outcome == "points_exhausted"
    paid = spend(session, home, 500, merchant=accounts.canteen, purpose="nursing", now=NIGHT)
    assert (paid.outcome, paid.balance_fen) == ("booked", 0)
    assert list(verify(session)) == []


def test_the_auditors_script_understands_expiries_and_finds_a_changed_one(
    session: Session, swept: list[int], key: SealingKey, tmp_path: Path
) -> None:
    seal_books(session, key=key, now=NIGHT)
    folder = tmp_path / "export"
    export_ledger(session, folder=folder, period=WHOLE, salt=SALT)
    assert faults_of(folder) == []
    rewrite(folder, "postings", 4, "amount_fen", "299")
    assert faults_of(folder)
