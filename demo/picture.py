"""Counts the invented months for the picture of the city, as the tasks do of real ones day by day."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import business_day
from app.day_counts import Anchor
from portal.city.folding import list_counts, refold
from portal.city.rules import period_of


def count_days(session: Session, *, days: int, now: datetime) -> None:
    """Count every day of what happened; how things stood, on the days that a month is compared with."""
    today = business_day(now)
    for count in list_counts():
        if count.anchor is not Anchor.STAND:
            refold(session, count=count, since=today - timedelta(days=max(days, 1)), until=today, now=now)
            continue
        for day in stood_on(today):
            refold(session, count=count, since=day, until=day, now=now)


def stood_on(today: date) -> list[date]:
    """Return today, the same day a month ago, and the last days of the two months before."""
    period = period_of(today, today)
    earlier = period_of(period.before_from, today)
    return sorted({today, period.before_until, earlier.until_on, earlier.before_until})
