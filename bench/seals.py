"""Seals: verifying a million transactions beside reading them, and sales while the books are being sealed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import median

import psycopg

from app import clock, create_app
from app.db import transaction
from bench.checkout import STEADY_PER_SECOND, check, sales
from bench.figures import Figure
from bench.ledger_spend import ACCOUNT, CAUSE, FIRST_HOME, GRANTS, RESPONSE
from bench.load import open_loop
from bench.world import HOME, World, cards_of, open_server
from subsidies.checking import find_faults
from subsidies.seals.services import seal_now

TRANSACTIONS = 1_000_000
BOOKS = 20_000
VERIFY_ROUNDS, VERIFY_AIM = 3, 4
LOAD_ROUNDS, LOAD_SECONDS, LOAD_AIM = 5, 15, 1.5
SEAL_EVERY = 1.0
# One in five is a sale with three postings, the others are grants.
SALES = f"""
SELECT count(*) FROM generate_series(1, {BOOKS}) AS n, LATERAL ledger.spend(
    {FIRST_HOME} + n, 'bench:sale:' || gen_random_uuid(), '\\xabab', gen_random_uuid(), %(merchant)s, 600, 'meals',
    ARRAY[%(funder)s, %(district)s]::bigint[], ARRAY[320, 320]::bigint[], %(cause)s::json, %(response)s::json, '12',
    'till:3', now(), current_date, now())
"""
READ = ("account", "book", "lot", "txn", "posting", "refund", "idem", "block_leaf", "account_leaf", "answer_leaf")


def run_verify(world: World) -> list[Figure]:
    """Measure the verification of a million transactions, turn about with reading the same rows into the client."""
    count = fill(world)
    begun = time.perf_counter()
    seal_now(now=clock.now())
    sealing = time.perf_counter() - begun
    verified, read = [], []
    for _round in range(VERIFY_ROUNDS):
        read.append(_read(world))
        verified.append(_verify())
    ratio = median(one / other for one, other in zip(verified, read, strict=True))
    return [
        Figure(
            name="ledger_verify_1m",
            value=median(verified),
            unit="s",
            reference=median(read),
            ratio=ratio,
            aim=f"ratio <= {VERIFY_AIM}",
            met=ratio <= VERIFY_AIM,
            note=f"{count:,} transactions, books and seals; sealing all of them took {sealing:.0f} s",
        )
    ]


def run_load(world: World) -> list[Figure]:
    """Measure the slowest hundredth of sales while the books are sealed every second, turn about with none sealed."""
    cards = cycle(cards_of(world, 20_000))
    without: list[float] = []
    during: list[float] = []
    with open_server(world) as server:
        for number in range(2 * LOAD_ROUNDS + 1):
            requests = sales(server, cards, STEADY_PER_SECOND * LOAD_SECONDS)
            is_sealed = number % 2 == 0
            with _sealing(world) if is_sealed else _nothing():
                outcome = open_loop(server.port, requests, per_second=STEADY_PER_SECOND, clients=16)
            check(outcome)
            if number:  # the first round warms up
                (during if is_sealed else without).append(outcome.quantile(0.99) * 1000)
    ratio = median(one / other for one, other in zip(during, without, strict=True))
    return [
        Figure(
            name="seal_under_load",
            value=median(during),
            unit="ms p99",
            reference=median(without),
            ratio=ratio,
            aim=f"ratio <= {LOAD_AIM}",
            met=ratio <= LOAD_AIM,
            note=f"{STEADY_PER_SECOND} sales/s, a seal every {SEAL_EVERY:.0f} s; {LOAD_ROUNDS} rounds turn about",
        )
    ]


def fill(world: World) -> int:
    """Add grants and sales until there are a million transactions; return how many there are."""
    with psycopg.connect(world.owner_address, autocommit=True) as connection:
        named = {}
        for name, kind in (("funder", "city"), ("district", "district"), ("merchant", "merchant")):
            row = connection.execute(ACCOUNT, (kind,)).fetchone()
            assert row is not None
            named[name] = row[0]
        lot = 0
        while (count := _count(connection)) < TRANSACTIONS:
            if lot % 5 == 4:
                connection.execute(SALES, {**named, "cause": CAUSE, "response": RESPONSE})
            else:
                # The same two lots again and again, under keys of their own.
                connection.execute(GRANTS.replace("+ %(lot)s", "+ %(lot)s %% 2"), {**named, "lot": lot})
            lot += 1
        connection.execute("VACUUM (ANALYZE) ledger.book, ledger.lot, ledger.txn, ledger.posting, ledger.idem")
        return count


def _count(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM ledger.txn").fetchone()
    assert row is not None
    return int(row[0])


def _verify() -> float:
    begun = time.perf_counter()
    with transaction() as session:
        faults = list(find_faults(session))
    if faults:
        raise RuntimeError(f"the ledger has faults: {faults[:3]}")
    return time.perf_counter() - begun


def _read(world: World) -> float:
    begun = time.perf_counter()
    with psycopg.connect(world.owner_address) as connection:
        for table in READ:
            with connection.cursor(name="read") as cursor:
                cursor.itersize = 5000
                cursor.execute(f"SELECT * FROM ledger.{table}")
                for _row in cursor:
                    pass
    return time.perf_counter() - begun


@contextmanager
def _sealing(world: World) -> Iterator[None]:
    """Seal in a process of its own, as the worker does, but every second."""
    environment = {
        **os.environ,
        "DATABASE_URL": world.settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": world.settings.owner_database_url,
        "CHONGYANG_HOME": str(HOME),
        "CHONGYANG_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen([sys.executable, "-m", "bench.seals"], env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def seal_for_ever() -> None:
    """Seal every second until told to stop."""
    with create_app().app_context():
        print("sealing", flush=True)
        while True:
            seal_now(now=clock.now())
            time.sleep(SEAL_EVERY)


if __name__ == "__main__":
    seal_for_ever()
