"""Checks on money: undone after the settlement (R12), nothing paid by the guest (R13), idle points drained (R20)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from meals.checks.sales import ask_sales, canteen_source, named, sale_sources, senior_source
from subsidies.findings.checks import Found, Limits, Source, Window
from subsidies.findings.queries import find_settled

UNDONE = text(
    """
    SELECT k.home, k.id, k.reversal_id, k.reversed_at, k.reversal_reason, k.meal_on, k.canteen_id,
           k.public_fen + k.points_fen AS spent_fen, n.area_code, n.name, n.name_en,
           timezone('Asia/Shanghai', k.reversed_at)::date AS reversed_on
      FROM canteen AS n JOIN checkout AS k ON k.canteen_id = n.id
     WHERE n.area_code LIKE :within AND n.area_code NOT LIKE ALL (CAST(:without AS text[]))
       AND k.booked_at >= :from_at - interval '366 days' AND k.reversed_at >= :from_at AND k.reversed_at < :until_at
       AND k.posted
     ORDER BY k.home, k.id
    """
)
UNPAID = """
    SELECT s.canteen_id, s.area_code, s.name, s.name_en, s.meal_on, count(*) AS meals,
           sum(s.public_fen)::bigint AS public_fen,
           array_agg(s.id ORDER BY s.id) AS ids, array_agg(s.home ORDER BY s.id) AS homes
      FROM sale AS s
     WHERE s.public_fen > 0 AND s.cash_fen + s.points_fen < :least_fen
     GROUP BY s.canteen_id, s.area_code, s.name, s.name_en, s.meal_on ORDER BY s.canteen_id, s.meal_on
"""
# A first use of points after a long rest, then what was spent in the days that follow; who has spent too little
# is left out before anything is looked up in older sales and in the ledger.
DRAINED = """
    , spent AS (
        SELECT s.home, s.meal_on, min(s.occurred_at) AS at, sum(s.points_fen)::bigint AS points_fen
          FROM sale AS s WHERE s.points_fen > 0 GROUP BY s.home, s.meal_on
    ), begun AS (
        SELECT p.home, p.meal_on, p.at, lag(p.meal_on) OVER (PARTITION BY p.home ORDER BY p.meal_on) AS before_on,
               (sum(p.points_fen) OVER (PARTITION BY p.home ORDER BY p.meal_on
                    RANGE BETWEEN CURRENT ROW AND make_interval(days => :within_days - 1) FOLLOWING))::bigint
                   AS drained_fen
          FROM spent AS p
    ), idle AS (
        SELECT b.*, (SELECT t.balance_fen FROM ledger.txn AS t WHERE t.home = b.home AND t.booked_at < b.at
                      ORDER BY t.seq DESC LIMIT 1) AS had_fen
          FROM begun AS b
         WHERE (b.before_on IS NULL OR b.meal_on - b.before_on > :idle_days)
           AND b.drained_fen * 100 >= CAST(:balance_fen AS bigint) * :percent
           AND EXISTS (SELECT FROM ledger.txn AS t
                        WHERE t.home = b.home AND t.booked_at < b.at - make_interval(days => :idle_days))
           AND NOT EXISTS (SELECT FROM checkout AS k
                            WHERE k.home = b.home AND k.points_fen > 0 AND k.reversed_at IS NULL
                              AND k.meal_on < b.meal_on AND k.meal_on >= b.meal_on - CAST(:idle_days AS int))
    )
    SELECT i.home, i.meal_on, i.drained_fen, i.had_fen, s.id, s.canteen_id, s.area_code, s.name, s.name_en, s.points_fen
      FROM idle AS i JOIN sale AS s ON s.home = i.home AND s.points_fen > 0
       AND s.meal_on BETWEEN i.meal_on AND i.meal_on + CAST(:within_days AS int) - 1
     WHERE i.had_fen >= :balance_fen AND i.drained_fen * 100 >= i.had_fen * :percent
     ORDER BY i.home, i.meal_on, s.id
"""


def find_late_refunds(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find sales that were undone after their settlement had been made."""
    rows = {str(row.id): row for row in session.execute(UNDONE, window.as_parameters())}
    settled = find_settled(session, [(row.home, row.id) for row in rows.values()])
    for txn_id, since in settled.items():
        row = rows[txn_id]
        days = (row.reversed_at - since).days
        if row.reversed_at <= since or days < limits["after_days"]:
            continue
        yield Found(
            key=txn_id,
            happened_on=row.reversed_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.home,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={"days": days, "spent_fen": row.spent_fen, "meal_on": row.meal_on.isoformat(), **named(row)},
            sources=[*sale_sources(row.home, [row.id]), Source("transaction", str(row.reversal_id), row.home)],
        )


def find_unpaid(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find subsidised meals to which the guest gave nothing, neither cash nor points."""
    for row in ask_sales(session, window, UNPAID, least_fen=limits["least_fen"]):
        sources = [each for home, one in zip(row.homes, row.ids, strict=True) for each in sale_sources(home, [one])]
        yield Found(
            key=f"{row.canteen_id}|{row.meal_on}",
            happened_on=row.meal_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            amount_fen=row.public_fen,
            severity=limits["severity"],
            facts={"meals": row.meals, "least_fen": limits["least_fen"], "public_fen": row.public_fen, **named(row)},
            sources=[canteen_source(row.canteen_id), *sources],
        )


def find_drained(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find points that lay still for long and were spent within days."""
    numbers = {name: limits[name] for name in ("idle_days", "within_days", "percent", "balance_fen")}
    drained: dict[tuple[int, Any], list[Any]] = {}
    for row in ask_sales(session, window, DRAINED, **numbers):
        drained.setdefault((row.home, row.meal_on), []).append(row)
    for (home, first_on), rows in drained.items():
        most = max(rows, key=lambda row: row.points_fen)
        yield Found(
            key=f"{home}|{first_on}",
            happened_on=first_on,
            area_code=most.area_code,
            canteen_id=most.canteen_id,
            senior_id=home,
            amount_fen=most.drained_fen,
            severity=limits["severity"],
            facts=_drained_facts(most, limits),
            sources=[
                senior_source(home),
                *sale_sources(home, [row.id for row in rows]),
                *(Source("transaction", str(row.id), home) for row in rows),
            ],
        )


def _drained_facts(row: Any, limits: Limits) -> Mapping[str, Any]:
    return {
        "idle_days": limits["idle_days"],
        "within_days": limits["within_days"],
        "had_fen": row.had_fen,
        "drained_fen": row.drained_fen,
        **named(row),
    }
