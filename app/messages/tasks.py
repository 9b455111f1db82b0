"""What messages do by themselves: leave, soon after what they tell and each minute; and old ones are swept out."""

import structlog
from celery import shared_task

from app import clock
from app.config import settings
from app.db import transaction
from app.jobs import enqueue
from app.messages import outbox, routes, sweeping
from app.messages.channels.opening import make_channels
from app.messages.sending import send_due as send
from app.messages.waking import TASK

log = structlog.get_logger(__name__)


@shared_task(name="messages.send_due")
def send_due() -> None:
    """Send what is due. Safe to run twice: whoever gets a message twice knows it by its key."""
    with transaction() as session:
        channels = make_channels(settings(), has_demo=routes.has_demo(session))
    sent = send(channels, clock=clock.now)
    with transaction() as session:
        more = outbox.has_due(session, channels=channels, now=clock.now())
    if sent:
        log.info("messages.sent", count=sent)
    if more:
        # A batch at a time, so that other jobs have their turn in between.
        enqueue(TASK)


@shared_task(name="messages.sweep")
def sweep() -> None:
    """Delete what was sent and read long ago. Safe to run twice."""
    with transaction() as session:
        sweeping.sweep(session, now=clock.now())
