"""Counting alerts of some days: by rule and outcome, the causes of false alarms, and the homes that ring most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Date, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.areas import queries as areas
from app.auth.actor import Actor
from app.clock import ZONE
from app.people import queries as people
from safety.alerts.models import Incident
from safety.alerts.rules import Lane, State

MOST_HOMES = 10
FALSE_FROM = 2  # a home is listed from so many false alarms on


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one rule rang, and how often for nothing."""

    rule: str
    priority: int
    count: int
    false: int
    open: int

    @property
    def false_percent(self) -> int:
        """Return how many of a hundred were false alarms."""
        return self.false * 100 // self.count if self.count else 0


@dataclass(frozen=True, slots=True)
class DayCount:
    """How often it rang on one day."""

    on: date
    count: int
    false: int


@dataclass(frozen=True, slots=True)
class NoisyHome:
    """A home with several false alarms."""

    home_id: int
    name: str
    count: int
    false: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Everything counted of some days."""

    rules: Sequence[RuleCount]
    outcomes: Sequence[tuple[str, int]]
    causes: Sequence[tuple[str, int]]
    days: Sequence[DayCount]
    homes: Sequence[NoisyHome]

    @property
    def count(self) -> int:
        """Return how many alerts there were."""
        return sum(each.count for each in self.rules)

    @property
    def false(self) -> int:
        """Return how many of them were false."""
        return sum(each.false for each in self.rules)


def count_alerts(session: Session, *, actor: Actor, from_on: date, until_on: date) -> Counted:
    """Count the alerts about people of some days within the actor's areas; the last day is not among them."""
    asked = [
        areas.within(Incident.area_code, actor.area_codes),
        Incident.lane == Lane.LIFE,
        Incident.opened_at >= midnight(from_on),
        Incident.opened_at < midnight(until_on),
    ]
    return Counted(
        rules=_rules(session, asked),
        outcomes=_words(session, asked, Incident.outcome),
        causes=_words(session, asked, Incident.cause),
        days=_days(session, asked, from_on, until_on),
        homes=_homes(session, asked),
    )


def midnight(day: date) -> datetime:
    """Return when a day begins."""
    return datetime.combine(day, time.min, tzinfo=ZONE)


def _rules(session: Session, asked: Sequence[ColumnElement[bool]]) -> list[RuleCount]:
    number = func.count()
    false = func.count().filter(Incident.is_false)
    still = func.count().filter(Incident.state != State.CLOSED)
    query = select(Incident.rule, func.min(Incident.priority), number, false, still).where(*asked)
    rows = session.execute(query.group_by(Incident.rule).order_by(number.desc(), Incident.rule))
    return [RuleCount(*row) for row in rows]


def _words(
    session: Session, asked: Sequence[ColumnElement[bool]], column: InstrumentedAttribute[str]
) -> list[tuple[str, int]]:
    number = func.count()
    query = select(column, number).where(*asked, column != "").group_by(column).order_by(number.desc(), column)
    return [(row[0], row[1]) for row in session.execute(query)]


def _days(session: Session, asked: Sequence[ColumnElement[bool]], from_on: date, until_on: date) -> list[DayCount]:
    day = cast(func.timezone(str(ZONE), Incident.opened_at), Date)
    query = select(day, func.count(), func.count().filter(Incident.is_false)).where(*asked).group_by(day)
    found = {row[0]: (row[1], row[2]) for row in session.execute(query)}
    days = [from_on + timedelta(days=step) for step in range((until_on - from_on).days)]
    return [DayCount(each, *found.get(each, (0, 0))) for each in days]


def _homes(session: Session, asked: Sequence[ColumnElement[bool]]) -> list[NoisyHome]:
    false = func.count().filter(Incident.is_false)
    query = (
        select(Incident.home_id, Incident.senior_id, func.count(), false)
        .where(*asked, Incident.home_id.is_not(None))
        .group_by(Incident.home_id, Incident.senior_id)
        .having(false >= FALSE_FROM)
        .order_by(false.desc(), Incident.home_id)
        .limit(MOST_HOMES)
    )
    rows = session.execute(query).all()
    names = people.names_of(session, senior_ids=[row[1] for row in rows if row[1]])
    return [NoisyHome(row[0] or 0, names.get(row[1] or 0, ""), row[2], row[3]) for row in rows]
