"""What the application's own log-in cannot do, whatever code runs in it; and what a spend touches."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.subsidies.factories import Accounts, grant, new_home, spend

TABLES = ("account", "book", "lot", "txn", "posting", "refund", "idem")
UPDATED = text(
    "SELECT relname, n_tup_upd FROM pg_stat_xact_user_tables WHERE n_tup_upd + n_tup_del > 0 ORDER BY relname"
)
FORBIDDEN = (
    "INSERT INTO ledger.{} SELECT * FROM ledger.{}",
    "UPDATE ledger.{} SET {} = {}",
    "DELETE FROM ledger.{}",
    "TRUNCATE ledger.{}",
)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_cannot_write_the_ledger_past_its_functions(
    session: Session, table: str, statement: str
) -> None:
    column = {"account": "name", "txn": "actor", "idem": "outcome"}.get(table, "home")
    arguments = (table, column, column) if statement.startswith("UPDATE") else (table, table)
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(text(statement.format(*arguments)))


@pytest.mark.parametrize(
    "call",
    [
        "ledger.remember(1, 'k', 'f', 'sold_for_cash', 0, NULL, now())",
        "ledger.recall(1, 'k', 'f')",
        "ledger.take(1, 5, 'meals', current_date)",
        "ledger.put(1, 1, 'p', 'any', current_date, NULL, 5)",
    ],
)
def test_the_application_cannot_call_what_is_inside_the_ledger(session: Session, call: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.execute(text(f"SELECT {call}"))


@pytest.mark.parametrize("table", ["account", "txn", "posting", "idem"])
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger.{0} SET {1} = {1}", "DELETE FROM ledger.{0}", "TRUNCATE ledger.{0} CASCADE"]
)
def test_even_the_owner_changes_nothing_by_accident(app: Flask, table: str, statement: str) -> None:
    column = {"account": "name", "txn": "actor", "idem": "outcome"}.get(table, "home")
    engine = create_engine(app.config["OWNER_DATABASE_URL"])
    try:
        with engine.connect() as connection, pytest.raises(DBAPIError, match="never changed"):
            connection.execute(text(statement.format(table, column)))
    finally:
        engine.dispose()


def test_every_ledger_function_names_its_search_path_or_runs_as_its_caller(session: Session) -> None:
    loose = session.scalars(
        text(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'ledger'::regnamespace AND prosecdef"
            " AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)"
        )
    )
    assert list(loose) == []


def test_a_sale_updates_no_row_but_the_payers_own(session: Session, accounts: Accounts, home: int) -> None:
    for payer in (home, *(new_home() for _ in range(3))):
        grant(session, payer, 500, funder=accounts.city)
    before = dict(session.execute(UPDATED).all())
    spend(session, home, 300, merchant=accounts.canteen, legs=accounts.legs)
    changed = {name: count - before.get(name, 0) for name, count in session.execute(UPDATED)}
    assert {name: count for name, count in changed.items() if count} == {"book": 1, "lot": 1}
