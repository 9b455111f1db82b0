"""What outreach does by itself: everybody scored at night, what is overdue raised by day, help that came noticed."""

from celery import shared_task

from app import clock
from app.db import transaction
from outreach.escalating import escalate
from outreach.nights import score_everybody
from outreach.referring import settle_referrals


@shared_task(name="outreach.score_everybody")
def score_all() -> None:
    """Score everybody, plan the visits that follow, and end the referrals whose help has come. Safe to run twice."""
    with transaction() as session:
        settle_referrals(session, now=clock.now())
    score_everybody(clock=clock.now)


@shared_task(name="outreach.escalate")
def raise_overdue() -> None:
    """Raise what is overdue. Safe to run twice."""
    with transaction() as session:
        escalate(session, now=clock.now())
