"""What a worker does with grant runs: looks through people, posts what was approved, finds what was lost."""

import structlog
from celery import shared_task

from app import clock
from app.clock import business_day
from app.config import settings
from app.db import transaction
from app.jobs import enqueue
from subsidies.allowance import trials, unfinished
from subsidies.allowance.looking import look_through
from subsidies.allowance.posting import post_run

LOOK, POST = "subsidies.look_through_grant_run", "subsidies.post_grant_run"
TRY = "subsidies.try_programme"
log = structlog.get_logger(__name__)


@shared_task(name="subsidies.look_through_grant_run")
def look_through_grant_run(*, run_id: int) -> None:
    """Decide for everybody a run may concern. Safe to run twice, and to be killed."""
    look_through(run_id, clock=clock.now)
    log.info("grants.looked_through", run=run_id)


@shared_task(name="subsidies.post_grant_run")
def post_grant_run(*, run_id: int) -> None:
    """Grant what was approved. Safe to run twice, and to be killed."""
    post_run(run_id, clock=clock.now, hands=settings().posting_hands)
    log.info("grants.posted", run=run_id)


@shared_task(name="subsidies.try_programme")
def try_programme(*, trial_id: int) -> None:
    """Try a document on the people of a month. Safe to run twice, and to be killed."""
    trials.run_trial(trial_id, clock=clock.now)
    log.info("programme.tried", trial=trial_id)


@shared_task(name="subsidies.tend_grant_runs")
def tend_grant_runs() -> None:
    """Queue again what a worker lost, and post what falls due today. Safe to run twice."""
    with transaction() as session:
        looking = unfinished.list_to_look_through(session, now=clock.now())
        posting = unfinished.list_to_post(session, today=business_day(clock.now()))
        trying = trials.list_unfinished(session, now=clock.now())
    for run_id in looking:
        enqueue(LOOK, run_id=run_id)
    for run_id in posting:
        enqueue(POST, run_id=run_id)
    for trial_id in trying:
        enqueue(TRY, trial_id=trial_id)
