"""Forgetting: what was sent and read long ago is of no use to anybody."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, update
from sqlalchemy.orm import Session

from app.messages.models import GIVEN_UP, WAITING, Delivery, DemoMessage, Notice
from app.messages.outbox import TOO_LATE

KEEP_SENT = timedelta(days=30)
KEEP_STUCK = timedelta(days=90)
KEEP_NOTICES = timedelta(days=400)
KEEP_DEMO = timedelta(days=1)


def sweep(session: Session, *, now: datetime) -> None:
    """Delete old messages, then the old notices that no message needs any more; end codes that nobody could send."""
    late = (Delivery.state == WAITING) & (Delivery.expires_at < now)
    session.execute(update(Delivery).where(late).values(state=GIVEN_UP, secret=None, last_error=TOO_LATE))
    old = (Delivery.state != WAITING) & (Delivery.created_at < now - KEEP_STUCK)
    session.execute(delete(Delivery).where((Delivery.sent_at < now - KEEP_SENT) | old))
    needed = exists().where(Delivery.notice_id == Notice.id)
    session.execute(delete(Notice).where(Notice.created_at < now - KEEP_NOTICES, ~needed))
    session.execute(delete(DemoMessage).where(DemoMessage.sent_at < now - KEEP_DEMO))
