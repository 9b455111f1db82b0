"""What pictures do by themselves: sweep files that nobody named."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from app.pictures import services

log = structlog.get_logger(__name__)


@shared_task(name="pictures.sweep")
def sweep() -> None:
    """Delete files of refused requests. Safe to run twice."""
    with transaction() as session:
        swept = services.sweep(session, now=clock.now())
    if swept:
        log.info("pictures.swept", count=swept)
