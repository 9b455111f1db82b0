"""What alerts count by place and day: how many there were, and how many were answered and attended in time."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import TextualSelect, and_, false, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.day_counts import Anchor, CountedRow, DayCount, Days, RowsAsked, counted
from app.paging import Page, cut_page, moment_cursor, read_moment_cursor
from app.policies import queries as policies
from safety.alerts.access import shown_names
from safety.alerts.measuring import CALLS
from safety.alerts.models import AlertRing, Incident
from safety.alerts.policy_reading import NAME, own_rules, rules_of_places
from safety.alerts.rules import Lane
from safety.desk.counting import midnight
from safety.desk.words import rule_name, seconds_words

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


OF_ALERT = (Incident.senior_id, Incident.rule)


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
    """Return the times that anybody promised, of answering and of being there.

    A month is told by what was promised at its end: a promise that changed since still has its count.
    """
    rules = [own_rules()]
    for day in (*month_ends(days.since, days.until), days.until):
        places = [each.area_code for each in policies.list_in_force(session, kind=NAME, on=day)]
        rules += rules_of_places(session, area_codes=places, on=day).values()
    answer = {int(goal.within.total_seconds()) for each in rules for goal in each.goals.answer}
    attend = {int(goal.within.total_seconds()) for each in rules for goal in each.goals.attend}
    return sorted(answer), sorted(attend)


def month_ends(since: date, until: date) -> list[date]:
    """Return the last days of months from a day on and before another."""
    return [day for day in map(date.fromordinal, range(since.toordinal(), until.toordinal())) if is_month_end(day)]


def is_month_end(day: date) -> bool:
    """Say whether the day after is of another month."""
    return (day + timedelta(days=1)).day == 1


def list_counted(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    """List what is behind a number, the latest first: alerts, or the waits that a goal is judged by."""
    word, _in, seconds = asked.code.partition("_in_")
    if not seconds.isdigit():
        return _list_alerts(session, asked)
    within = timedelta(seconds=int(seconds))
    return _list_rings(session, asked, within) if word == "answered" else _list_sent(session, asked, within)


def _list_rings(session: Session, asked: RowsAsked, within: timedelta) -> Page[CountedRow]:
    """List the rings that count for a goal of answering: those in time, and those that are too long for it."""
    wait = AlertRing.answered_at - AlertRing.began_at
    is_met = func.coalesce(wait <= within, false())
    is_missed = func.coalesce(AlertRing.answered_at, AlertRing.ended_at, asked.now) - AlertRing.began_at > within
    query = select(AlertRing.id, AlertRing.began_at.label("at"), wait.label("wait"), is_met.label("is_met"), *OF_ALERT)
    query = query.join(Incident, Incident.id == AlertRing.incident_id).where(
        areas.within(Incident.area_code, [asked.area_code]),
        Incident.lane == Lane.LIFE,
        AlertRing.kind.in_(CALLS),
        AlertRing.began_at >= midnight(asked.since),
        AlertRing.began_at < midnight(asked.until + timedelta(days=1)),
        or_(is_met, is_missed),
    )
    return _page(session, asked, query, (AlertRing.began_at, AlertRing.id), _tell_wait)


def _list_sent(session: Session, asked: RowsAsked, within: timedelta) -> Page[CountedRow]:
    """List the alerts that count for a goal of being there; what was called off in time is none of them."""
    longest = timedelta(
        seconds=list_goal_seconds(session, Days(since=asked.since, until=asked.until, now=asked.now))[1][-1]
    )
    wait = Incident.attended_at - Incident.opened_at
    is_met = func.coalesce(wait <= within, false())
    is_missed = func.coalesce(Incident.attended_at, asked.now) - Incident.opened_at > within
    called_off = and_(Incident.is_false, func.coalesce(Incident.closed_at - Incident.sent_at <= longest, false()))
    query = select(Incident.id, Incident.opened_at.label("at"), wait.label("wait"), is_met.label("is_met"), *OF_ALERT)
    query = query.where(
        areas.within(Incident.area_code, [asked.area_code]),
        Incident.lane == Lane.LIFE,
        Incident.opened_at >= midnight(asked.since),
        Incident.opened_at < midnight(asked.until + timedelta(days=1)),
        Incident.sent_at.is_not(None),
        or_(Incident.attended_at.is_not(None), not_(called_off)),
        or_(is_met, is_missed),
    )
    return _page(session, asked, query, (Incident.opened_at, Incident.id), _tell_wait)


def _page(
    session: Session, asked: RowsAsked, query: Any, key: tuple[Any, Any], tell: Callable[[Any], str]
) -> Page[CountedRow]:
    """Return a page of rows with ``at``, ``id`` and ``senior_id``, the latest first, each told in words."""
    if asked.after is not None:
        query = query.where(tuple_(*key) < read_moment_cursor(asked.after, int))
    rows = session.execute(query.order_by(*(part.desc() for part in key)).limit(asked.limit + 1)).all()
    page = cut_page(rows, asked.limit, lambda row: moment_cursor(row.at, row.id))
    named = {row.senior_id for row in page.items if row.senior_id}
    names = shown_names(session, senior_ids=named, reach=asked.actor)
    items = [CountedRow(at=row.at, title=names.get(row.senior_id or 0, ""), words=tell(row)) for row in page.items]
    return Page(items=items, next=page.next)


def _tell_wait(row: Any) -> str:
    """Say how long a wait was, and whether that was in time."""
    waited = _waited(row.wait) if row.wait is not None else _("nobody yet")
    judged = _("in time") if row.is_met else _("too long")
    return str(_("%(rule)s, %(waited)s, %(judged)s", rule=rule_name(row.rule), waited=waited, judged=judged))


def _list_alerts(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    """List alerts of people, each with how soon it was answered and attended."""
    query = select(
        Incident.id, Incident.opened_at.label("at"), Incident.answered_at, Incident.attended_at, *OF_ALERT
    ).where(
        areas.within(Incident.area_code, [asked.area_code]),
        Incident.lane == Lane.LIFE,
        Incident.opened_at >= midnight(asked.since),
        Incident.opened_at < midnight(asked.until + timedelta(days=1)),
    )
    return _page(session, asked, query, (Incident.opened_at, Incident.id), _tell)


def _tell(row: Any) -> str:
    """Say what an alert was about, and how soon somebody answered and was there."""
    answered = _waited(row.answered_at - row.at) if row.answered_at else _("not answered")
    told = {"rule": rule_name(row.rule), "answered": answered}
    if row.attended_at is None:
        return str(_("%(rule)s, answered: %(answered)s", **told))
    there = _waited(row.attended_at - row.at)
    return str(_("%(rule)s, answered: %(answered)s, there: %(there)s", there=there, **told))


def _waited(wait: timedelta) -> str:
    return seconds_words(max(int(wait.total_seconds()), 0))


DAY_COUNTS = (DayCount(name="alerts", anchor=Anchor.PLACE, count=count_alerts, rows=list_counted),)
