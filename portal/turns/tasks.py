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
    """Let points go whose days of grace are over, one turn in each transaction. Safe to run twice."""
    with transaction() as session:
        due = session.scalars(
            select(LifeTurn.id).where(LifeTurn.settle_on <= business_day(clock.now())).order_by(LifeTurn.id)
        ).all()
    for turn_id in due:
        with transaction() as session:
            services.settle_waiting(session, turn_id=turn_id, effects=list_effects(), now=clock.now())
