"""What judgement does by itself every night: learn the homes' rhythms from the day that is over."""

from celery import shared_task

from app import clock
from app.db import transaction
from safety.judging.nights import learn_rhythms


@shared_task(name="safety.learn_rhythms")
def learn_all_rhythms() -> None:
    """Learn the rhythm of every home, a few in each transaction. Safe to run twice."""
    after: int | None = 0
    while after is not None:
        with transaction() as session:
            after = learn_rhythms(session, now=clock.now(), after=after).last
