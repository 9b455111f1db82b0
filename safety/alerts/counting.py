"""What alerts count by place and day: how many there were, and how many were answered and attended in time."""

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from app.day_counts import Anchor, DayCount, Days, counted
from app.policies import queries as policies
from safety.alerts.measuring import CALLS
from safety.alerts.policy_reading import NAME, own_rules, rules_of_places
from safety.alerts.rules import Lane

# The same judgement as in ``goals``: a wait counts once it was in time or is too long for it; one that was spared in
# time never does. Every goal of any place is counted everywhere; who reads knows which are the place's own.
WAITED = """
WITH rung AS (
    SELECT i.area_code, CAST(r.began_at AT TIME ZONE 'Asia/Shanghai' AS date) AS on_day, g.seconds,
           coalesce(r.answered_at - r.began_at <= g.seconds * INTERVAL '1 second', false) AS is_met,
           coalesce(r.answered_at, r.ended_at, :now) - r.began_at > g.seconds * INTERVAL '1 second' AS is_missed
      FROM safety_ring AS r
      JOIN safety_incident AS i ON i.id = r.incident_id AND i.lane = :lane
     CROSS JOIN unnest(CAST(:answer AS int[])) AS g (seconds)
     WHERE r.kind = ANY (:calls) AND r.began_at >= CAST(:since AS timestamp) AT TIME ZONE 'Asia/Shanghai'
       AND r.began_at < CAST(:until AS timestamp) AT TIME ZONE 'Asia/Shanghai' + INTERVAL '1 day'
), opened AS (
    SELECT i.*, CAST(i.opened_at AT TIME ZONE 'Asia/Shanghai' AS date) AS on_day FROM safety_incident AS i
     WHERE i.lane = :lane AND i.opened_at >= CAST(:since AS timestamp) AT TIME ZONE 'Asia/Shanghai'
       AND i.opened_at < CAST(:until AS timestamp) AT TIME ZONE 'Asia/Shanghai' + INTERVAL '1 day'
), sent AS (
    SELECT o.area_code, o.on_day, g.seconds,
           coalesce(o.attended_at - o.opened_at <= g.seconds * INTERVAL '1 second', false) AS is_met,
           coalesce(o.attended_at, :now) - o.opened_at > g.seconds * INTERVAL '1 second' AS is_missed
      FROM opened AS o
     CROSS JOIN unnest(CAST(:attend AS int[])) AS g (seconds)
     WHERE o.sent_at IS NOT NULL AND (o.attended_at IS NOT NULL OR NOT (
           o.is_false AND coalesce(o.closed_at - o.sent_at <= :longest * INTERVAL '1 second', false)))
)
SELECT o.area_code, o.on_day, 'alerts' AS code, count(*) AS value FROM opened AS o GROUP BY 1, 2
UNION ALL
SELECT w.area_code, w.on_day, w.word || v.part || w.seconds, count(*) FILTER (WHERE w.is_met OR v.part = '_of_')
  FROM (SELECT 'answered' AS word, * FROM rung UNION ALL SELECT 'attended', * FROM sent) AS w
 CROSS JOIN (VALUES ('_in_'), ('_of_')) AS v (part)
 WHERE w.is_met OR w.is_missed
 GROUP BY 1, 2, 3
"""


def count_alerts(session: Session, days: Days) -> TextualSelect:
    """Count alerts of life where the homes are, and their waits against every goal that holds anywhere."""
    answer, attend = list_goal_seconds(session, days)
    return counted(
        WAITED,
        since=days.since,
        until=days.until,
        now=days.now,
        lane=str(Lane.LIFE),
        calls=[str(kind) for kind in CALLS],
        answer=answer,
        attend=attend,
        longest=attend[-1],
    )


def list_goal_seconds(session: Session, days: Days) -> tuple[list[int], list[int]]:
    """Return the times that anybody promised, of answering and of being there."""
    places = [each.area_code for each in policies.list_in_force(session, kind=NAME, on=days.until)]
    rules = [own_rules(), *rules_of_places(session, area_codes=places, on=days.until).values()]
    answer = {int(goal.within.total_seconds()) for each in rules for goal in each.goals.answer}
    attend = {int(goal.within.total_seconds()) for each in rules for goal in each.goals.attend}
    return sorted(answer), sorted(attend)


DAY_COUNTS = (DayCount(name="alerts", anchor=Anchor.PLACE, count=count_alerts),)
