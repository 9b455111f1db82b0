"""What the ways in do by the schedule: months of events are made and dropped, due homes are looked for once more."""

from datetime import timedelta

from celery import shared_task

from app import clock
from app.clock import business_day
from app.db import transaction
from safety.intake.keeping import sweep_all
from safety.intake.policy import longest_months
from safety.intake.queries import forget_strangers, keep_months

AHEAD_MONTHS = 2
STRANGERS_KEPT = timedelta(days=30)


@shared_task(name="safety.keep_events")
def keep_events() -> None:
    """Make the partitions of coming months, drop what policy no longer keeps. Safe to run twice."""
    now = clock.now()
    with transaction() as session:
        kept = longest_months(session, on=business_day(now))
        keep_months(session, today=now.date(), ahead_months=AHEAD_MONTHS, kept_months=kept)
        forget_strangers(session, before=now - STRANGERS_KEPT)


@shared_task(name="safety.sweep_homes")
def sweep_homes() -> None:
    """Look for homes that are due, beside the keeper: one of the two is enough. Safe to run twice."""
    sweep_all()
