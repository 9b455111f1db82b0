"""What judgement does by itself: learn the homes' rhythms every night, and try drafts of rules."""

from celery import shared_task

from app import clock
from app.db import transaction
from safety.judging.nights import learn_rhythms
from safety.judging.trying import list_unfinished, run_trial

TRY = "safety.try_rules"


@shared_task(name="safety.learn_rhythms")
def learn_all_rhythms() -> None:
    """Learn the rhythm of every home, a few in each transaction. Safe to run twice."""
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            after = learn_rhythms(session, now=clock.now(), after=after).last


@shared_task(name=TRY)
def try_rules(*, trial_id: int) -> None:
    """Try a draft of rules on last month's events. Safe to run twice, and to be killed."""
    run_trial(trial_id, clock=clock.now)


@shared_task(name="safety.finish_trials")
def finish_trials() -> None:
    """Take up trials that a worker lost. Safe to run twice."""
    with transaction() as session:
        waiting = list_unfinished(session, now=clock.now())
    for trial_id in waiting:
        run_trial(trial_id, clock=clock.now)
