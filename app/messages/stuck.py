"""Messages that did not get out: having them tried again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.audit.services import Doer, record
from app.messages import waking
from app.messages.errors import NotStuck
from app.messages.models import GIVEN_UP, WAITING, Delivery
from app.messages.queries import belongs_to


def try_again(
    session: Session, *, area_codes: Collection[str], by: Doer, now: datetime, delivery_id: int | None = None
) -> int:
    """Have a message that was given up tried anew, or all of those in these areas, and return how many.

    :raises NotStuck: if the one that was named is not stuck, or lies outside
    """
    stuck = update(Delivery).where(Delivery.state == GIVEN_UP, Delivery.notice_id.is_not(None), belongs_to(area_codes))
    if delivery_id is not None:
        stuck = stuck.where(Delivery.id == delivery_id)
    values = {"state": WAITING, "tries": 0, "due_at": now, "last_error": ""}
    count = len(session.execute(stuck.values(values).returning(Delivery.id)).all())
    if delivery_id is not None and not count:
        raise NotStuck
    subject = f"message:{delivery_id or 'all'}"
    record(session, actor=by, action="message.tried_again", subject=subject, new={"count": count}, now=now)
    waking.wake_after_commit(session)
    return count
