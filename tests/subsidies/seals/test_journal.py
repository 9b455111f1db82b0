"""A reader that is not ours adds the books up again, and comes to the same balances."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.subsidies.factories import NOON, SOON, claw_back, grant, new_home, open_accounts, reverse, spend


def bean_check(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def journal(committed_db: Session, runner: Any, tmp_path: Path, folder: Path) -> Path:
    accounts = open_accounts(committed_db)
    for home in (new_home(), new_home()):
        grant(committed_db, home, 400, funder=accounts.city, expires_on=SOON)
        grant(committed_db, home, 805, funder=accounts.district)
        paid = spend(committed_db, home, 600, merchant=accounts.canteen, legs=accounts.legs)
        assert paid.txn_id is not None
        reverse(committed_db, home, paid.txn_id, lines=[(1, 100)], now=NOON + timedelta(days=1))
    (granted,) = grant(committed_db, home, 333, funder=accounts.street, expires_on=SOON).txn_ids.values()
    sold = spend(committed_db, home, 1000, merchant=accounts.canteen)
    assert sold.txn_id is not None
    claw_back(committed_db, home, granted, 333)
    reverse(committed_db, home, sold.txn_id)
    committed_db.commit()
    file = tmp_path / "books.beancount"
    told = runner.invoke(args=["ledger", "export", "--format", "beancount", str(file)])
    assert told.exit_code == 0, told.output
    return file


def test_bean_check_accepts_the_journal_and_finds_a_changed_amount(journal: Path) -> None:
    checked = bean_check(journal)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    text = journal.read_text()
    assert text.count(" balance ") == 2 + 5
    assert text.count(" * ") == 8 + 5
    journal.write_text(text.replace("6.00 CNY", "6.10 CNY").replace("4.00 CNY", "4.10 CNY"))
    checked = bean_check(journal)
    assert checked.returncode != 0
    assert "Balance failed" in checked.stdout + checked.stderr


def test_a_journal_of_a_part_is_refused(runner: Any, tmp_path: Path) -> None:
    told = runner.invoke(
        args=["ledger", "export", "--format", "beancount", "--from", "2026-11-01", str(tmp_path / "f")]
    )
    assert told.exit_code == 2
