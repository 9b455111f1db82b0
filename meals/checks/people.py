"""Checks on people: sold to the dead (R1), to those in hospital or in an institution (R2), age against ID (R16)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.people.verifying import find_misdated
from meals.checks.sales import ask_sales, named, sale_sources, senior_source
from subsidies.findings.checks import Found, Limits, Source, Window
from subsidies.findings.rules import Severity

# A death is often reported late: whose was reported within the days is looked at for all sales since.
DEAD = text(
    """
    WITH gone AS (
        SELECT t.senior_id, t.from_on, t.recorded_at FROM senior_status AS t WHERE t.status = 'deceased'
    ), sold AS (
        SELECT k.home, date_trunc('month', k.meal_on)::date AS month, g.from_on, count(*) AS meals, k.canteen_id,
               sum(k.public_fen + k.points_fen)::bigint AS spent_fen, array_agg(k.id ORDER BY k.id) AS ids,
               min(k.meal_on) AS first_on, max(k.meal_on) AS last_on
          FROM gone AS g JOIN checkout AS k ON k.home = g.senior_id AND k.meal_on > g.from_on + CAST(:grace_days AS int)
         WHERE k.reversed_at IS NULL AND k.meal_on < :until AND (k.meal_on >= :since OR g.recorded_at >= :from_at)
         GROUP BY k.home, month, g.from_on, k.canteen_id
    ), tried AS (
        SELECT f.senior_id AS home, date_trunc('month', timezone('Asia/Shanghai', f.at))::date AS month, g.from_on,
               f.canteen_id, count(*) AS tries, array_agg(f.id ORDER BY f.id) AS ids,
               min(timezone('Asia/Shanghai', f.at)::date) AS first_on
          FROM canteen AS n JOIN failed_scan AS f ON f.canteen_id = n.id AND f.at >= :from_at AND f.at < :until_at
          JOIN gone AS g ON g.senior_id = f.senior_id
         WHERE f.reason = 'senior_deceased' OR f.reason = 'card_cancelled' AND f.at >= g.recorded_at
         GROUP BY f.senior_id, month, g.from_on, f.canteen_id
    )
    SELECT home, month, coalesce(s.from_on, t.from_on) AS from_on, canteen_id, coalesce(s.meals, 0) AS meals,
           coalesce(s.spent_fen, 0) AS spent_fen, s.ids AS sale_ids, coalesce(t.tries, 0) AS tries, t.ids AS scan_ids,
           least(s.first_on, t.first_on) AS first_on, n.area_code, n.name, n.name_en
      FROM sold AS s FULL JOIN tried AS t USING (home, month, canteen_id)
      JOIN canteen AS n ON n.id = canteen_id
     WHERE n.area_code LIKE :within AND n.area_code NOT LIKE ALL (CAST(:without AS text[]))
       AND (s.meals > 0 OR t.tries >= :tries)
     ORDER BY home, month, canteen_id
    """
)
AWAY = """
    SELECT s.home, t.status, t.from_on, t.until_on, date_trunc('month', s.meal_on)::date AS month, s.canteen_id,
           s.area_code, s.name, s.name_en, min(s.meal_on) AS first_on, count(*) AS meals,
           sum(s.public_fen + s.points_fen)::bigint AS spent_fen, array_agg(s.id ORDER BY s.id) AS ids
      FROM sale AS s JOIN senior_status AS t ON t.senior_id = s.home
       AND t.status IN ('in_hospital', 'in_institution')
       AND s.meal_on >= t.from_on + CAST(:grace_days AS int)
       AND (t.until_on IS NULL OR s.meal_on < t.until_on - CAST(:grace_days AS int))
     WHERE s.public_fen + s.points_fen > 0 OR t.status = 'in_institution'
     GROUP BY s.home, t.status, t.from_on, t.until_on, month, s.canteen_id, s.area_code, s.name, s.name_en
     ORDER BY s.home, month, s.canteen_id
"""
GUESTS = " SELECT DISTINCT home FROM sale WHERE slot IS NOT NULL"
AGES = """
    , aged AS (
        SELECT s.home, s.canteen_id, s.area_code, s.name, s.name_en, s.meal_on, s.id,
               s.public_fen + s.points_fen AS spent_fen,
               s.said, extract(year FROM age(s.meal_on, coalesce(m.birth_on, p.birth_on)))::int AS right_age
          FROM sale AS s JOIN senior AS p ON p.id = s.home
          LEFT JOIN unnest(CAST(:misdated AS bigint[]), CAST(:births AS date[])) AS m (id, birth_on) ON m.id = s.home
         WHERE s.slot IS NOT NULL AND s.said IS NOT NULL
    )
    SELECT home, canteen_id, area_code, name, name_en, date_trunc('month', meal_on)::date AS month,
           min(meal_on) AS first_on, count(*) AS meals, sum(spent_fen)::bigint AS spent_fen,
           min(said) AS said, max(right_age) AS right_age, array_agg(id ORDER BY id) AS ids
      FROM aged WHERE abs(said - right_age) > :years
     GROUP BY home, canteen_id, area_code, name, name_en, month ORDER BY home, month, canteen_id
"""


def find_dead(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find sales, and scans, on cards of people who had died."""
    asked = {**window.as_parameters(), "grace_days": limits["grace_days"], "tries": limits["tries"]}
    for row in session.execute(DEAD, asked):
        scans = [Source("scan", str(each), row.home) for each in row.scan_ids or ()]
        yield Found(
            key=f"{row.home}|{row.month}|{row.canteen_id}",
            happened_on=row.first_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.home,
            amount_fen=row.spent_fen,
            # Tried and refused, nothing was lost: somebody uses the card, which is news, not damage.
            severity=limits["severity"] if row.meals else Severity.LOW,
            facts={
                "died_on": row.from_on.isoformat(),
                "meals": row.meals,
                "tries": row.tries,
                "spent_fen": row.spent_fen,
                **named(row),
            },
            sources=[senior_source(row.home), *sale_sources(row.home, row.sale_ids or ()), *scans],
        )


def find_away(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find subsidised sales to people who lay in hospital, and any to those who lived in an institution."""
    for row in ask_sales(session, window, AWAY, grace_days=limits["grace_days"]):
        yield Found(
            key=f"{row.home}|{row.month}|{row.canteen_id}|{row.status}|{row.from_on}",
            happened_on=row.first_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.home,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={
                "status": row.status,
                "from_on": row.from_on.isoformat(),
                "until_on": row.until_on.isoformat() if row.until_on else None,
                "meals": row.meals,
                "spent_fen": row.spent_fen,
                **named(row),
            },
            sources=[senior_source(row.home), *sale_sources(row.home, row.ids)],
        )


def find_wrong_ages(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find sales whose discount was worked out with an age that the birth date in the ID number does not give."""
    guests = [row.home for row in ask_sales(session, window, GUESTS)]
    births = find_misdated(session, senior_ids=guests)
    asked = {"years": limits["years"], "misdated": list(births), "births": list(births.values())}
    for row in ask_sales(session, window, AGES, more="(k.facts ->> 'age')::int AS said", **asked):
        yield Found(
            key=f"{row.home}|{row.month}|{row.canteen_id}",
            happened_on=row.first_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            senior_id=row.home,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts=_age_facts(row),
            sources=[senior_source(row.home), *sale_sources(row.home, row.ids)],
        )


def _age_facts(row: Any) -> dict[str, Any]:
    return {
        "said": row.said,
        "right": row.right_age,
        "meals": row.meals,
        "spent_fen": row.spent_fen,
        **named(row),
    }
