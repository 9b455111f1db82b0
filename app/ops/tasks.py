"""What a worker does for the running of the product: carrying approved lists out."""

import structlog
from celery import shared_task
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import clock
from app.db import transaction
from app.ops.models import APPROVED, Shredding
from app.ops.shredding import list_open
from app.ops.shredding_runs import carry_out

log = structlog.get_logger(__name__)
LINES_A_NIGHT = 5000


@shared_task(name="ops.carry_out_approved")
def carry_out_approved() -> None:
    """Destroy what stands on approved lists, where this worker knows the owner's log-in. Safe to run twice."""
    waiting = select(Shredding.id).where(Shredding.state == APPROVED, Shredding.finished_at.is_(None))
    with transaction() as session:
        ids = list(session.scalars(waiting.order_by(Shredding.id)))
    for shredding_id in ids:
        with transaction() as session:
            lines = list_open(session, shredding_id=shredding_id)[:LINES_A_NIGHT]
        try:
            carry_out(shredding_id, lines, clock=clock.now)
        except DBAPIError:
            log.exception("this worker can't destroy data: run flask ops carry-out as the owner", list=shredding_id)
            return
