"""Checks on who was there: kin or under one roof (B6), supervisors (B10), a senior who was not at home (B12)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from care_beds.checks.visits import COLUMNS, ask_visits, carer_source, named, senior_source, visit_sources
from subsidies.findings.checks import Found, Limits, Window

# What a carer declared; whose family account she uses; one phone with the family or the senior; one person.
KIN = """
    , bond AS (
        SELECT k.carer_id, k.senior_id, CASE WHEN k.relation = 'none' THEN 'one_roof' ELSE 'declared' END AS why,
               k.relation, k.is_cohabitant
          FROM carer_kin AS k WHERE k.ended_at IS NULL
        UNION ALL
        SELECT c.id, l.senior_id, CASE WHEN l.account_id = c.account_id THEN 'account' ELSE 'family_phone' END,
               l.relation, false
          FROM carer AS c
          JOIN account AS a ON a.id = c.account_id OR a.phone_index = c.phone_index
          JOIN relative_link AS l ON l.account_id = a.id AND l.state = 'active'
        UNION ALL
        SELECT c.id, s.id, CASE WHEN s.id_number_index = c.id_number_index THEN 'same_person' ELSE 'senior_phone' END,
               '', false
          FROM carer AS c
          JOIN senior AS s ON s.id_number_index = c.id_number_index OR s.phone_index = c.phone_index
    ), met AS (
        SELECT d.carer_id, d.senior_id, date_trunc('month', d.on_day)::date AS month, min(d.carer) AS carer,
               CASE WHEN count(DISTINCT d.provider_id) = 1 THEN min(d.provider_id) END AS provider_id,
               min(d.provider) AS provider, min(d.area_code) AS area_code, min(d.on_day) AS on_day, count(*) AS visits,
               sum(d.paid_fen)::bigint AS paid_fen, array_agg(d.id ORDER BY d.id) AS ids
          FROM done AS d GROUP BY d.carer_id, d.senior_id, month
    )
    SELECT m.*, array_agg(DISTINCT b.why ORDER BY b.why) AS why,
           max(b.relation) FILTER (WHERE b.why = 'declared') AS relation,
           bool_or(b.is_cohabitant) AS is_cohabitant
      FROM met AS m JOIN bond AS b ON b.carer_id = m.carer_id AND b.senior_id = m.senior_id
     GROUP BY m.carer_id, m.senior_id, m.month, m.carer, m.provider, m.provider_id, m.area_code, m.on_day,
              m.visits, m.paid_fen, m.ids
     ORDER BY m.carer_id, m.senior_id, m.month
"""
# A supervisor with a second account is known by the phone. Who decides about a visit of one's own needs no role.
BOTH = """
    , post AS (
        SELECT c.id AS carer_id, a.id AS account_id, g.role, g.valid_from, g.valid_until
          FROM carer AS c
          JOIN account AS a ON a.id = c.account_id OR a.phone_index = c.phone_index
          JOIN role_grant AS g ON g.account_id = a.id
         WHERE g.role = 'supervisor' OR g.role = 'provider_manager' AND g.provider_id = c.provider_id
    ), own AS (
        SELECT x.visit_id FROM done AS d
          JOIN carer AS c ON c.id = d.carer_id
          JOIN visit_exception AS x ON x.visit_id = d.id
          JOIN account AS a ON a.id = x.decided_by AND (a.id = c.account_id OR a.phone_index = c.phone_index)
         GROUP BY x.visit_id
    ), twofold AS (
        SELECT d.*, o.visit_id IS NOT NULL AS is_own,
               (SELECT min(p.role) FROM post AS p WHERE p.carer_id = d.carer_id AND p.valid_from <= d.on_day
                   AND (p.valid_until IS NULL OR p.valid_until >= d.on_day)) AS role
          FROM done AS d LEFT JOIN own AS o ON o.visit_id = d.id
         WHERE o.visit_id IS NOT NULL OR d.carer_id IN (SELECT p.carer_id FROM post AS p)
    )
    SELECT b.carer_id, date_trunc('month', b.on_day)::date AS month, min(b.on_day) AS on_day, min(b.carer) AS carer,
           CASE WHEN count(DISTINCT b.provider_id) = 1 THEN min(b.provider_id) END AS provider_id,
           min(b.provider) AS provider, min(b.area_code) AS area_code, max(b.role) AS role, count(*) AS visits,
           count(*) FILTER (WHERE b.is_own) AS own, sum(b.paid_fen)::bigint AS paid_fen,
           array_agg(b.id ORDER BY b.id) AS ids, array_agg(b.senior_id ORDER BY b.id) AS seniors
      FROM twofold AS b WHERE b.role IS NOT NULL OR b.is_own
     GROUP BY b.carer_id, month HAVING count(*) >= :visits OR count(*) FILTER (WHERE b.is_own) > 0
     ORDER BY b.carer_id, month
"""
# A death or a stay is often told late: what was told within the days is looked at for all visits since.
AWAY = text(
    f"""
    WITH met AS (
        SELECT {COLUMNS}, t.status, t.from_on, t.until_on
          FROM senior_status AS t
          JOIN care_visit AS v ON v.senior_id = t.senior_id
          JOIN carer AS c ON c.id = v.carer_id
          JOIN care_provider AS n ON n.id = v.provider_id
         WHERE t.status IN ('deceased', 'in_hospital', 'in_institution')
           AND v.area_code LIKE :within AND v.area_code NOT LIKE ALL (CAST(:without AS text[]))
           AND v.state <> 'cancelled' AND v.started_at < :until_at
           AND v.started_at >= timezone('Asia/Shanghai', CAST(t.from_on AS timestamp))
           AND (v.started_at >= :from_at OR t.recorded_at >= :from_at)
           AND (CAST(:senior AS bigint) IS NULL OR t.senior_id = :senior)
    )
    SELECT m.senior_id, m.status, m.from_on, m.until_on, date_trunc('month', m.on_day)::date AS month,
           min(m.on_day) AS on_day, min(m.carer) AS carer, count(DISTINCT m.carer_id) AS carers,
           CASE WHEN count(DISTINCT m.provider_id) = 1 THEN min(m.provider_id) END AS provider_id,
           min(m.provider) AS provider, min(m.area_code) AS area_code, count(*) AS visits,
           sum(m.paid_fen)::bigint AS paid_fen, array_agg(DISTINCT m.carer_id) AS carer_ids,
           array_agg(m.id ORDER BY m.id) AS ids
      FROM met AS m
     WHERE CASE m.status WHEN 'deceased' THEN m.on_day > m.from_on + CAST(:death_days AS int)
                ELSE m.on_day >= m.from_on + CAST(:stay_days AS int)
                     AND (m.until_on IS NULL OR m.on_day < m.until_on - CAST(:stay_days AS int)) END
     GROUP BY m.senior_id, m.status, m.from_on, m.until_on, month ORDER BY m.senior_id, month, m.from_on
    """  # noqa: S608 - no text of a user
)


def find_kin(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find carers who visit their own kin, somebody under their roof, or somebody whose family they stand in for."""
    for row in ask_visits(session, window, KIN):
        yield Found(
            key=f"{row.carer_id}|{row.senior_id}|{row.month}",
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            senior_id=row.senior_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts={
                **named(row),
                "why": list(row.why),
                "relation": row.relation,
                "is_cohabitant": row.is_cohabitant,
                "visits": row.visits,
            },
            sources=[carer_source(row.carer_id), *_visits_of(row)],
        )


def find_both(session: Session, window: Window, limits: Limits) -> Iterable[Found]:
    """Find carers who also supervise, or who decided about a visit of their own."""
    for row in ask_visits(session, window, BOTH, visits=limits["visits"]):
        yield Found(
            key=f"{row.carer_id}|{row.month}",
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts={**named(row), "role": row.role, "visits": row.visits, "own": row.own},
            sources=[carer_source(row.carer_id), *visit_sources(row.seniors, row.ids)],
        )


def find_away(session: Session, window: Window, limits: Limits, senior_id: int | None = None) -> Iterable[Found]:
    """Find visits to somebody who had died, lay in hospital, or lived in an institution.

    :param senior_id: only to this person, when something was recorded just now
    """
    asked = {**{name: limits[name] for name in ("stay_days", "death_days")}, "senior": senior_id}
    for row in session.execute(AWAY, {**window.as_parameters(), **asked}):
        yield Found(
            key=f"{row.senior_id}|{row.month}|{row.status}|{row.from_on}",
            happened_on=row.on_day,
            area_code=row.area_code,
            provider_id=row.provider_id,
            senior_id=row.senior_id,
            amount_fen=row.paid_fen,
            severity=limits["severity"],
            facts={
                **named(row),
                "carers": row.carers,
                "status": row.status,
                "from_on": row.from_on.isoformat(),
                "until_on": row.until_on.isoformat() if row.until_on else None,
                "visits": row.visits,
            },
            sources=[*map(carer_source, row.carer_ids), *_visits_of(row)],
        )


def _visits_of(row: Row[Any]) -> list[Any]:
    return [senior_source(row.senior_id), *visit_sources([row.senior_id] * row.visits, row.ids)]
