"""Checks on where carers were: no place or an old one (B1), faster than anyone travels (B2), far from the home (B8)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from care_beds.checks.visits import ask_visits, carer_source, find_by_carer, named, visit_sources
from subsidies.findings.checks import Found, Limits, Window

# A visit whose arrival or leaving has no place that one could believe; the worse of the two is told.
OFF = """
    , mark AS (
        SELECT m.visit_id,
               count(*) FILTER (WHERE m.lat IS NULL) AS off,
               count(*) FILTER (WHERE m.lat IS NOT NULL AND m.fix_age_s > :stale_seconds) AS stale,
               count(*) FILTER (WHERE m.lat IS NOT NULL AND m.accuracy_m > :accuracy_m) AS vague,
               max(m.fix_age_s) AS oldest
          FROM done AS d JOIN visit_mark AS m ON m.visit_id = d.id
         GROUP BY m.visit_id
    ), bad AS (
        SELECT d.*, m.off > 0 AS is_off, m.stale > 0 AS is_stale, m.vague > 0 AS is_vague,
               coalesce(m.oldest, 0) AS measure,
               EXISTS (SELECT FROM visit_exception AS x WHERE x.visit_id = d.id AND x.decision = 'cleared'
                          AND regexp_replace(x.code, '^leaving_', '') IN ('fix_none', 'fix_stale', 'fix_vague'))
                   AS is_cleared
          FROM done AS d JOIN mark AS m ON m.visit_id = d.id
         WHERE m.off + m.stale + m.vague > 0
    )
"""
# The circumference of the earth gives 111,195 m for a degree; over a city a flat map is exact enough.
TRAVEL = """
    , step AS (
        SELECT d.*, m.kind, m.occurred_at, m.lat, m.lon, coalesce(m.accuracy_m, 0) AS accuracy_m,
               lag(d.id) OVER w AS before_id, lag(m.kind) OVER w AS before_kind,
               lag(m.occurred_at) OVER w AS before_at, lag(m.lat) OVER w AS before_lat, lag(m.lon) OVER w AS before_lon,
               lag(coalesce(m.accuracy_m, 0)) OVER w AS before_accuracy_m, lag(d.senior_id) OVER w AS before_senior,
               lag(d.paid_fen) OVER w AS before_fen
          FROM done AS d JOIN visit_mark AS m ON m.visit_id = d.id
         WHERE m.lat IS NOT NULL AND coalesce(m.fix_age_s, 0) <= :stale_seconds
        WINDOW w AS (PARTITION BY d.person ORDER BY m.occurred_at, d.id, m.kind)
    ), way AS (
        SELECT s.*, extract(epoch FROM s.occurred_at - s.before_at) AS seconds,
               111195 * sqrt(power(s.lat - s.before_lat, 2)
                             + power((s.lon - s.before_lon) * cos(radians((s.lat + s.before_lat) / 2)), 2))
               - s.accuracy_m - s.before_accuracy_m AS metres
          FROM step AS s WHERE s.before_id IS NOT NULL
    )
    SELECT w.* FROM way AS w
     WHERE w.metres >= :metres AND w.metres * 3600 > w.seconds * 1000 * :speed
     ORDER BY w.person, w.occurred_at, w.id, w.kind
"""
FAR = """
    , mark AS (
        SELECT m.visit_id, max(m.distance_m - coalesce(m.accuracy_m, 0)) AS metres
          FROM done AS d JOIN visit_mark AS m ON m.visit_id = d.id
         WHERE m.distance_m IS NOT NULL
         GROUP BY m.visit_id
    ), bad AS (
        SELECT d.*, m.metres AS measure,
               EXISTS (SELECT FROM visit_exception AS x WHERE x.visit_id = d.id AND x.decision = 'cleared'
                          AND x.code IN ('far', 'leaving_far')) AS is_cleared
          FROM done AS d JOIN mark AS m ON m.visit_id = d.id
         WHERE m.metres > :metres
    )
"""
WHY_OFF = {
    "off": "count(*) FILTER (WHERE b.is_off)",
    "stale": "count(*) FILTER (WHERE b.is_stale)",
    "vague": "count(*) FILTER (WHERE b.is_vague)",
}


def find_off(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find carers whose phones told no place, an old one, or one that may be anywhere."""
    numbers = {name: limits[name] for name in ("stale_seconds", "accuracy_m")}
    return find_by_carer(session, window, OFF, limits, more=WHY_OFF, **numbers)


def find_travels(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find two places of one carer that lie further apart than anyone travels in the time between."""
    numbers = {name: limits[name] for name in ("stale_seconds", "metres", "speed")}
    for row in ask_visits(session, window, TRAVEL, **numbers):
        pair = [row.before_senior, row.senior_id], [row.before_id, row.id]
        yield Found(
            key=f"{row.before_id}.{row.before_kind}|{row.id}.{row.kind}",
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            amount_fen=row.paid_fen + (row.before_fen if row.before_id != row.id else 0),
            severity=limits["severity"],
            facts={
                **named(row),
                "from_at": row.before_at.isoformat(),
                "until_at": row.occurred_at.isoformat(),
                "metres": round(row.metres),
                "minutes": round(row.seconds / 60),
                "speed": limits["speed"],
                "is_one_visit": row.before_id == row.id,
            },
            sources=[carer_source(row.carer_id), *visit_sources(*pair)],
        )


def find_far(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find carers who signed in or out far from the home they say they were in."""
    return find_by_carer(session, window, FAR, limits, metres=limits["metres"])
