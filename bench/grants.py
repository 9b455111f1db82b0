"""A month's grants for 400,000 seniors, reasons included, beside a bare INSERT of as many lots and postings."""

import json
import subprocess
import sys
from datetime import date
from time import perf_counter

from sqlalchemy import Engine, create_engine, text

from app import clock
from bench.figures import Figure
from bench.world import World

AIM, MEMORY_AIM_MB = 8.0, 300.0
PEOPLE = 400_000
PROGRAMME = "demo-age"

# All are old enough and registered in a district that pays, so that each is granted something: the most that a
# month can be. They have books and a status already, as people have in any month but the first.
MAKE_PEOPLE = f"""
ALTER TABLE senior_status DROP CONSTRAINT ex_senior_status_period;
WITH places AS (
    SELECT array_agg(code ORDER BY code) AS codes FROM area
     WHERE level = 'community' AND (code LIKE '330102%' OR code LIKE '330105%')
), made AS (
    INSERT INTO senior (name, birth_on, sex, id_number_sealed, id_number_index, hukou_area_code, residence_area_code,
                        living_situation, income_class, ability_level, registered_at, updated_at)
    SELECT '测试', date '1921-01-01' + (n::bigint * 7919 % 8700)::integer, 'female', '\\x00',
           sha256(('bench ' || n)::bytea),
           codes[1 + n % cardinality(codes)], codes[1 + (n / 3) % cardinality(codes)],
           (ARRAY['alone', 'empty_nest', 'with_family'])[1 + n % 3],
           (ARRAY['none', 'none', 'none', 'low_income', 'low_margin', 'none', 'none'])[1 + n % 7],
           nullif(n % 6, 5), now(), now()
      FROM generate_series(1, {PEOPLE}) AS n, places
    RETURNING id
), known AS (
    INSERT INTO senior_status (senior_id, status, from_on, recorded_at)
    SELECT id, 'active', '2020-01-01', now() FROM made
)
INSERT INTO ledger.book (home) SELECT id FROM made;
"""
REFERENCE_TABLES = """
DROP SCHEMA IF EXISTS bench_grants CASCADE;
CREATE SCHEMA bench_grants;
CREATE TABLE bench_grants.lot (LIKE ledger.lot INCLUDING ALL);
CREATE TABLE bench_grants.posting (LIKE ledger.posting INCLUDING ALL);
"""
REFERENCE = """
WITH people AS (SELECT id, gen_random_uuid() AS txn FROM senior ORDER BY id DESC LIMIT :people), lots AS (
    INSERT INTO bench_grants.lot (home, id, funder, programme, purpose, granted_fen, remaining_fen, expires_on)
    SELECT id, 1, 101, 'bench', 'any', 7500, 7500, '2190-01-31' FROM people
)
INSERT INTO bench_grants.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
SELECT id, txn, 1, 101, 1, 7500, 1 FROM people
"""
# A process of its own, as a worker is, so that its memory can be told from that of the measurement.
WORK = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from app import clock, create_app
from app.auth import Actor
from app.config import Settings, settings
from app.db import transaction
from subsidies.allowance import runs, speaking
from subsidies.allowance.looking import look_through
from subsidies.allowance.posting import post_run
home, database_url, owner_url, programme, month = sys.argv[1:]
app = create_app(Settings(home=Path(home), database_url=database_url, owner_database_url=owner_url, log_level="ERROR"))
with app.app_context():
    with transaction() as session:
        run = speaking.open_run(session, programme=programme, month=date.fromisoformat(month), area_code="330100",
                                username=None, now=clock.now())
        run_id, maker_id = run.id, run.maker_id
        account = session.connection().exec_driver_sql("SELECT id FROM account WHERE username = 'city-checker'")
        checker = Actor(account_id=account.scalar_one(), name="bench", area_codes=("330100",))
    started = time.perf_counter()
    look_through(run_id, clock=clock.now)
    looked = time.perf_counter()
    with transaction() as session:
        speaking.finish_preview(session, run_id=run_id, maker_id=maker_id, now=clock.now())
        runs.approve(session, run_id=run_id, by=checker, now=clock.now())
    begun = time.perf_counter()
    post_run(run_id, clock=clock.now, hands=settings().posting_hands)
    done = time.perf_counter()
    with transaction() as session:
        run = runs.get_run(session, run_id=run_id, area_codes=None)
        posted = run.posted
print(json.dumps({"look": looked - started, "post": done - begun, "posted": posted,
                  "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def run(world: World) -> list[Figure]:
    """Measure the month, and the reference before and after it."""
    owner = create_engine(world.settings.owner_database_url)
    with owner.begin() as connection:
        connection.connection.cursor().execute(MAKE_PEOPLE)
    with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    before = _reference(owner)
    told = _work(world)
    reference = (before + _reference(owner)) / 2
    owner.dispose()
    seconds = told["look"] + told["post"]
    note = f"{told['posted']:,.0f} granted; looking {told['look']:.1f} s, posting {told['post']:.1f} s"
    ratio, memory_mb = seconds / reference, told["memory_mb"]
    return [
        Figure(
            name="grants_400k",
            value=seconds,
            unit="s",
            reference=reference,
            ratio=ratio,
            aim=f"<= {AIM:g} times the reference",
            met=ratio <= AIM and told["posted"] >= PEOPLE,
            note=note,
        ),
        Figure(
            name="grants_400k_memory",
            value=memory_mb,
            unit="MB",
            reference=None,
            ratio=None,
            aim=f"< {MEMORY_AIM_MB:g} MB",
            met=memory_mb < MEMORY_AIM_MB,
            note="most that the working process ever held",
        ),
    ]


def _reference(owner: Engine) -> float:
    with owner.begin() as connection:
        connection.connection.cursor().execute(REFERENCE_TABLES)
    started = perf_counter()
    with owner.begin() as connection:
        connection.execute(text(REFERENCE), {"people": PEOPLE})
    return perf_counter() - started


def _work(world: World) -> dict[str, float]:
    month: date = clock.business_day(clock.now()).replace(day=1)
    settings = world.settings
    addresses = [str(settings.home), settings.database_url, settings.owner_database_url]
    command = [sys.executable, "-c", WORK, *addresses, PROGRAMME, month.isoformat()]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
