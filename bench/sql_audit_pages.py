"""A million sales and their entries, written at once: for reading, not for the books, whose chains they do not join."""

from typing import Any

from sqlalchemy import Connection

TRANSACTIONS = 1_000_000
DAYS = 92

SALES = """
CREATE TEMPORARY TABLE bench_sale ON COMMIT DROP AS
WITH guest AS (
    SELECT row_number() OVER (ORDER BY md5(c.number)) - 1 AS n, c.senior_id AS home, c.number AS card,
           count(*) OVER () AS guests
      FROM card AS c JOIN ledger.lot AS l ON l.home = c.senior_id AND l.id = 1 WHERE c.state = 'issued'
), place AS (
    SELECT row_number() OVER (ORDER BY c.id) - 1 AS n, c.id AS canteen_id, c.merchant_account, t.id AS till_id,
           count(*) OVER () AS places
      FROM canteen AS c JOIN LATERAL (SELECT id FROM till WHERE canteen_id = c.id ORDER BY id LIMIT 1) AS t ON true
), size AS (SELECT (SELECT max(guests) FROM guest) AS guests, (SELECT max(places) FROM place) AS places)
SELECT s.n, g.home, g.card, p.canteen_id, p.merchant_account, p.till_id, gen_random_uuid() AS id,
       s.at, (s.at AT TIME ZONE 'Asia/Shanghai')::date AS meal_on, s.n % 100 = 0 AS is_undone,
       1200 + s.n % 5 * 200 AS price_fen
  FROM size
  CROSS JOIN LATERAL (
      SELECT n, date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'
                - :days * interval '1 day' + (n / (:count / :days)) * interval '1 day' + interval '10 hours'
                + n % (:count / :days) * interval '1 second' AS at
        FROM generate_series(0, :count - 1) AS n) AS s
  JOIN guest AS g ON g.n = s.n % size.guests
  JOIN place AS p ON p.n = s.n % size.places
"""
TXNS = """
INSERT INTO ledger.txn (home, id, seq, kind, reverses, occurred_at, booked_at, actor, device, balance_fen, answer,
                        cause, hash)
SELECT home, id, 1000 + n, 'spend', NULL, at, at, '1', 'till:1', 0, sha256('bench'),
       '{"what":"meal","policies":[],"reasons":[{"code":"price","params":{"price_fen":1600}},
        {"code":"points","params":{"points_fen":600}},{"code":"cash","params":{"cash_fen":360}}]}', sha256('bench')
  FROM bench_sale ORDER BY n
"""
POSTINGS = """
INSERT INTO ledger.posting (home, txn_id, n, debit, credit, amount_fen, lot_id, undoes)
SELECT s.home, s.id, leg.n, CASE leg.n WHEN 1 THEN 1 WHEN 2 THEN f.city ELSE f.district END, s.merchant_account,
       CASE leg.n WHEN 1 THEN s.price_fen - 1000 ELSE 320 END, CASE leg.n WHEN 1 THEN 1 END, NULL
  FROM bench_sale AS s
  CROSS JOIN generate_series(1, 3) AS leg (n)
  CROSS JOIN (SELECT min(id) FILTER (WHERE kind = 'city') AS city,
                     min(id) FILTER (WHERE kind = 'district') AS district
                FROM ledger.account) AS f
 WHERE NOT (leg.n = 1 AND s.price_fen <= 1000) ORDER BY s.n, leg.n
"""
CHECKOUTS = """
INSERT INTO checkout (home, id, number, canteen_id, till_id, account_id, card, meal_on, window_name, slot, price_fen,
    public_fen, concession_fen, points_fen, cash_fen, shares, items, facts, reasons, policy_ids, posted, occurred_at,
    booked_at, reversal_id, reversed_at, reversed_by, reversal_reason)
SELECT s.home, s.id, '1-' || s.n, s.canteen_id, s.till_id, a.id, s.card, s.meal_on, 'lunch', 1, s.price_fen,
    640, 0, s.price_fen - 1000, 360,
    '[{"kind":"city","payer":"city","amount_fen":320},{"kind":"district","payer":"district","amount_fen":320}]',
    '[{"id":1,"name":"A 套餐","name_en":"Set meal A","kind":"set_meal","count":1,"price_fen":1600}]',
    '{"age":82,"income":"none","window":"lunch","status":"active"}',
    '[{"code":"price","params":{"price_fen":1600}},{"code":"tier","params":{"age":82,"age_from":80}},
      {"code":"points","params":{"points_fen":600}},{"code":"cash","params":{"cash_fen":360}}]',
    '{}', true, s.at, s.at, CASE WHEN s.is_undone THEN gen_random_uuid() END,
    CASE WHEN s.is_undone THEN s.at + interval '3 minutes' END, CASE WHEN s.is_undone THEN a.id END,
    CASE WHEN s.is_undone THEN 'mistake' END
  FROM bench_sale AS s CROSS JOIN (SELECT min(id) AS id FROM account) AS a ORDER BY s.n
"""


def load_sales(connection: Connection, *, count: int = TRANSACTIONS) -> None:
    """Write the sales of three months up to yesterday, as the owner of the tables."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(SALES.replace(":count", str(count)).replace(":days", str(DAYS)))
        for statement in (TXNS, POSTINGS, CHECKOUTS):
            cursor.execute(statement)
