"""Checks on recorded times: two visits at once (B3), more hours a day than allowed (B4), too short (B5)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from care_beds.checks.visits import ask_visits, carer_source, find_by_carer, named, senior_source, visit_sources
from subsidies.findings.checks import Found, Limits, Source, Window

# Visits of one carer, then of one senior, in the order they began; who begins before the latest end so far overlaps.
OVERLAPS = """
    , sided AS (
        SELECT d.*, o.side, o.who FROM done AS d
         CROSS JOIN LATERAL (VALUES ('carer', d.person), ('senior', d.senior_id::text)) AS o (side, who)
         WHERE d.finished_at IS NOT NULL
    ), line AS (
        SELECT s.*, max(s.finished_at) OVER (PARTITION BY s.side, s.who ORDER BY s.started_at, s.id
                                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
          FROM sided AS s
    ), island AS (
        SELECT l.*, count(*) FILTER (WHERE l.busy_until IS NULL
                                        OR l.busy_until <= l.started_at + make_interval(mins => :minutes))
                    OVER (PARTITION BY l.side, l.who ORDER BY l.started_at, l.id) AS number,
               CASE WHEN l.busy_until > l.started_at
                    THEN extract(epoch FROM least(l.busy_until, l.finished_at) - l.started_at) / 60 END AS shared
          FROM line AS l
    ), met AS (
        SELECT i.*, min(i.on_day) OVER w AS begun_on, count(*) OVER w AS visits,
               min(i.person) OVER w <> max(i.person) OVER w AS has_carers
          FROM island AS i WINDOW w AS (PARTITION BY i.side, i.who, i.number)
    )
    SELECT m.side, m.who, m.begun_on AS on_day, count(*) AS visits, max(m.shared) AS shared,
           min(m.carer_id) AS carer_id, min(m.carer) AS carer, count(DISTINCT m.person) AS carers,
           CASE WHEN count(DISTINCT m.provider_id) = 1 THEN min(m.provider_id) END AS provider_id,
           min(m.provider) AS provider, min(m.senior_id) AS senior_id, min(m.area_code) AS area_code,
           sum(m.paid_fen)::bigint AS paid_fen, min(m.started_at) AS from_at, max(m.finished_at) AS until_at,
           array_agg(m.id ORDER BY m.id) AS ids, array_agg(m.senior_id ORDER BY m.id) AS seniors
      FROM met AS m WHERE m.visits > 1 AND (m.side = 'carer' OR m.has_carers)
     GROUP BY m.side, m.who, m.begun_on ORDER BY m.side, m.who, m.begun_on
"""
LONG_DAYS = """
    SELECT d.person, d.on_day, min(d.carer_id) AS carer_id, min(d.carer) AS carer, min(d.provider) AS provider,
           CASE WHEN count(DISTINCT d.provider_id) = 1 THEN min(d.provider_id) END AS provider_id,
           min(d.area_code) AS area_code, count(*) AS visits, sum(d.minutes) AS minutes,
           sum(d.paid_fen)::bigint AS paid_fen,
           array_agg(d.id ORDER BY d.id) AS ids, array_agg(d.senior_id ORDER BY d.id) AS seniors
      FROM done AS d WHERE d.finished_at IS NOT NULL
     GROUP BY d.person, d.on_day HAVING sum(d.minutes) > :hours * 60
     ORDER BY d.person, d.on_day
"""
SHORT = """
    , bad AS (
        SELECT d.*, d.minutes * 100 / d.planned_minutes AS measure,
               EXISTS (SELECT FROM visit_exception AS x WHERE x.visit_id = d.id AND x.decision = 'cleared'
                          AND x.code IN ('short', 'leaving_short')) AS is_cleared
          FROM done AS d WHERE d.finished_at IS NOT NULL AND d.minutes * 100 < d.planned_minutes * :percent
    )
"""
SUMS = {
    "minutes": "round(sum(b.minutes))::bigint",
    "planned_minutes": "round(sum(b.planned_minutes))::bigint",
}


def find_overlaps(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find carers who were in two homes at once, and seniors with two carers at once, by the times they recorded."""
    for row in ask_visits(session, window, OVERLAPS, minutes=limits["minutes"]):
        is_carer = row.side == "carer"
        yield Found(
            key=f"{row.side}|{row.carer_id if is_carer else row.senior_id}|{row.on_day}",
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            senior_id=None if is_carer else row.senior_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts={
                **named(row),
                "side": row.side,
                "visits": row.visits,
                "shared": round(row.shared),
                "from_at": row.from_at.isoformat(),
                "until_at": row.until_at.isoformat(),
            },
            sources=[_whose(row), *visit_sources(row.seniors, row.ids)],
        )


def find_long_days(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find days on which a carer recorded more hours of service than anyone may work."""
    for row in ask_visits(session, window, LONG_DAYS, hours=limits["hours"]):
        yield Found(
            key=f"{row.carer_id}|{row.on_day}",
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts={
                **named(row),
                "visits": row.visits,
                "minutes": round(row.minutes),
                "hours": limits["hours"],
            },
            sources=[carer_source(row.carer_id), *visit_sources(row.seniors, row.ids)],
        )


def find_short(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find carers whose visits were over long before the planned time."""
    return find_by_carer(session, window, SHORT, limits, more=SUMS, percent=limits["percent"])


def _whose(row: Any) -> Source:
    return carer_source(row.carer_id) if row.side == "carer" else senior_source(row.senior_id)
