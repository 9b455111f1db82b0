"""What the door does by itself: forget what no longer counts."""

from celery import shared_task

from app import clock
from app.auth import services
from app.db import transaction


@shared_task(name="auth.sweep")
def sweep() -> None:
    """Delete tokens that ended long ago and wrong tries that no longer count. Safe to run twice."""
    with transaction() as session:
        services.sweep(session, now=clock.now())
