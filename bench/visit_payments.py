"""A day's visits paid in one go, turn about with as many bare spends from the same books."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

from sqlalchemy import create_engine, text

from app import clock
from app.clock import business_day
from app.db import transaction
from app.idempotency import fingerprint
from app.tokens import new_id
from bench.figures import Figure
from bench.world import World
from care_beds.money import paying, services
from subsidies import services as ledger

VISITS, ROUNDS = 20_000, 4
A_ROUND = VISITS // ROUNDS
CARERS, HOURS = 200, 10
AIM = 0.3
PRICE_FEN = 3500
# What it takes to pay: a provider with carers, a bed for each of some people with points, and confirmed visits that
# overlap for nobody; hours of ten a day, as many days back as it needs.
WORLD = (
    """
    INSERT INTO care_provider (code, name, area_code, licence_number, licence_expires_on, agreement_number,
                               agreement_from, agreement_expires_on, capacity, merchant_account, state_since,
                               created_at)
    SELECT 'BENCH', 'bench', a.code, 'L', '2190-01-01', 'A', '2020-01-01', '2190-01-01', 5000,
           ledger.open_account('merchant', a.code, 'provider:BENCH', 'bench'), now(), now()
      FROM (SELECT residence_area_code AS code FROM senior ORDER BY id LIMIT 1) AS a
    """,
    """
    INSERT INTO account (name, username, password_hash, password_changed_at, created_at)
    SELECT 'bench', 'bench-carer-' || n, '', now(), now() FROM generate_series(1, :carers) AS n
    """,
    """
    INSERT INTO carer (account_id, provider_id, name, phone_sealed, phone_index, id_number_sealed, id_number_index,
                       employed_from, created_at)
    SELECT a.id, p.id, 'bench', '', sha256(a.username::bytea), '', sha256(a.username::bytea), '2020-01-01', now()
      FROM account AS a, care_provider AS p WHERE a.username LIKE 'bench-carer-%' AND p.code = 'BENCH'
    """,
    """
    INSERT INTO care_bed (number, senior_id, provider_id, area_code, programme, policy_id, since_on, applied_on,
                          applied_by, relation)
    SELECT left(s.residence_area_code, 6) || '-' || (800000 + s.id), s.id, p.id, s.residence_area_code, 'public',
           d.id, current_date, current_date,
           (SELECT min(id) FROM account), 'child'
      FROM senior AS s
      JOIN ledger.book AS b ON b.home = s.id AND b.balance_fen > 0
      JOIN care_provider AS p ON p.code = 'BENCH'
      JOIN (SELECT min(id) AS id FROM policy_document) AS d ON true
     WHERE NOT EXISTS (SELECT FROM senior_status AS t WHERE t.senior_id = s.id AND t.status <> 'active')
       AND s.residence_area_code LIKE '3301%'
    """,
    """
    INSERT INTO care_visit (bed_id, senior_id, provider_id, carer_id, area_code, service, due_on, visit_on, planned,
                            state, started_at, finished_at, made_at)
    SELECT b.id, b.senior_id, b.provider_id, c.id, b.area_code, 'cleaning', v.day, v.day,
           tstzrange(v.begins, v.begins + interval '1 hour'), 'confirmed', v.begins, v.begins + interval '1 hour', now()
      FROM (SELECT n, n % (SELECT count(*) FROM care_bed) AS bed, n % :carers AS carer, w.day,
                   (w.day + make_interval(hours => 8 + (n / :carers) % :hours)) AT TIME ZONE 'Asia/Shanghai' AS begins
              FROM generate_series(0, :visits - 1) AS n
             CROSS JOIN LATERAL (SELECT CAST(:today AS date) - 1 - n / (:carers * :hours) AS day) AS w) AS v
      JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM care_bed) AS b ON b.place = v.bed
      JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM carer) AS c ON c.place = v.carer
    """,
    "ANALYZE",
)


def run(world: World) -> list[Figure]:
    """Measure visits paid a second by the product, beside bare spends of as many points from the same books."""
    _build(world)
    with transaction() as session:
        ids = list(session.scalars(text("SELECT id FROM care_visit ORDER BY id")))
        homes = list(session.scalars(text("SELECT senior_id FROM care_visit ORDER BY id")))
        merchant = int(session.scalar(text("SELECT merchant_account FROM care_provider WHERE code = 'BENCH'")) or 0)
    bare, paid, ratios = [], [], []
    for n in range(ROUNDS):
        part = slice(n * A_ROUND, (n + 1) * A_ROUND)
        bare.append(_timed(partial(_spend, homes[part], merchant)))
        paid.append(_timed(partial(_pay, ids[part])))
        ratios.append(paid[-1] / bare[-1])
    with transaction() as session:
        rows = session.execute(text("SELECT payer, count(*) AS visits FROM visit_payment GROUP BY payer"))
        done = {row.payer: row.visits for row in rows}
    assert sum(done.values()) == VISITS, done
    return [
        Figure(
            name="visit_payments",
            value=median(paid),
            unit="1/s",
            reference=median(bare),
            ratio=median(ratios),
            aim=f"ratio >= {AIM}",
            met=median(ratios) >= AIM,
            note=f"{VISITS} visits in {sum(A_ROUND / each for each in paid):.0f} s, {done}",
        )
    ]


def _build(world: World) -> None:
    engine = create_engine(world.database.addresses().owner)
    asked = {"carers": CARERS, "hours": HOURS, "visits": VISITS, "today": business_day(clock.now())}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in WORLD:
            connection.execute(text(statement), asked if ":" in statement else {})
    engine.dispose()


def _timed(work: Callable[[], None]) -> float:
    """Return how many visits of a round a piece of work does in a second."""
    started = time.perf_counter()
    work()
    return A_ROUND / (time.perf_counter() - started)


def _pay(ids: Sequence[int]) -> None:
    """Pay visits as the product does, batch by batch."""
    for start in range(0, len(ids), paying.VISITS_AT_ONCE):
        with transaction() as session:
            services.pay_visits(session, visit_ids=ids[start : start + paying.VISITS_AT_ONCE], by=None, now=clock.now())


def _spend(homes: Sequence[int], merchant: int) -> None:
    """Spend as many points of the same books, as many in a transaction, and do nothing else."""
    now = clock.now()
    for start in range(0, len(homes), paying.VISITS_AT_ONCE):
        with transaction() as session:
            for home in sorted(homes[start : start + paying.VISITS_AT_ONCE]):
                key = new_id()
                ledger.spend(
                    session,
                    home=home,
                    key=str(key),
                    fingerprint=fingerprint("bench", home),
                    txn_id=key,
                    merchant_account=merchant,
                    points_fen=PRICE_FEN // 100,
                    purpose="home_help",
                    legs=[],
                    cause={"what": "visit", "policies": [1, 2], "reasons": [{"code": "paid_by", "params": {}}]},
                    response={"price_fen": PRICE_FEN},
                    actor="",
                    device="",
                    occurred_at=now,
                    occurred_on=business_day(now),
                    now=now,
                )
