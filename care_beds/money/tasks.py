"""What the money of care beds does by itself: pay visits, judge months, pay what was approved."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from app.jobs import enqueue
from care_beds.money import months, paying, runs

log = structlog.get_logger(__name__)


@shared_task(name="care_beds.pay_visits")
def pay_visits() -> None:
    """Pay every visit that can be paid. Safe to run twice, at the same time too."""
    tally = paying.pay_all(clock=clock.now)
    by_payer = {str(payer): count for payer, count in tally.by_payer.items()}
    log.info("visits.paid", count=tally.count, by_payer=by_payer, barred=tally.barred, busy=tally.busy)


@shared_task(name="care_beds.judge_months")
def judge_months() -> None:
    """Judge the last months of all beds anew, each once families may no longer object. Safe to run twice."""
    for month in months.list_open(clock.now()):
        with transaction() as session:
            count = months.judge_months(session, month=month, area_codes=None, now=clock.now())
        log.info("bed_months.judged", month=f"{month:%Y-%m}", count=count)


@shared_task(name=paying.PAY_MONTHS)
def pay_bed_months(*, run_id: int) -> None:
    """Pay the months of a run that was approved. Safe to run twice, and to be killed."""
    paying.pay_run(run_id, clock=clock.now)
    log.info("bed_months.paid", run=run_id)


@shared_task(name="care_beds.tend_bed_months")
def tend_bed_months() -> None:
    """Queue again what a worker lost. Safe to run twice."""
    with transaction() as session:
        lost = runs.list_unpaid(session)
    for run_id in lost:
        enqueue(paying.PAY_MONTHS, run_id=run_id)
