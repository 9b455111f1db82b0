"""A city of full size, written at once: for reading, not for the books, whose chains it does not join.

Sizes are those of Hangzhou that were found: 386,000 people with points, more than 2,300 canteens, 6,800 beds.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app import vault

SENIORS, CANTEENS, MEALS = 400_000, 2_300, 3_000_000
BEDS, VISITS_A_DAY, ALERTS_A_DAY, FINDINGS = 6_800, 2_000, 300, 5_000
DAYS = 92

PLACES = """
CREATE TEMPORARY TABLE bench_street AS
SELECT row_number() OVER (ORDER BY code) - 1 AS n, code, count(*) OVER () AS streets
  FROM area WHERE level = 'street' AND code LIKE '3301%'
"""
PEOPLE = """
INSERT INTO senior (name, birth_on, sex, id_number_sealed, id_number_index, hukou_area_code, residence_area_code,
                    income_class, registered_at, updated_at)
SELECT '王玉' || chr(19968 + (g.n % 2000)::int), date '1930-01-01' + (g.n % 13000)::int, 'female', :sealed,
       sha256(('bench' || g.n)::bytea), s.code, s.code, 'none', now() - interval '400 days', now() - interval '400 days'
  FROM generate_series(1, :seniors) AS g (n) JOIN bench_street AS s ON s.n = g.n % s.streets
"""
CARDS = """
INSERT INTO card (number, senior_id, state, issued_at, changed_at)
SELECT '6021' || lpad((700000000000000 + s.id)::text, 15, '0'), s.id, 'issued', now() - interval '390 days',
       now() - interval '390 days'
  FROM senior AS s WHERE s.id >= :first AND s.id % 20 <> 0
"""
MERCHANTS = """
INSERT INTO ledger.account (kind, area_code, owner_ref, name, digest)
SELECT 'merchant', s.code, 'canteen:bench' || g.n, 'bench ' || g.n, sha256('bench')
  FROM generate_series(1, :canteens) AS g (n) JOIN bench_street AS s ON s.n = g.n % s.streets
"""
CANTEENS_MADE = """
INSERT INTO canteen (code, kind, name, name_en, area_code, merchant_account, seats, weekdays, licence_expires_on,
                     agreement_expires_on, created_at)
SELECT replace(a.owner_ref, 'canteen:', ''), 'canteen', '食堂 ' || a.id, 'Canteen ' || a.id, a.area_code, a.id,
       40 + a.id % 60, '{1,2,3,4,5,6,7}', current_date + 300, current_date + 300, now() - interval '400 days'
  FROM ledger.account AS a WHERE a.owner_ref LIKE 'canteen:bench%'
"""
LOTS = """
INSERT INTO ledger.lot (home, id, funder, programme, purpose, granted_fen, remaining_fen, expires_on)
SELECT c.senior_id, 100, f.id, 'chongyang-age', 'any', 30000, 30000, current_date + 300
  FROM card AS c CROSS JOIN (SELECT min(id) AS id FROM ledger.account WHERE kind = 'city') AS f
 WHERE c.number LIKE '602170000000%'
"""
# One grant a month for each holder, on the first of each of the last three months.
GRANTS = """
CREATE TEMPORARY TABLE bench_grant AS
SELECT c.senior_id AS home, gen_random_uuid() AS id, m.n AS seq, m.at
  FROM card AS c
 CROSS JOIN (SELECT n, (date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') - n * interval '1 month'
                        + interval '2 hours') AT TIME ZONE 'Asia/Shanghai' AS at FROM generate_series(0, 2) AS n) AS m
 WHERE c.number LIKE '602170000000%'
"""
GRANT_TXNS = """
INSERT INTO ledger.txn (home, id, seq, kind, occurred_at, booked_at, actor, device, balance_fen, answer, cause, hash)
SELECT home, id, 900 + seq, 'grant', at, at, '1', '', 0, sha256('bench'), '{"what":"grant"}', sha256('bench')
  FROM bench_grant ORDER BY at
"""
GRANT_POSTINGS = """
INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
SELECT g.home, g.id, 1, f.id, 1, 10000, 100
  FROM bench_grant AS g CROSS JOIN (SELECT min(id) AS id FROM ledger.account WHERE kind = 'city') AS f ORDER BY g.at
"""
# Numbered by themselves, so that each sale finds its guest and its place by a hash.
GUESTS = """
CREATE TEMPORARY TABLE bench_guest AS
SELECT row_number() OVER (ORDER BY senior_id) - 1 AS n, senior_id AS home, number AS card, count(*) OVER () AS guests
  FROM card WHERE number LIKE '602170000000%'
"""
COUNTERS = """
CREATE TEMPORARY TABLE bench_counter AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id AS canteen_id, merchant_account, count(*) OVER () AS places
  FROM canteen WHERE code LIKE 'bench%'
"""
SALES = """
CREATE TEMPORARY TABLE bench_sale AS
WITH sold AS MATERIALIZED (
    SELECT n, n % (SELECT max(guests) FROM bench_guest) AS guest,
           n::bigint * 7919 % (SELECT max(places) FROM bench_counter) AS counter,
           date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
           - :days * interval '1 day' + (n / (:meals / :days)) * interval '1 day' + interval '10 hours 30 minutes'
           + (n % (:meals / :days)) * interval '1 hour' / (:meals / :days) AS at
      FROM generate_series(0, :meals - 1) AS n)
SELECT s.n, g.home, g.card, p.canteen_id, p.merchant_account, gen_random_uuid() AS id, s.at,
       (s.at AT TIME ZONE 'Asia/Shanghai')::date AS meal_on, s.n % 100 = 0 AS is_undone
  FROM sold AS s JOIN bench_guest AS g ON g.n = s.guest JOIN bench_counter AS p ON p.n = s.counter
"""
SALE_TXNS = """
INSERT INTO ledger.txn (home, id, seq, kind, occurred_at, booked_at, actor, device, balance_fen, answer, cause, hash)
SELECT home, id, 1000 + n, 'spend', at, at, '1', 'till:1', 0, sha256('bench'),
       '{"what":"meal","policies":[],"reasons":[{"code":"price","params":{"price_fen":1600}},
        {"code":"points","params":{"points_fen":600}},{"code":"cash","params":{"cash_fen":360}}]}', sha256('bench')
  FROM bench_sale ORDER BY n
"""
SALE_POSTINGS = """
INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id)
SELECT s.home, s.id, leg.n, CASE leg.n WHEN 1 THEN 1 ELSE f.id END, s.merchant_account,
       CASE leg.n WHEN 1 THEN 600 ELSE 640 END, CASE leg.n WHEN 1 THEN 100 END
  FROM bench_sale AS s CROSS JOIN generate_series(1, 2) AS leg (n)
  CROSS JOIN (SELECT min(id) AS id FROM ledger.account WHERE kind = 'city') AS f ORDER BY s.n, leg.n
"""
CHECKOUTS = """
INSERT INTO checkout (home, id, number, canteen_id, account_id, card, meal_on, window_name, slot, price_fen,
    public_fen, concession_fen, points_fen, cash_fen, shares, items, facts, reasons, policy_ids, posted, occurred_at,
    booked_at, reversal_id, reversed_at, reversed_by, reversal_reason)
SELECT s.home, s.id, '1-' || s.n, s.canteen_id, a.id, s.card, s.meal_on, 'lunch', 1, 1600, 640, 0, 600, 360,
    '[{"kind":"city","payer":"city","amount_fen":640}]',
    '[{"id":1,"name":"A 套餐","name_en":"Set meal A","kind":"set_meal","count":1,"price_fen":1600}]',
    '{"age":82,"income":"none","window":"lunch","status":"active"}',
    '[{"code":"price","params":{"price_fen":1600}},{"code":"tier","params":{"age":82,"age_from":80}},
      {"code":"points","params":{"points_fen":600}},{"code":"cash","params":{"cash_fen":360}}]',
    '{}', true, s.at, s.at, CASE WHEN s.is_undone THEN gen_random_uuid() END,
    CASE WHEN s.is_undone THEN s.at + interval '3 minutes' END, CASE WHEN s.is_undone THEN a.id END,
    CASE WHEN s.is_undone THEN 'mistake' END
  FROM bench_sale AS s CROSS JOIN (SELECT min(id) AS id FROM account) AS a ORDER BY s.n
"""
BEDS_MADE = """
INSERT INTO care_bed (number, senior_id, provider_id, area_code, programme, policy_id, state, since_on, active_during,
                      assessment_id, level, plan_id, applied_on, applied_by, relation)
SELECT '330100-' || (100000 + s.n), s.id, 1, s.code, 'public', 1, 'in_service', current_date - 200,
       daterange(current_date - 200, NULL), s.n, 3, s.n, current_date - 230, 1, 'self'
  FROM (SELECT row_number() OVER (ORDER BY id) AS n, id, residence_area_code AS code FROM senior
         WHERE id >= :first LIMIT :beds) AS s
"""
BED_STEPS = """
INSERT INTO bed_step (bed_id, step, from_state, to_state, on_day, at)
SELECT b.id, 'start', 'accepted', 'in_service', b.since_on, now() - interval '200 days' FROM care_bed AS b
 WHERE b.number LIKE '330100-1%'
"""
VISITS = """
INSERT INTO care_visit (bed_id, senior_id, provider_id, carer_id, area_code, service, due_on, visit_on, planned, state,
                        started_at, finished_at, missed_reason, made_at)
SELECT b.id, b.senior_id, 1, 1000 + v.n, b.area_code, 'bathing', d.on_day, d.on_day,
       tstzrange(d.at, d.at + interval '1 hour'), CASE WHEN v.n % 25 = 0 THEN 'missed' ELSE 'confirmed' END,
       CASE WHEN v.n % 25 <> 0 THEN d.at END, CASE WHEN v.n % 25 <> 0 THEN d.at + interval '1 hour' END,
       CASE WHEN v.n % 25 = 0 THEN 'not_home' ELSE '' END, d.at
  FROM generate_series(0, :days * :visits - 1) AS v (n)
  JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, senior_id, area_code, count(*) OVER () AS beds
          FROM care_bed WHERE number LIKE '330100-1%') AS b ON b.n = v.n % b.beds
 CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date - 1 - (v.n / :visits)::int AS on_day,
       ((now() AT TIME ZONE 'Asia/Shanghai')::date - 1 - (v.n / :visits)::int + time '09:00')
       AT TIME ZONE 'Asia/Shanghai' AS at) AS d
"""
ALERTS = """
INSERT INTO safety_incident (lane, home_id, senior_id, area_code, priority, state, rule, raised_at, opened_at, last_at,
                             answered_at, sent_at, attended_at, outcome, closed_by, closed_at)
SELECT 'life', 1 + n, s.id, s.code, 1, 'closed', 'sos', d.at, d.at, d.at, d.at + (20 + n % 60) * interval '1 second',
       d.at + interval '2 minutes', d.at + (10 + n % 40) * interval '1 minute', 'helped', 1, d.at + interval '1 hour'
  FROM generate_series(0, :days * :alerts - 1) AS n
  JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, id, residence_area_code AS code FROM senior
         WHERE id >= :first LIMIT 20000) AS s ON s.place = n % :alerts
 CROSS JOIN LATERAL (SELECT now() - (1 + n / :alerts) * interval '1 day' - (n % 600) * interval '1 minute' AS at) AS d
"""
RINGS = """
INSERT INTO safety_ring (incident_id, kind, priority, began_at, answered_at, answered_by)
SELECT id, 'new', 1, opened_at, answered_at, 1 FROM safety_incident WHERE rule = 'sos' AND home_id > 0
   AND answered_at IS NOT NULL
"""
FINDINGS_MADE = """
INSERT INTO finding (check_code, key, severity, area_code, happened_on, amount_fen, facts, policy_id, found_at,
                     changed_at)
SELECT 'R4', 'bench' || g.n, 'low', s.code, current_date - (g.n % 90)::int, 640, '{}', 1,
       now() - (g.n % 90) * interval '1 day', now() - (g.n % 90) * interval '1 day'
  FROM generate_series(1, :findings) AS g (n) JOIN bench_street AS s ON s.n = g.n % s.streets
"""
STATEMENTS = (
    PLACES,
    PEOPLE,
    CARDS,
    "ANALYZE senior, card",
    MERCHANTS,
    CANTEENS_MADE,
    GUESTS,
    COUNTERS,
    "ANALYZE canteen, bench_guest, bench_counter",
    LOTS,
    GRANTS,
    "ANALYZE bench_grant",
    GRANT_TXNS,
    GRANT_POSTINGS,
    SALES,
    "ANALYZE bench_sale",
    SALE_TXNS,
    SALE_POSTINGS,
    CHECKOUTS,
    BEDS_MADE,
    BED_STEPS,
    VISITS,
    ALERTS,
    RINGS,
    FINDINGS_MADE,
)


def load_city(connection: Connection, *, percent: int) -> Mapping[str, int]:
    """Write so many percent of a city, as the owner of the tables; return how much of each."""
    sizes = {
        "seniors": SENIORS * percent // 100,
        "canteens": max(CANTEENS * percent // 100, 1),
        "meals": MEALS * percent // 100,
        "beds": max(BEDS * percent // 100, 1),
        "visits": max(VISITS_A_DAY * percent // 100, 1),
        "alerts": max(ALERTS_A_DAY * percent // 100, 1),
        "findings": FINDINGS * percent // 100,
        "days": DAYS,
    }
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM senior")
        sealed = "'\\x" + vault.seal("330106194403050012").hex() + "'::bytea"
        values = {**sizes, "first": cursor.fetchone()[0], "sealed": sealed}
        for statement in STATEMENTS:
            for name, value in values.items():
                statement = statement.replace(f":{name}", str(value))  # noqa: PLW2901
            cursor.execute(statement)
    return sizes
