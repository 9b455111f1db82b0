"""Sending out all the meals of one time at once: each for itself, so that one that cannot leave keeps no other back."""

from dataclasses import dataclass
from typing import Any

import structlog
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app import clock
from app.auth import Actor
from app.clock import business_day
from app.db import transaction
from app.errors import DomainError
from meals.deliveries.carrying import send_out
from meals.deliveries.models import Delivery
from meals.deliveries.rules import State

log = structlog.get_logger(__name__)
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many left, and how many stay to be looked at one by one."""

    left: int
    kept: int


def send_all(*, canteen_id: int, window: str, by: Actor) -> Sent:
    """Send out what is ordered and has somebody to bring it; one transaction each."""
    now = clock.now()
    query = (
        select(Delivery.id)
        .where(
            Delivery.canteen_id == canteen_id,
            Delivery.canteen_id.in_(by.canteen_ids),
            Delivery.meal_on == business_day(now),
            Delivery.window_name == window,
            Delivery.state == State.ORDERED,
            Delivery.deliverer_id.is_not(None),
        )
        .order_by(Delivery.position, Delivery.id)
        .limit(MOST)
    )
    with transaction() as session:
        ids = session.scalars(query).all()
    left = sum(_send(delivery_id, by) for delivery_id in ids)
    return Sent(left=left, kept=len(ids) - left)


def tell_sent(done: Sent) -> Any:
    """Say what left, and what must be looked at."""
    left = ngettext("%(num)s meal is on its way.", "%(num)s meals are on their way.", done.left)
    if not done.kept:
        return left if done.left else _("Nothing to send out: choose who brings each meal first.")
    kept = ngettext(
        "%(num)s could not leave; open it to see why.", "%(num)s could not leave; open them to see why.", done.kept
    )
    return f"{left} {kept}"


def _send(delivery_id: int, by: Actor) -> bool:
    try:
        with transaction() as session:
            send_out(session, delivery_id=delivery_id, by=by, now=clock.now())
    except DomainError as refusal:
        log.info("delivery.kept", delivery=delivery_id, code=refusal.code)
        return False
    return True
