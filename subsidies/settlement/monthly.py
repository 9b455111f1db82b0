"""The monthly run: which periods and districts it makes, each in a transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.clock import business_day
from subsidies.settlement.drafting import Made, make_statements, read_period
from subsidies.settlement.errors import NotSealed
from subsidies.settlement.rules import Cycle, Period, period_before

# Districts with merchants: a transaction each, so that one that fails keeps no other back.
DISTRICTS = text(
    "SELECT DISTINCT left(area_code, 6) AS code FROM ledger.account"
    " WHERE kind = 'merchant' AND area_code LIKE :path ORDER BY code"
)


@dataclass(frozen=True, slots=True)
class Work:
    """One area for one period."""

    period: Period
    area_code: str


def plan(session: Session, *, period: str, area_code: str, now: datetime) -> Sequence[Work]:
    """Return what is to be made: of a period, or of the month and the quarter that ended last.

    :raises PeriodUnreadable: if the period is none
    """
    today = business_day(now)
    periods = [read_period(period)] if period else [period_before(today, cycle) for cycle in Cycle]
    path = f"{path_of(area_code)}%" if area_code else "%"
    if len(area_code) > 6:
        return [Work(each, area_code) for each in periods]
    districts = session.scalars(DISTRICTS, {"path": path}).all()
    return [Work(each, code) for each in periods for code in districts]


def make(session: Session, work: Work, *, now: datetime) -> Made:
    """Make the statements of one area; what is not sealed yet is left for the next night."""
    try:
        return make_statements(session, period=work.period, area_code=work.area_code, by=None, now=now)
    except NotSealed:
        return Made()
