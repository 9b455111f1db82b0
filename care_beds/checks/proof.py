"""Checks on what proves a visit: one photo in several visits (B7), confirmed before the service was done (B9)."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from care_beds.checks.visits import PAID, PLACES, ask_visits, carer_source, named, senior_source, visit_sources, widened
from subsidies.findings.checks import Found, Limits, Window

# Two hashes that differ in at most seven of their 64 bits share at least one of their eight bytes. Only such are
# compared, and only within one carer's or one bed's: a city takes a million photos a month. What came in as the very
# same file is found across all of them. A picture of one flat colour has the hash 0 and proves nothing.
PHOTOS = text(
    f"""
    WITH shot AS (
        SELECT row_number() OVER (ORDER BY m.occurred_at, m.picture_id) AS number, v.id, v.senior_id, v.carer_id,
               v.bed_id, v.provider_id, v.area_code, m.occurred_at, m.picture_id, q.phash, q.sha256,
               c.name AS carer, n.name AS provider, {PAID} AS paid_fen
          FROM care_visit AS v
          JOIN visit_mark AS m ON m.visit_id = v.id
          JOIN picture AS q ON q.id = m.picture_id
          JOIN carer AS c ON c.id = v.carer_id
          JOIN care_provider AS n ON n.id = v.provider_id
         WHERE {PLACES} AND v.started_at >= :older_at AND v.started_at < :until_at
    ), part AS (
        SELECT o.whose * 2048 + b.n * 256 + (s.phash >> 8 * b.n & 255) AS place, s.number, s.id, s.phash, s.occurred_at
          FROM shot AS s
         CROSS JOIN LATERAL (VALUES (s.carer_id * 2), (s.bed_id * 2 + 1)) AS o (whose)
         CROSS JOIN generate_series(0, 7) AS b (n)
         WHERE s.phash <> 0
    ), pair AS (
        SELECT b.number AS new, min(a.number) AS old
          FROM part AS a JOIN part AS b ON b.place = a.place
         WHERE b.number > a.number AND b.id <> a.id AND b.occurred_at >= :from_at
           AND b.occurred_at - a.occurred_at <= make_interval(days => :days)
           AND bit_count(CAST(a.phash # b.phash AS bit(64))) <= :bits
         GROUP BY b.number
        UNION ALL
        SELECT b.number, min(a.number)
          FROM shot AS a JOIN shot AS b ON b.sha256 = a.sha256
         WHERE b.number > a.number AND b.occurred_at >= :from_at
           AND b.occurred_at - a.occurred_at <= make_interval(days => :days)
         GROUP BY b.number
    ), first AS (
        SELECT new, min(old) AS old FROM pair GROUP BY new
    ), used AS (
        SELECT f.old, s.id, s.senior_id, s.carer_id, s.provider_id, s.occurred_at, s.paid_fen
          FROM first AS f JOIN shot AS s ON s.number = f.new
    )
    SELECT o.picture_id, o.id, o.senior_id, o.carer_id, o.carer, o.provider, o.area_code, o.occurred_at AS first_at,
           max(u.occurred_at) AS last_at, min(timezone('Asia/Shanghai', u.occurred_at)::date) AS on_day,
           count(DISTINCT u.carer_id) FILTER (WHERE u.carer_id <> o.carer_id) AS other_carers,
           count(DISTINCT u.senior_id) FILTER (WHERE u.senior_id <> o.senior_id) AS other_seniors,
           CASE WHEN bool_and(u.provider_id = o.provider_id) THEN o.provider_id END AS provider_id,
           sum(u.paid_fen)::bigint AS paid_fen, array_agg(DISTINCT u.carer_id) AS carers,
           array_agg(u.id ORDER BY u.id) AS ids, array_agg(u.senior_id ORDER BY u.id) AS seniors
      FROM used AS u JOIN shot AS o ON o.number = u.old
     GROUP BY o.picture_id, o.id, o.senior_id, o.carer_id, o.carer, o.provider, o.provider_id, o.area_code,
              o.occurred_at
     ORDER BY o.occurred_at, o.picture_id
    """  # noqa: S608 - no text of a user
)
SIGNED = """
    , signed AS (
        SELECT d.*, f.occurred_at < d.started_at AS is_before_start,
               extract(epoch FROM coalesce(d.finished_at, d.planned_until) - f.occurred_at) / 60 AS early
          FROM done AS d JOIN visit_confirmation AS f ON f.visit_id = d.id AND f.how IN ('tap', 'code')
         WHERE f.occurred_at < coalesce(d.finished_at, d.planned_until) - make_interval(mins => :minutes)
    )
    SELECT s.senior_id, date_trunc('month', s.on_day)::date AS month, min(s.on_day) AS on_day, count(*) AS visits,
           count(*) FILTER (WHERE s.is_before_start) AS before_start, max(s.early) AS early, min(s.carer) AS carer,
           count(DISTINCT s.carer_id) AS carers,
           CASE WHEN count(DISTINCT s.provider_id) = 1 THEN min(s.provider_id) END AS provider_id,
           min(s.provider) AS provider, min(s.area_code) AS area_code,
           sum(s.paid_fen)::bigint AS paid_fen, array_agg(s.id ORDER BY s.id) AS ids
      FROM signed AS s GROUP BY s.senior_id, month HAVING count(*) >= :visits ORDER BY s.senior_id, month
"""


def find_photos(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find photos that were used in a visit and again in others, even if it was saved anew."""
    asked = {**widened(window, limits["days"]), "days": limits["days"], "bits": limits["bits"]}
    for row in session.execute(PHOTOS, asked):
        visits = {row.id: row.senior_id, **dict(zip(row.ids, row.seniors, strict=True))}
        carers = dict.fromkeys((row.carer_id, *row.carers))
        yield Found(
            key=str(row.picture_id),
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            senior_id=None if row.other_seniors else row.senior_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts={
                **named(row),
                "visits": len(visits),
                "first_at": row.first_at.isoformat(),
                "last_at": row.last_at.isoformat(),
                "other_carers": row.other_carers,
                "other_seniors": row.other_seniors,
            },
            sources=[*map(carer_source, carers), *visit_sources(list(visits.values()), list(visits))],
        )


def find_signed_before(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find seniors for whom visits were confirmed long before they were over, or before they began."""
    for row in ask_visits(session, window, SIGNED, minutes=limits["minutes"], visits=limits["visits"]):
        yield Found(
            key=f"{row.senior_id}|{row.month}",
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            senior_id=row.senior_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts={
                **named(row),
                "carers": row.carers,
                "visits": row.visits,
                "before_start": row.before_start,
                "early": round(row.early),
            },
            sources=[senior_source(row.senior_id), *visit_sources([row.senior_id] * row.visits, row.ids)],
        )
