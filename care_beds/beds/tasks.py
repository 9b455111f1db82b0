"""What beds do by themselves every night: hold what the register says against each bed, and propose what follows."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from care_beds.beds import services

log = structlog.get_logger(__name__)


@shared_task(name="care_beds.propose_bed_steps")
def propose_bed_steps() -> None:
    """Propose steps that the register asks for, part by part. Safe to run twice."""
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            after = services.propose_steps(session, after=after, now=clock.now())
    log.info("beds.steps_proposed")
