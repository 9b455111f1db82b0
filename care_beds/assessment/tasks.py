"""What assessments do by themselves: end levels that ran out, tell whom it is time to assess again."""

from celery import shared_task

from app import clock
from app.db import transaction
from care_beds.assessment import ending, telling


@shared_task(name="care_beds.end_levels")
def end_levels() -> None:
    """End the ability levels whose assessment has run out, some at a time. Safe to run twice."""
    while True:
        with transaction() as session:
            if not ending.end_levels(session, now=clock.now()):
                return


@shared_task(name="care_beds.tell_reassessments")
def tell_reassessments() -> None:
    """Tell assessors and clerks of results that end, once a week. Safe to run twice."""
    with transaction() as session:
        telling.tell_due(session, now=clock.now())
