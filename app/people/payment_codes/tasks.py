"""What a worker does with payment codes."""

from celery import shared_task

from app import clock
from app.db import transaction
from app.people.payment_codes.services import forget_codes


@shared_task(name="people.forget_codes")
def forget_unused() -> None:
    """Delete codes that were shown and never used. Safe to run twice."""
    with transaction() as session:
        forget_codes(session, now=clock.now())
