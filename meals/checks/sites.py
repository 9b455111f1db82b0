"""Checks on canteens: sold while closed or without papers (R7), more than they can serve (R8), spikes (R19)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from meals.checks.sales import ask_sales, canteen_source, named, sale_sources
from subsidies.findings.checks import Found, Limits, Window

# Each sale that should not be, with why; a lapsed paper makes one finding a month, everything else one a day.
CLOSED = """
    , hours AS MATERIALIZED (
        SELECT d.id, h ->> 'name' AS name,
               split_part(h ->> 'from', ':', 1)::int * 60 + split_part(h ->> 'from', ':', 2)::int AS first,
               split_part(h ->> 'until', ':', 1)::int * 60 + split_part(h ->> 'until', ':', 2)::int AS last
          FROM policy_document AS d CROSS JOIN LATERAL jsonb_array_elements(d.body -> 'windows') AS h
         WHERE d.kind = 'meal_discount'
    ), timed AS (
        SELECT s.*, date_part('hour', timezone('Asia/Shanghai', s.occurred_at))::int * 60
                    + date_part('minute', timezone('Asia/Shanghai', s.occurred_at))::int AS minute FROM sale AS s
    ), bad AS (
        SELECT s.id, s.home, s.canteen_id, s.meal_on, s.area_code, s.name, s.name_en,
               s.public_fen + s.points_fen AS spent_fen,
               CASE WHEN n.closed_from <= s.meal_on THEN 'given_up'
                    WHEN c.closed_on IS NOT NULL THEN 'closed_day'
                    WHEN NOT date_part('isodow', s.meal_on)::int = ANY (n.weekdays) THEN 'closed_weekday'
                    WHEN n.licence_expires_on < s.meal_on AND s.public_fen + s.points_fen > 0 THEN 'licence'
                    WHEN n.agreement_expires_on < s.meal_on AND s.public_fen + s.points_fen > 0 THEN 'agreement'
                    WHEN s.slot IS NOT NULL AND EXISTS (
                        SELECT FROM hours AS h WHERE h.id = ANY (s.policy_ids) AND h.name = s.window_name
                           AND s.minute NOT BETWEEN h.first - :tolerance_minutes AND h.last + :tolerance_minutes)
                        THEN 'outside'
               END AS why
          FROM timed AS s JOIN canteen AS n ON n.id = s.canteen_id
          LEFT JOIN canteen_closure AS c ON c.canteen_id = s.canteen_id AND c.closed_on = s.meal_on
    )
    SELECT canteen_id, area_code, name, name_en, why, min(meal_on) AS first_on, max(meal_on) AS last_on,
           CASE WHEN why IN ('licence', 'agreement') THEN date_trunc('month', meal_on)::date ELSE meal_on END AS period,
           count(*) AS meals, sum(spent_fen)::bigint AS spent_fen,
           array_agg(id ORDER BY id) AS ids, array_agg(home ORDER BY id) AS homes
      FROM bad WHERE why IS NOT NULL
     GROUP BY canteen_id, area_code, name, name_en, why, period ORDER BY canteen_id, period, why
"""
CAPACITY = """
    SELECT s.canteen_id, s.area_code, s.name, s.name_en, s.meal_on, s.window_name, n.seats, count(*) AS meals,
           sum(s.public_fen + s.points_fen)::bigint AS spent_fen
      FROM sale AS s JOIN canteen AS n ON n.id = s.canteen_id
     WHERE n.seats > 0 AND s.window_name IS NOT NULL
     GROUP BY s.canteen_id, s.area_code, s.name, s.name_en, s.meal_on, s.window_name, n.seats
    HAVING count(*) > n.seats * :turns
     ORDER BY s.canteen_id, s.meal_on, s.window_name
"""
# Days on which the canteen sold something, of whole months: the last days against the others.
SPIKES = """
    , day AS (
        SELECT s.canteen_id, s.area_code, s.name, s.name_en, s.meal_on, count(*) AS meals,
               sum(s.public_fen)::bigint AS public_fen,
               s.meal_on >= CAST(:month_until AS date) - CAST(:last_days AS int) AS is_last
          FROM sale AS s
         WHERE s.slot IS NOT NULL AND s.meal_on >= :month_from AND s.meal_on < :month_until
         GROUP BY s.canteen_id, s.area_code, s.name, s.name_en, s.meal_on
    ), mean AS (
        SELECT canteen_id, area_code, name, name_en, avg(meals) FILTER (WHERE NOT is_last) AS usual,
               avg(meals) FILTER (WHERE is_last) AS last, coalesce(sum(meals) FILTER (WHERE is_last), 0) AS meals,
               coalesce(sum(public_fen) FILTER (WHERE is_last), 0)::bigint AS public_fen
          FROM day GROUP BY canteen_id, area_code, name, name_en
    )
    SELECT * FROM mean WHERE meals >= :meals AND usual > 0 AND last * 100 >= usual * :percent ORDER BY canteen_id
"""


def find_closed(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find sales outside the hours, on closed days, in canteens given up, and public money without valid papers.

    Weekdays are those of today: what a canteen's hours were before is kept by the audit log alone.
    """
    for row in ask_sales(session, window, CLOSED, more="k.policy_ids", tolerance_minutes=limits["tolerance_minutes"]):
        sources = [each for home, one in zip(row.homes, row.ids, strict=True) for each in sale_sources(home, [one])]
        yield Found(
            key=f"{row.canteen_id}|{row.period}|{row.why}",
            happened_on=row.first_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={
                "why": row.why,
                "first_on": row.first_on.isoformat(),
                "last_on": row.last_on.isoformat(),
                "meals": row.meals,
                "spent_fen": row.spent_fen,
                **named(row),
            },
            sources=[canteen_source(row.canteen_id), *sources],
        )


def find_overfull(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find meals at which a canteen sold more than its seats can take in so many turns."""
    for row in ask_sales(session, window, CAPACITY, turns=limits["turns"]):
        yield Found(
            key=f"{row.canteen_id}|{row.meal_on}|{row.window_name}",
            happened_on=row.meal_on,
            area_code=row.area_code,
            canteen_id=row.canteen_id,
            amount_fen=row.spent_fen,
            severity=limits["severity"],
            facts={
                "meals": row.meals,
                "seats": row.seats,
                "turns": limits["turns"],
                "window": row.window_name,
                **named(row),
            },
            sources=[canteen_source(row.canteen_id)],
        )


def find_spikes(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find canteens that sell far more subsidised meals on the last days of a month than on the others."""
    numbers = {name: limits[name] for name in ("last_days", "percent", "meals")}
    for first, after in window.months_over():
        for row in ask_sales(session, window, SPIKES, month_from=first, month_until=after, **numbers):
            yield Found(
                key=f"{row.canteen_id}|{first}",
                happened_on=first,
                area_code=row.area_code,
                canteen_id=row.canteen_id,
                amount_fen=row.public_fen,
                severity=limits["severity"],
                facts={
                    "month": first.isoformat(),
                    "days": limits["last_days"],
                    "usual": round(float(row.usual), 1),
                    "last": round(float(row.last), 1),
                    "percent": round(float(row.last * 100 / row.usual)),
                    **named(row),
                },
                sources=[canteen_source(row.canteen_id)],
            )
