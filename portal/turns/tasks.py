"""What the product does about turns of life by itself: points after their days of grace, spends found afterwards."""

from collections.abc import Sequence
from functools import partial

import structlog
from celery import shared_task
from sqlalchemy import select

from app import clock
from app.clock import business_day
from app.db import transaction
from app.idempotency import InFlight
from portal.turns import services, watching
from portal.turns.effects import list_effects
from portal.turns.models import LifeTurn

log = structlog.get_logger(__name__)


@shared_task(name="turns.watch")
def watch() -> None:
    """Find what was spent though a turn stands against it, also what a till sent late. Safe to run twice."""
    with transaction() as session:
        watching.watch(session, effects=list_effects(), now=clock.now())


@shared_task(name="turns.settle")
def settle() -> None:
    """Let points go whose days of grace are over, and what came to the dead since, one by one. Safe to run twice.

    Whose book is held, because somebody pays at that moment, is asked once more when all others are done.
    """
    effects, today = list_effects(), business_day(clock.now())
    with transaction() as session:
        due = session.scalars(select(LifeTurn.id).where(LifeTurn.settle_on <= today).order_by(LifeTurn.id)).all()
        dead = [each for effect in effects if effect.left_over for each in effect.left_over(session, today)]
    waiting = [partial(services.settle_waiting, turn_id=each, effects=effects) for each in due]
    left_over = [partial(services.settle_left_over, senior_id=each, effects=effects) for each in dead]
    for each in _settle_each(_settle_each([*waiting, *left_over])):
        log.error("turns.not_settled", why="the book is held", **_about(each))


def _settle_each(works: Sequence[partial[bool]]) -> Sequence[partial[bool]]:
    """Do each in a transaction of its own, and return those whose book is held; what breaks costs no other."""
    held = []
    for work in works:
        try:
            with transaction() as session:
                work(session, now=clock.now())
        except InFlight:
            held.append(work)
        except Exception:
            log.exception("turns.not_settled", **_about(work))
    return held


def _about(work: partial[bool]) -> dict[str, int]:
    return {name: value for name, value in work.keywords.items() if name != "effects"}
