"""The report of a week: what rang, what for, why for nothing, and against the week before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.auth.actor import Actor
from safety.desk.counting import Counted, count_alerts
from safety.desk.figures import Board, get_board
from safety.kits.models import SafetyHome
from safety.kits.rules import HomeState

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Report:
    """A week beside the one before."""

    monday: date
    board: Board
    before: Counted
    homes: int
    is_over: bool

    @property
    def sunday(self) -> date:
        """Return its last day."""
        return self.monday + WEEK - timedelta(days=1)

    @property
    def previous(self) -> date:
        """Return the Monday before."""
        return self.monday - WEEK

    @property
    def following(self) -> date:
        """Return the Monday after."""
        return self.monday + WEEK

    @property
    def per_home(self) -> float:
        """Return how many alerts each home made; the aim is half a one."""
        return self.board.counted.count / self.homes if self.homes else 0.0


def get_report(session: Session, *, actor: Actor, monday: date, now: datetime) -> Report:
    """Return the report of the week that begins on a Monday."""
    board = get_board(session, actor=actor, from_on=monday, until_on=monday + WEEK, now=now)
    homes = select(func.count()).where(
        areas.within(SafetyHome.area_code, actor.area_codes), SafetyHome.state == HomeState.ACTIVE
    )
    return Report(
        monday=monday,
        board=board,
        before=count_alerts(session, actor=actor, from_on=monday - WEEK, until_on=monday),
        homes=session.scalar(homes) or 0,
        is_over=now.date() >= monday + WEEK,
    )


def read_week(text: str, *, today: date) -> date:
    """Read a day as the Monday of its week; what cannot be read, or has not come yet, is the present week."""
    present = today - timedelta(days=today.weekday())
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return present
    if day.year < 2000:
        return present
    return min(day - timedelta(days=day.weekday()), present)
