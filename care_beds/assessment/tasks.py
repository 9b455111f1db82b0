"""What assessments do by themselves: tell whom it is time to assess again."""

from celery import shared_task

from app import clock
from app.db import transaction
from care_beds.assessment import telling


@shared_task(name="care_beds.tell_reassessments")
def tell_reassessments() -> None:
    """Tell assessors and clerks of results that end, once a week. Safe to run twice."""
    with transaction() as session:
        telling.tell_due(session, now=clock.now())
