"""What meals do by themselves: keep the sums of the days that are over."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from app.folding import SETTLED_AFTER
from meals.desk import folding

log = structlog.get_logger(__name__)


@shared_task(name="meals.fold_days")
def fold_days() -> None:
    """Keep the sums of what was sold until a while ago. Safe to run twice."""
    with transaction() as session:
        folding.fold(session, before=clock.now() - SETTLED_AFTER)


@shared_task(name="meals.prove_sums")
def prove_sums() -> None:
    """Compare the kept sums with fresh ones, and make them anew where they differ. Safe to run twice."""
    with transaction() as session:
        if folding.is_right(session):
            return
        log.error("meals.sums_differ")
        folding.rebuild(session, before=clock.now() - SETTLED_AFTER)
