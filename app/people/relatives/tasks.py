"""What happens to links by itself: deaths close them, and requests that lead to nobody end."""

from celery import shared_task

from app import clock
from app.db import transaction
from app.people.relatives import deaths


@shared_task(name="people.tend_links")
def tend_links() -> None:
    """Close what deaths no longer leave open, and end requests that lead to nobody. Safe to run twice."""
    with transaction() as session:
        deaths.close_after_deaths(session, now=clock.now())
        deaths.answer_unmatched(session, now=clock.now())
