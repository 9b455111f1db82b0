"""What seals do by themselves: a round every minute, and messages to whoever wants them."""

import structlog
from celery import shared_task

from app import clock
from app.config import settings
from app.jobs import enqueue
from subsidies.seals import services

log = structlog.get_logger(__name__)


@shared_task(name="subsidies.seal_books")
def seal_books() -> None:
    """Seal what changed and publish it. Safe to run twice, and two at once."""
    sealed = services.seal_now(now=clock.now())
    if sealed:
        log.info("ledger.sealed", height=sealed.height, root=sealed.root.hex(), leaves=sealed.leaves)
    if settings().seal_webhook:
        enqueue("subsidies.send_seals")


@shared_task(name="subsidies.send_seals")
def send_seals() -> None:
    """Send the seals that are due. Safe to run twice: the receiver knows each by its height."""
    sent = services.send_due(clock=clock.now)
    if sent:
        log.info("ledger.seals_sent", count=sent)
