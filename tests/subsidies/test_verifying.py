"""Proving the ledger whole: by command, and by itself every night."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from subsidies import queries
from subsidies.tasks import verify_ledger
from tests.conftest import FrozenClock
from tests.subsidies.factories import Accounts, grant, new_home, open_accounts


def tamper(app: Flask, home: int) -> None:
    """Give somebody a yuan, past every lock."""
    engine = create_engine(app.config["OWNER_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE ledger.book SET balance_fen = balance_fen + 100 WHERE home = :home"), {"home": home}
        )
    engine.dispose()


@pytest.fixture
def home(committed_db: Session) -> int:
    made = new_home()
    grant(committed_db, made, 500, funder=open_accounts(committed_db).city)
    committed_db.commit()
    return made


def test_the_command_says_that_all_is_well_and_ends_with_0(runner: Any, home: int) -> None:
    told = runner.invoke(args=["ledger", "verify"])
    assert told.exit_code == 0, told.output
    assert "1 transactions checked, 0 faults." in told.output


def test_the_command_names_each_fault_and_ends_with_1(app: Flask, runner: Any, home: int) -> None:
    tamper(app, home)
    told = runner.invoke(args=["ledger", "verify", "--quiet"])
    assert told.exit_code == 1
    lines = told.stdout.splitlines()
    assert lines[0] == f"books: book {home}: its balance of 600 fen is not the 500 fen left in its lots"
    assert lines[1] == "trial balance: all books: they hold 600 fen, the postings say 500"


def test_the_nightly_task_keeps_what_it_found_and_may_run_twice(
    app: Flask, committed_db: Session, home: int, clock: FrozenClock
) -> None:
    verify_ledger()
    verify_ledger()
    check = queries.find_last_check(committed_db)
    assert check is not None
    assert (check.transactions, check.faults, check.finished_at) == (1, [], clock.now())


def test_a_fault_found_at_night_is_an_error_in_the_log(
    app: Flask, committed_db: Session, home: int, clock: FrozenClock
) -> None:
    tamper(app, home)
    with capture_logs() as logs:
        verify_ledger()
    assert [(entry["event"], entry["log_level"], entry["count"]) for entry in logs] == [("ledger.faults", "error", 2)]
    check = queries.find_last_check(committed_db)
    assert check is not None
    assert len(check.faults) == 2


def test_the_books_page_shows_the_last_verification(
    client: FlaskClient, session: Session, accounts: Accounts, clock: FrozenClock
) -> None:
    from app.auth import Role
    from tests.app.auth.factories import make_account, sign_in

    sign_in(client, session, make_account(session, Role.AUDITOR, area_code="330100"))
    assert "Every entry verified" not in client.get("/ledger").text or "not yet" in client.get("/ledger").text
    verify_ledger()
    assert "11:48" in client.get("/ledger").text
