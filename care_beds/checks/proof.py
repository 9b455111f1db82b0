"""Checks on what proves a visit: one photo in several visits (B7), confirmed before the service was done (B9)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from care_beds.checks.alike import Album, Alike, find_used_before
from care_beds.checks.visits import PAID, PLACES, ask_visits, carer_source, named, senior_source, visit_sources, widened
from subsidies.findings.checks import Found, Limits, Window

# A city takes a million photos a month: those that look alike are compared within one carer's or one bed's alone. A bed
# that one carer visits is in the carer's own album. A picture of one flat colour has the hash 0 and proves nothing.
SHOTS = """
      FROM care_visit AS v
      JOIN visit_mark AS m ON m.visit_id = v.id
      JOIN picture AS q ON q.id = m.picture_id
"""
LOOKED_AT = f"WHERE {PLACES} AND v.started_at >= :older_at AND v.started_at < :until_at"
ORDER = "ORDER BY m.occurred_at, m.picture_id, m.id"
ALBUMS = text(
    f"""
    SELECT array_agg(m.id {ORDER}), array_agg(v.id {ORDER}), array_agg(m.occurred_at {ORDER}),
           array_agg(q.phash {ORDER})
    {SHOTS}
     CROSS JOIN LATERAL (VALUES (v.carer_id * 2), (v.bed_id * 2 + 1)) AS o (whose)
    {LOOKED_AT} AND q.phash <> 0
     GROUP BY o.whose HAVING o.whose % 2 = 0 OR min(v.carer_id) < max(v.carer_id)
    """
)
# What came in as the very same file is found across all of them.
PHOTOS = text(
    f"""
    WITH shot AS MATERIALIZED (
        SELECT m.id, m.occurred_at, m.picture_id, q.sha256 {SHOTS} {LOOKED_AT}
    ), pair AS (
        SELECT b.id AS new, a.id AS old
          FROM (SELECT sha256 FROM shot GROUP BY sha256 HAVING count(*) > 1) AS f
          JOIN shot AS a ON a.sha256 = f.sha256
          JOIN shot AS b ON b.sha256 = f.sha256
         WHERE (b.occurred_at, b.picture_id, b.id) > (a.occurred_at, a.picture_id, a.id)
           AND b.occurred_at >= :from_at AND b.occurred_at - a.occurred_at <= make_interval(days => :days)
        UNION ALL
        SELECT * FROM unnest(CAST(:news AS bigint[]), CAST(:olds AS bigint[]))
    ), first AS (
        SELECT DISTINCT ON (p.new) p.new, p.old
          FROM pair AS p JOIN visit_mark AS m ON m.id = p.old
         ORDER BY p.new, m.occurred_at, m.picture_id, m.id
    ), used AS (
        SELECT f.old, v.id, v.senior_id, v.carer_id, v.provider_id, m.occurred_at, {PAID} AS paid_fen
          FROM first AS f JOIN visit_mark AS m ON m.id = f.new JOIN care_visit AS v ON v.id = m.visit_id
    )
    SELECT m.picture_id, v.id, v.senior_id, v.carer_id, c.name AS carer, n.name AS provider, v.area_code,
           m.occurred_at AS first_at,
           max(u.occurred_at) AS last_at, min(timezone('Asia/Shanghai', u.occurred_at)::date) AS on_day,
           count(DISTINCT u.carer_id) FILTER (WHERE u.carer_id <> v.carer_id) AS other_carers,
           count(DISTINCT u.senior_id) FILTER (WHERE u.senior_id <> v.senior_id) AS other_seniors,
           CASE WHEN bool_and(u.provider_id = v.provider_id) THEN v.provider_id END AS provider_id,
           sum(u.paid_fen)::bigint AS paid_fen, array_agg(DISTINCT u.carer_id) AS carers,
           array_agg(u.id ORDER BY u.id) AS ids, array_agg(u.senior_id ORDER BY u.id) AS seniors
      FROM used AS u
      JOIN visit_mark AS m ON m.id = u.old
      JOIN care_visit AS v ON v.id = m.visit_id
      JOIN carer AS c ON c.id = v.carer_id
      JOIN care_provider AS n ON n.id = v.provider_id
     GROUP BY m.picture_id, v.id, v.senior_id, v.carer_id, c.name, n.name, v.provider_id, v.area_code, m.occurred_at
     ORDER BY m.occurred_at, m.picture_id
    """  # noqa: S608 - no text of a user
)
# Some hundred pictures each.
ALBUMS_AT_ONCE = 200
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
    asked = widened(window, limits["days"])
    alike = Alike(bits=limits["bits"], within=timedelta(days=limits["days"]))
    pairs = list(_find_alike(session, asked, alike))
    asked |= {"days": limits["days"], "news": [new for new, _ in pairs], "olds": [old for _, old in pairs]}
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


def _find_alike(session: Session, asked: Mapping[str, Any], alike: Alike) -> Iterator[tuple[int, int]]:
    """Find pictures that look like an earlier one of the same carer or the same bed, both by their marks."""
    for row in session.execute(ALBUMS, asked, execution_options={"yield_per": ALBUMS_AT_ONCE}):
        yield from find_used_before(Album._make(row), alike=alike, since=asked["from_at"])
