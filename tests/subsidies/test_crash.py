"""The database dies in the middle of the lunch hour: what was acknowledged is there, once; the rest may be retried."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from time import sleep
from uuid import UUID

import psutil
import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import MIGRATIONS
from app.db import engine_options
from app.embedded import EmbeddedDatabase
from subsidies import queries
from subsidies.ledger.verify import verify
from subsidies.models import Idem, Txn
from tests.subsidies.factories import Accounts, grant, new_home, new_key, open_accounts, spend

CASHIERS = 8
ROUNDS = 2
FINGERPRINT = b"the same content"


class Cashier(Thread):
    """Sells as fast as it can until the database is gone, and notes what it was told."""

    def __init__(self, engine: Engine, homes: list[int], canteen: int, stop: Event) -> None:
        super().__init__()
        self.engine, self.homes, self.canteen, self.stop = engine, homes, canteen, stop
        self.told: dict[str, tuple[int, UUID | None]] = {}
        self.asked: dict[str, int] = {}

    def run(self) -> None:
        while not self.stop.is_set():
            key, home = new_key(), self.homes[len(self.asked) % len(self.homes)]
            self.asked[key] = home
            try:
                with Session(self.engine) as session:
                    answer = spend(session, home, 10, merchant=self.canteen, key=key, fingerprint=FINGERPRINT)
                    session.commit()
            except DBAPIError:
                return
            self.told[key] = (home, answer.txn_id)


@pytest.fixture
def database() -> Iterator[EmbeddedDatabase]:
    """Return a server of this test's own, with the ledger alone in it."""
    with tempfile.TemporaryDirectory(prefix="chongyang-crash-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        made = EmbeddedDatabase(Path(directory))
        owner = create_engine(made.addresses().owner)
        with owner.begin() as connection, connection.connection.cursor() as cursor:
            cursor.execute((MIGRATIONS / "sql" / "0004_ledger.sql").read_text())
        owner.dispose()
        yield made
        made.stop()


def kill(database: EmbeddedDatabase) -> None:
    """Kill the server and every process of it, at once and without a word."""
    server = psutil.Process(database.server.get_pid())
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
    psutil.wait_procs(processes, timeout=10)


def test_what_was_acknowledged_survives_a_killed_database_exactly_once(database: EmbeddedDatabase) -> None:
    engine = create_engine(database.addresses().application, **engine_options(pool_size=CASHIERS, switch_role=False))
    homes, accounts = open_books(engine)
    asked: dict[str, int] = {}
    told: dict[str, tuple[int, UUID | None]] = {}
    for _round in range(ROUNDS):
        cashiers = [Cashier(engine, homes[n::CASHIERS], accounts.canteen, Event()) for n in range(CASHIERS)]
        for cashier in cashiers:
            cashier.start()
        sleep(1.5)
        kill(database)
        for cashier in cashiers:
            cashier.join(10)
            asked |= cashier.asked
            told |= cashier.told
        engine.dispose()
        database.server.ensure_postgres_running()
    assert len(told) > 100
    with Session(engine) as session:
        check_told(session, told)
        retry(session, asked, told, accounts.canteen)
        assert [str(fault) for fault in verify(session)] == []
    engine.dispose()


def open_books(engine: Engine) -> tuple[list[int], Accounts]:
    with Session(engine) as session, session.begin():
        accounts = open_accounts(session)
        homes = [new_home() for _ in range(CASHIERS * 4)]
        for home in homes:
            grant(session, home, 10_000_000, funder=accounts.city)
    return homes, accounts


def check_told(session: Session, told: dict[str, tuple[int, UUID | None]]) -> None:
    booked = dict(session.execute(select(Idem.key, Idem.txn_id)).all())
    assert {key: txn_id for key, (_home, txn_id) in told.items()} == {key: booked.get(key) for key in told}
    ids = set(session.scalars(select(Txn.id)))
    assert {txn_id for _home, txn_id in told.values()} <= ids


def retry(session: Session, asked: dict[str, int], told: dict[str, tuple[int, UUID | None]], canteen: int) -> None:
    for key, home in asked.items():
        if key in told:
            continue
        before = queries.find_answer(session, home=home, key=key)
        again = spend(session, home, 10, merchant=canteen, key=key, fingerprint=FINGERPRINT)
        assert again.replayed == (before is not None)
    session.commit()
    keys = set(session.scalars(select(Idem.key)))
    assert set(asked) <= keys
