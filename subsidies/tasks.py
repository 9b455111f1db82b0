"""What the ledger does by itself: prove every night that it is whole."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from subsidies import services

log = structlog.get_logger(__name__)


@shared_task(name="subsidies.verify_ledger")
def verify_ledger() -> None:
    """Verify the whole ledger and keep what was found. Safe to run twice."""
    with transaction() as session:
        found = services.verify_ledger(session, started_at=clock.now(), clock=clock.now)
    if found.faults:
        log.error("ledger.faults", count=len(found.faults), faults=found.faults[:20])
    else:
        log.info("ledger.whole", transactions=found.transactions)
