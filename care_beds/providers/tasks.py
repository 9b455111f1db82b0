"""What providers do by themselves: tell in time that papers end."""

from celery import shared_task

from app import clock
from app.db import transaction
from care_beds.providers import telling


@shared_task(name="care_beds.tell_endings")
def tell_endings() -> None:
    """Tell of papers that end soon or have ended. Safe to run twice."""
    with transaction() as session:
        telling.tell_endings(session, now=clock.now())
