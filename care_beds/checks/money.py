"""Checks on the points that visits took: hours charged against a balance that lay idle (B11)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from care_beds.checks.visits import ask_visits, carer_source, named, senior_source, visit_sources
from subsidies.findings.checks import Found, Limits, Source, Window

# A first visit paid with points after a long rest, then what the visits of the days that follow took. Whoever took
# too little is left out before anything is looked up in the ledger.
DRAINED = """
    , charged AS (
        SELECT d.*, p.minutes AS charged_minutes, p.price_fen AS points_fen, p.txn_id
          FROM done AS d
          JOIN visit_payment AS p ON p.visit_id = d.id AND p.payer = 'points' AND p.reversed_at IS NULL
         WHERE p.price_fen > 0
    ), spent AS (
        SELECT c.senior_id, c.on_day, sum(c.points_fen)::bigint AS points_fen FROM charged AS c
         GROUP BY c.senior_id, c.on_day
    ), begun AS (
        SELECT s.senior_id, s.on_day, lag(s.on_day) OVER (PARTITION BY s.senior_id ORDER BY s.on_day) AS before_on,
               (sum(s.points_fen) OVER (PARTITION BY s.senior_id ORDER BY s.on_day
                    RANGE BETWEEN CURRENT ROW AND make_interval(days => :within_days - 1) FOLLOWING))::bigint
                   AS drained_fen
          FROM spent AS s
    ), idle AS (
        SELECT b.*, (SELECT t.balance_fen FROM ledger.txn AS t
                      WHERE t.home = b.senior_id AND t.seq < (
                          SELECT min(f.seq) FROM charged AS c JOIN ledger.txn AS f ON f.home = c.senior_id
                             AND f.id = c.txn_id
                           WHERE c.senior_id = b.senior_id
                             AND c.on_day BETWEEN b.on_day AND b.on_day + CAST(:within_days AS int) - 1)
                      ORDER BY t.seq DESC LIMIT 1) AS had_fen
          FROM begun AS b
         WHERE (b.before_on IS NULL OR b.on_day - b.before_on > :idle_days)
           AND b.drained_fen * 100 >= CAST(:balance_fen AS bigint) * :percent
           AND EXISTS (SELECT FROM ledger.txn AS t WHERE t.home = b.senior_id
                          AND timezone('Asia/Shanghai', t.booked_at)::date < b.on_day - CAST(:idle_days AS int))
           AND NOT EXISTS (SELECT FROM ledger.txn AS t
                             JOIN ledger.posting AS g ON g.home = t.home AND g.txn_id = t.id AND g.debit = 1
                            WHERE t.home = b.senior_id AND t.kind = 'spend'
                              AND timezone('Asia/Shanghai', t.occurred_at)::date < b.on_day
                              AND timezone('Asia/Shanghai', t.occurred_at)::date
                                  >= b.on_day - CAST(:idle_days AS int))
    )
    SELECT i.on_day AS first_on, i.drained_fen, i.had_fen, c.id, c.senior_id, c.carer_id, c.carer, c.provider,
           c.provider_id, c.area_code, c.points_fen, c.charged_minutes, c.minutes, c.txn_id
      FROM idle AS i JOIN charged AS c ON c.senior_id = i.senior_id
       AND c.on_day BETWEEN i.on_day AND i.on_day + CAST(:within_days AS int) - 1
     WHERE i.had_fen >= :balance_fen AND i.drained_fen * 100 >= i.had_fen * :percent
     ORDER BY i.senior_id, i.on_day, c.id
"""


def find_drained(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find points that lay still for long and were charged for visits within days."""
    numbers = {name: limits[name] for name in ("idle_days", "within_days", "percent", "balance_fen")}
    drained: dict[tuple[int, date], list[Row[Any]]] = {}
    for row in ask_visits(session, window, DRAINED, **numbers):
        drained.setdefault((row.senior_id, row.first_on), []).append(row)
    for (senior_id, first_on), rows in drained.items():
        most = max(rows, key=lambda row: (row.points_fen, row.id))
        yield Found(
            key=f"{senior_id}|{first_on}",
            happened_on=first_on,
            area_code=most.area_code,
            provider_id=most.provider_id,
            senior_id=senior_id,
            amount_fen=most.drained_fen,
            severity=limits["severity"],
            facts={
                **named(most),
                "idle_days": limits["idle_days"],
                "within_days": limits["within_days"],
                "had_fen": most.had_fen,
                "drained_fen": most.drained_fen,
                "visits": len(rows),
                "charged_minutes": sum(row.charged_minutes for row in rows),
                "minutes": round(sum(row.minutes or 0 for row in rows)),
            },
            sources=[
                senior_source(senior_id),
                *(carer_source(each) for each in dict.fromkeys(row.carer_id for row in rows)),
                *visit_sources([senior_id] * len(rows), [row.id for row in rows]),
                *(Source("transaction", str(row.txn_id), senior_id) for row in rows if row.txn_id),
            ],
        )
