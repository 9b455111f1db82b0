"""What the ledger does by itself with points that have ended."""

import structlog
from celery import shared_task

from app import clock
from app.clock import business_day
from app.db import transaction
from subsidies.expiry import queries
from subsidies.expiry.sweeping import sweep
from subsidies.expiry.telling import tell_ending as tell_some

log = structlog.get_logger(__name__)


@shared_task(name="subsidies.expire_points")
def expire_points() -> None:
    """Book points that have ended. Safe to run twice, and to be killed."""
    with transaction() as session:
        until = queries.find_last_swept(session, today=business_day(clock.now()))
    done = sweep(until=until, clock=clock.now)
    log.info("ledger.expired", until=until, lots=done.booked, lost_fen=done.lost_fen, moved_fen=done.moved_fen)


@shared_task(name="subsidies.tell_ending")
def tell_ending() -> None:
    """Tell families of points about to be lost, part by part. Safe to run twice: each is told once."""
    told = 0
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            count, after = tell_some(session, after=after, now=clock.now())
        told += count
    log.info("points.ending_told", count=told)
