"""What visits do by themselves every night: plan ahead, write down what nobody told of, confirm what stood."""

from celery import shared_task

from app import clock
from app.config import settings
from app.db import transaction
from care_beds.visits import keeping
from care_beds.visits.planning import call_off_soon


@shared_task(name="care_beds.plan_visits")
def plan_visits() -> None:
    """Plan every provider's visits ahead. Safe to run twice."""
    keeping.keep_ahead(now=clock.now(), hands=settings().posting_hands)


@shared_task(name="care_beds.miss_visits")
def miss_visits() -> None:
    """Write down what nobody told of in time, and call off what is soon and has become idle. Safe to run twice."""
    with transaction() as session:
        call_off_soon(session, now=clock.now())
    with transaction() as session:
        keeping.miss_unrecorded(session, now=clock.now())
        keeping.close_left_open(session, now=clock.now())


@shared_task(name="care_beds.confirm_visits")
def confirm_visits() -> None:
    """Confirm finished visits that nobody objected to in time. Safe to run twice."""
    with transaction() as session:
        keeping.confirm_lapsed(session, now=clock.now())
