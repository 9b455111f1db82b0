"""Forgetting what only live desks needed."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from safety.alerts.models import AlertChange

KEEP_CHANGES = timedelta(days=7)


def sweep(session: Session, *, now: datetime) -> None:
    """Delete old changes: a desk that was closed for so long reads its list anew."""
    session.execute(delete(AlertChange).where(AlertChange.at < now - KEEP_CHANGES))
