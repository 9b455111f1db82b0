"""What the product does by itself about findings: every night it runs all checks, and it ends what was interrupted."""

import structlog
from celery import shared_task

from app import clock
from app.db import transaction
from subsidies.findings import runs
from subsidies.findings.carrying import carry_out
from subsidies.findings.errors import NoDocument

RUN_CHECKS, CARRY_OUT = "subsidies.run_checks", "subsidies.carry_out_run"

log = structlog.get_logger(__name__)


@shared_task(name="subsidies.run_checks")
def run_checks() -> None:
    """Run all checks over the days until yesterday. Safe to run twice: what was found is not found again."""
    with transaction() as session:
        interrupted = runs.list_interrupted(session)
    for run_id in interrupted:
        carry_out(run_id)
    with transaction() as session:
        try:
            run_id = runs.start_run(session, now=clock.now(), is_forced=True)
        except NoDocument:
            log.warning("findings.no_document")
            return
    carry_out(run_id)


@shared_task(name="subsidies.carry_out_run")
def carry_out_run(*, run_id: int) -> None:
    """Carry out a run that somebody asked for. Safe to run twice: each check of a run runs once."""
    carry_out(run_id)
