"""What is known of many people on a day, a part at a time in the order of their numbers, beside what was known before.

Seniors, meals, points, visits, alerts and beds are other packages' tables, read by name in one statement: asking each
feature about each person would cost a thousand times as much. Nothing here writes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.people.rules import age_on
from outreach.rules import Facts
from outreach.terms import OutreachRules
from shops.rules import PURPOSES as SHOP_PURPOSES

PART = """
    part AS MATERIALIZED (
        SELECT s.id, s.residence_area_code AS area_code, s.birth_on, s.living_situation, s.income_class, s.ability_level
          FROM senior AS s
         WHERE s.id > :after AND s.residence_area_code LIKE :path
           AND s.residence_area_code NOT LIKE ALL (CAST(:others AS text[]))
         ORDER BY s.id LIMIT :limit
    )
"""
SOME = """
    part AS MATERIALIZED (
        SELECT s.id, s.residence_area_code AS area_code, s.birth_on, s.living_situation, s.income_class, s.ability_level
          FROM senior AS s WHERE s.id = ANY (CAST(:senior_ids AS bigint[]))
    )
"""
# A spouse who is a senior too is known by an account of their own that is linked as spouse.
WIDOWED = """
    SELECT r.senior_id
      FROM part AS p
      JOIN relative_link AS r ON r.senior_id = p.id AND r.relation = 'spouse' AND r.account_id IS NOT NULL
      JOIN relative_link AS o ON o.account_id = r.account_id AND o.relation = 'self'
      JOIN senior_status AS d ON d.senior_id = o.senior_id AND d.status = 'deceased'
       AND d.from_on > :bereaved_from AND d.from_on <= :on
     UNION
    SELECT c.senior_id FROM part AS p JOIN outreach_change AS c ON c.senior_id = p.id
     WHERE c.reported = 'bereavement' AND c.on_day > :bereaved_from
"""
STATEMENT = f"""
WITH {{part}}, meals AS (
    SELECT c.home, count(*) FILTER (WHERE c.meal_on > :quiet_from) AS recent,
           count(*) FILTER (WHERE c.meal_on <= :quiet_from) AS before
      FROM part AS p JOIN checkout AS c ON c.home = p.id
     WHERE c.meal_on > :used_from AND c.reversed_at IS NULL
     GROUP BY c.home
), money AS (
    SELECT b.home, EXISTS (SELECT FROM ledger.lot AS l
                            WHERE l.home = b.home AND l.expires_on >= :on AND l.remaining_fen > 0)
           AND EXISTS (SELECT FROM ledger.txn AS t WHERE t.home = b.home AND t.seq = 1 AND t.booked_at <= :idle_from)
           AND NOT EXISTS (SELECT FROM ledger.txn AS t
                            WHERE t.home = b.home AND t.kind = 'spend' AND t.booked_at > :idle_from) AS is_left
      FROM part AS p JOIN ledger.book AS b ON b.home = p.id
     WHERE b.balance_fen > 0
), widowed AS (
    {WIDOWED}
), alarms AS (
    SELECT i.senior_id, count(*) AS number
      FROM part AS p JOIN safety_incident AS i ON i.senior_id = p.id
     WHERE i.lane = 'life' AND NOT i.is_false AND i.opened_at > :alerts_from
     GROUP BY i.senior_id
), vain AS (
    SELECT v.senior_id, count(*) AS number
      FROM (SELECT v.senior_id FROM part AS p JOIN care_visit AS v ON v.senior_id = p.id
             WHERE v.state = 'missed' AND v.missed_reason IN ('not_home', 'no_answer', 'refused')
               AND v.visit_on > :missed_from AND v.visit_on <= :on
             UNION ALL
            SELECT v.senior_id FROM part AS p JOIN outreach_visit AS v ON v.senior_id = p.id
             WHERE NOT v.is_met AND v.result <> 'away' AND v.visit_on > :missed_from) AS v
     GROUP BY v.senior_id
)
SELECT p.id, p.area_code, p.birth_on, p.living_situation, p.income_class, p.ability_level,
       coalesce((SELECT t.status FROM senior_status AS t WHERE t.senior_id = p.id AND t.from_on <= :on
                    AND (t.until_on IS NULL OR :on < t.until_on)), 'active') AS status,
       p.id IN (SELECT w.senior_id FROM widowed AS w) AS is_bereaved,
       EXISTS (SELECT FROM senior_status AS t WHERE t.senior_id = p.id AND t.status = 'in_hospital'
                  AND t.until_on > :discharged_from AND t.until_on <= :on) AS is_discharged,
       coalesce(a.number, 0) AS alerts,
       coalesce(m.recent = 0 AND m.before >= :used_meals, false) AS has_stopped_eating,
       coalesce(b.is_left, false) AS leaves_points,
       coalesce(v.number, 0) AS missed,
       EXISTS (SELECT FROM outreach_change AS c WHERE c.senior_id = p.id AND c.reported <> 'bereavement'
                  AND c.on_day > :reported_from) AS is_reported,
       EXISTS (SELECT FROM ledger.lot AS l WHERE l.home = p.id AND l.expires_on >= :on
                  AND NOT string_to_array(l.purpose, '.') <@ CAST(:shops AS text[])) AS has_points,
       coalesce(m.recent + m.before > 0, false) AS has_meals,
       EXISTS (SELECT FROM care_bed AS k WHERE k.senior_id = p.id
                  AND k.state NOT IN ('closing', 'closed', 'refused', 'withdrawn')) AS has_bed,
       EXISTS (SELECT FROM safety_home AS h WHERE h.senior_id = p.id AND h.state <> 'ended') AS has_kit,
       EXISTS (SELECT FROM senior_status AS t
                WHERE t.senior_id = p.id AND t.status IN ('in_hospital', 'in_institution', 'moved_away')
                  AND t.until_on >= r.scored_on AND t.until_on <= :on
                  AND (t.until_on > r.scored_on OR t.until_on = :on)) AS came_back,
       r.score, r.band, r.reasons, r.suggests, r.policy_id, r.area_code AS scored_area, r.band_since_on,
       r.last_visit_on, t.id AS task_id, t.due_on AS task_due, t.band AS task_band, t.opened_at AS task_at
  FROM part AS p
  LEFT JOIN meals AS m ON m.home = p.id
  LEFT JOIN money AS b ON b.home = p.id
  LEFT JOIN alarms AS a ON a.senior_id = p.id
  LEFT JOIN vain AS v ON v.senior_id = p.id
  LEFT JOIN outreach_risk AS r ON r.senior_id = p.id
  LEFT JOIN outreach_task AS t ON t.senior_id = p.id AND t.kind = 'regular' AND t.state = 'open'
 ORDER BY p.id
"""  # noqa: S608 - pieces of this module
READ_PART, READ_SOME = (text(STATEMENT.format(part=part)) for part in (PART, SOME))
COUNTED_AT_MOST = 99


class Row(NamedTuple):
    """A person's facts as the database has them, the score that stands, and the regular visit that is due."""

    senior_id: int
    area_code: str
    birth_on: date
    living: str | None
    income: str
    ability: int | None
    status: str
    is_bereaved: bool
    is_discharged: bool
    alerts: int
    has_stopped_eating: bool
    leaves_points: bool
    missed: int
    is_reported: bool
    has_points: bool
    has_meals: bool
    has_bed: bool
    has_kit: bool
    came_back: bool
    score: int | None
    band: str | None
    reasons: list[dict[str, Any]] | None
    suggests: list[str] | None
    policy_id: int | None
    scored_area: str | None
    band_since_on: date | None
    last_visit_on: date | None
    task_id: int | None
    task_due: date | None
    task_band: str | None
    task_at: datetime | None

    def facts(self, on: date) -> Facts:
        """Return them as the rules take them."""
        return Facts(
            status=self.status,
            living=self.living,
            age=age_on(self.birth_on, on),
            ability=self.ability,
            income=self.income,
            is_bereaved=self.is_bereaved,
            is_discharged=self.is_discharged,
            alerts=min(self.alerts, COUNTED_AT_MOST),
            has_stopped_eating=self.has_stopped_eating,
            leaves_points=self.leaves_points,
            missed=min(self.missed, COUNTED_AT_MOST),
            is_reported=self.is_reported,
            has_points=self.has_points,
            has_meals=self.has_meals,
            has_bed=self.has_bed,
            has_kit=self.has_kit,
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """The people of a place for whom the same rules hold: without those places within that have their own."""

    area_code: str
    others: tuple[str, ...] = ()


def read_part(
    session: Session, scope: Scope, *, rules: OutreachRules, on: date, after: int, limit: int
) -> Sequence[Row]:
    """Read the next people of a place."""
    asked = {
        **_since(rules, on),
        "path": f"{path_of(scope.area_code)}%",
        "others": [f"{path_of(each)}%" for each in scope.others],
        "after": after,
        "limit": limit,
    }
    return [Row._make(row) for row in session.execute(READ_PART, asked)]


def read_some(session: Session, *, senior_ids: Collection[int], rules: OutreachRules, on: date) -> Sequence[Row]:
    """Read some people, who live where the same rules hold."""
    asked = {**_since(rules, on), "senior_ids": sorted(set(senior_ids))}
    return [Row._make(row) for row in session.execute(READ_SOME, asked)]


def _since(rules: OutreachRules, on: date) -> dict[str, Any]:
    """Return from when on the rules count what."""
    terms, quiet = rules.factors, rules.factors.no_meals

    def before(days: int) -> date:
        return on - timedelta(days=days)

    return {
        "on": on,
        "bereaved_from": before(terms.bereaved.days),
        "discharged_from": before(terms.discharged.days),
        "alerts_from": before(terms.alerts.days),
        "quiet_from": before(quiet.quiet_days),
        "used_from": before(quiet.quiet_days + quiet.used_days),
        "used_meals": quiet.used_meals,
        "idle_from": before(terms.idle_points.days),
        "missed_from": before(terms.missed.days),
        "reported_from": before(terms.reported.days),
        "shops": list(SHOP_PURPOSES),
    }
