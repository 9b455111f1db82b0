"""What the product does about turns of life by itself: points after their days of grace, spends found afterwards."""

from celery import shared_task
from sqlalchemy import select

from app import clock
from app.clock import business_day
from app.db import transaction
from portal.turns import services, watching
from portal.turns.effects import list_effects
from portal.turns.models import LifeTurn


@shared_task(name="turns.watch")
def watch() -> None:
    """Find what was spent though a turn stands against it, also what a till sent late. Safe to run twice."""
    with transaction() as session:
        watching.watch(session, effects=list_effects(), now=clock.now())


@shared_task(name="turns.settle")
def settle() -> None:
    """Let points go whose days of grace are over, and what came to the dead since, one by one. Safe to run twice."""
    effects = list_effects()
    with transaction() as session:
        due = session.scalars(
            select(LifeTurn.id).where(LifeTurn.settle_on <= business_day(clock.now())).order_by(LifeTurn.id)
        ).all()
        today = business_day(clock.now())
        dead = [each for effect in effects if effect.left_over for each in effect.left_over(session, today)]
    for turn_id in due:
        with transaction() as session:
            services.settle_waiting(session, turn_id=turn_id, effects=effects, now=clock.now())
    for senior_id in dead:
        with transaction() as session:
            services.settle_left_over(session, senior_id=senior_id, effects=effects, now=clock.now())
