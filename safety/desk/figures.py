"""Figures of the service: the three of the bar, the promises of a period, and what was missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from safety.alerts.access import visible_to
from safety.alerts.goals import Score
from safety.alerts.models import Incident
from safety.alerts.policy_reading import get_alert_rules
from safety.alerts.queries import Measured, Miss, count_targets, list_misses
from safety.alerts.rules import Lane
from safety.alerts.terms import AlertRules, Group
from safety.desk.counting import Counted, count_alerts, midnight
from safety.desk.words import seconds_words

REAL = frozenset({Group.RESCUED, Group.HELPED})


class Span(StrEnum):
    """How far back figures reach."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


DAYS = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 30, Span.QUARTER: 90}


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of the bar."""

    name: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise with what became of it."""

    name: str
    inside: str
    value: str
    aim: str
    counted: int
    is_met: bool


@dataclass(frozen=True, slots=True)
class Board:
    """The page of figures."""

    from_on: date
    until_on: date
    answered: Sequence[Promise]
    attended: Sequence[Promise]
    idle: int
    late: Sequence[Miss]
    absent: Sequence[Miss]
    counted: Counted
    is_part: bool
    rules: AlertRules


def list_kpis(session: Session, *, actor: Actor, now: datetime) -> list[Kpi]:
    """Return the figures of today for the bar of the desk."""
    today = business_day(now)
    measured = count_targets(session, reach=actor, from_on=today, until_on=today + timedelta(days=1), now=now)
    rules = rules_for(session, actor, today)
    codes = [each.code for each in rules.outcomes if each.group in REAL]
    query = select(func.count(), func.count().filter(Incident.outcome.in_(codes))).where(
        visible_to(actor), Incident.lane == Lane.LIFE, Incident.opened_at >= midnight(today)
    )
    count, real = session.execute(query).one()
    answered = [
        Kpi(_answer_name(each), percent(each), _("aim %(aim)s", aim=aim_of(each))) for each in measured.answered
    ]
    return [*answered, Kpi(_("Today"), str(count), _("real danger %(num)s", num=real))]


def get_board(session: Session, *, actor: Actor, from_on: date, until_on: date, now: datetime) -> Board:
    """Return the figures of some days; the last day is not among them."""
    asked = {"reach": actor, "from_on": from_on, "until_on": until_on, "now": now}
    measured: Measured = count_targets(session, **asked)  # type: ignore[arg-type]
    late, absent = list_misses(session, **asked)  # type: ignore[arg-type]
    return Board(
        from_on=from_on,
        until_on=until_on,
        answered=[_promise(each) for each in measured.answered],
        attended=[_promise(each) for each in measured.attended],
        idle=measured.idle,
        late=late,
        absent=absent,
        counted=count_alerts(session, actor=actor, from_on=from_on, until_on=until_on),
        is_part=measured.is_part,
        rules=rules_for(session, actor, until_on - timedelta(days=1)),
    )


def rules_for(session: Session, actor: Actor, on: date) -> AlertRules:
    """Return the words of a reader's own place."""
    return get_alert_rules(session, area_code=actor.area_codes[0] if actor.area_codes else "330000", on=on)


def name_of(score: Score) -> str:
    """Name a promise by its time: within 60 s; within 45 min."""
    seconds = int(score.goal.within.total_seconds())
    if seconds < 600:
        return str(_("Within %(seconds)s s", seconds=seconds))
    return str(_("Within %(minutes)s min", minutes=seconds // 60))


def inside(score: Score) -> str:
    """Say within what time, in the middle of a sentence."""
    seconds = int(score.goal.within.total_seconds())
    if seconds < 600:
        return str(_("within %(seconds)s s", seconds=seconds))
    return str(_("within %(minutes)s min", minutes=seconds // 60))


def _answer_name(score: Score) -> str:
    return str(_("Answered within %(seconds)s s", seconds=int(score.goal.within.total_seconds())))


def percent(score: Score) -> str:
    """Write how many were in time: 98.2 %; a dash where there was nothing to do."""
    return "–" if score.permille is None else f"{score.permille / 10:.1f}%"


def aim_of(score: Score) -> str:
    """Write how many should be: 97.5; 99."""
    return f"{score.goal.permille / 10:g}"


def wait_words(miss: Miss) -> str:
    """Write how long somebody waited, or that nobody came."""
    if miss.until is None:
        return str(_("nobody came"))
    return seconds_words(int((miss.until - miss.since).total_seconds()))


def _promise(score: Score) -> Promise:
    return Promise(name_of(score), inside(score), percent(score), f"{aim_of(score)}%", score.counted, score.is_met)
