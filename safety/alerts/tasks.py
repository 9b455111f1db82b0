"""What alerts do by themselves: ask the next one when it is time, watch the watch, forget what desks have followed."""

from celery import shared_task

from app import clock
from app.db import transaction
from safety.alerts.running import run_round
from safety.alerts.sweeping import sweep


@shared_task(name="safety.escalate")
def escalate() -> None:
    """Do what is due for alerts. Safe to run twice, and beside the process that keeps alerts."""
    run_round(name="scheduler", clock=clock.now)


@shared_task(name="safety.sweep_alerts")
def sweep_alerts() -> None:
    """Delete what live desks have long followed. Safe to run twice."""
    with transaction() as session:
        sweep(session, now=clock.now())
