"""What settlement does by itself: take in what is sealed, and make the statements of the period that is over."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from app.jobs import enqueue
from subsidies.settlement import making, monthly

MAKE = "subsidies.make_asked_statements"
log = structlog.get_logger(__name__)


@shared_task(name="subsidies.make_statements")
def make_statements(*, period: str = "", area: str = "") -> None:
    """Make statements, a district at a time. Safe to run twice.

    :param period: as 2026-10; the month and the quarter before today when left out
    :param area: only this area and what lies within
    """
    with transaction() as session:
        work = monthly.plan(session, period=period, area_code=area, now=clock.now())
    for each in work:
        with transaction() as session:
            made = monthly.make(session, each, now=clock.now())
        log.info("settlement.made", period=each.period.code, area=each.area_code, statements=made.statements)


@shared_task(name="subsidies.make_asked_statements")
def make_asked_statements(*, making_id: int) -> None:
    """Make what somebody asked for on the page. Safe to run twice, and to be killed."""
    making.make_asked(making_id, clock=clock.now)
    log.info("settlement.made_as_asked", making=making_id)


@shared_task(name="subsidies.tend_makings")
def tend_makings() -> None:
    """Queue again what a worker lost. Safe to run twice."""
    with transaction() as session:
        lost = making.list_unfinished(session, now=clock.now())
    for making_id in lost:
        enqueue(MAKE, making_id=making_id)
