"""Runs on which a worker has still to work: those it was never told of, or lost when it was killed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from subsidies.allowance.models import APPROVED, GrantRun

# A worker takes up what it was told of at once; after this long it was lost.
PATIENCE = timedelta(minutes=5)
FORGOTTEN = timedelta(days=3)


def list_to_look_through(session: Session, *, now: datetime) -> Sequence[int]:
    """List drafts that nobody has looked through to the end, though they lie there for a while."""
    waiting = select(GrantRun.id).where(
        GrantRun.state == "draft",
        GrantRun.previewed_at.is_(None),
        GrantRun.created_at < now - PATIENCE,
        GrantRun.created_at > now - FORGOTTEN,
    )
    return session.scalars(waiting.order_by(GrantRun.id)).all()


def list_to_post(session: Session, *, today: date) -> Sequence[int]:
    """List approved runs that are due and not posted to the end."""
    waiting = select(GrantRun.id).where(
        GrantRun.state == APPROVED, GrantRun.posted_at.is_(None), GrantRun.issue_on <= today
    )
    return session.scalars(waiting.order_by(GrantRun.id)).all()
