"""What the picture does by itself: count today every minute, the last weeks every quarter hour, all of it weekly."""

from datetime import timedelta

import structlog
from celery import shared_task

from app import clock
from app.clock import business_day
from app.day_counts import Anchor
from app.db import transaction
from portal.city import folding

log = structlog.get_logger(__name__)
# Today and yesterday change all the time; what is told late comes within weeks; the rest is proved on Sundays.
DAYS_NOW, DAYS_LATE, DAYS_KEPT = 3, 62, 400


@shared_task(name="city.fold_now")
def fold_now() -> None:
    """Count the last days anew, all that is quickly counted. Safe to run twice."""
    fold_each(days=DAYS_NOW, is_slow=False)


@shared_task(name="city.fold_late")
def fold_late() -> None:
    """Count the last weeks anew, for what is told late, and the registers. Safe to run twice."""
    fold_each(days=DAYS_LATE, is_slow=True)


@shared_task(name="city.prove_sums")
def prove_sums() -> None:
    """Compare the kept sums with fresh ones, and make anew those that differ. Safe to run twice."""
    now = clock.now()
    for count in folding.list_counts():
        days = 1 if count.anchor is Anchor.STAND else DAYS_KEPT
        since, until = business_day(now) - timedelta(days=days - 1), business_day(now)
        with transaction() as session:
            differing = folding.find_differences(session, count=count, since=since, until=until, now=now)
            if differing:
                log.error("city.sums_differ", source=count.name, sums=differing)
                folding.refold(session, count=count, since=since, until=until, now=now)


def fold_each(*, days: int, is_slow: bool) -> None:
    """Count each in a transaction of its own: one that fails or waits keeps no other from being counted."""
    for count in folding.list_counts():
        if is_slow or not count.is_slow:
            with transaction() as session:
                folding.fold(session, counts=[count], days=days, now=clock.now())
