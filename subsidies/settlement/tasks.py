"""What settlement does by itself: take in what is sealed, and make the statements of the period that is over."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from subsidies.settlement import monthly

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
