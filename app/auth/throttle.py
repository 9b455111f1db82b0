"""Counting wrong tries: one row per account name and per address, locked while a try is judged."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.models import LogInThrottle
from app.auth.rules import FORGOTTEN_AFTER, Limit, Throttle, after_failure
from app.tokens import digest


def lock_throttle(session: Session, subject: str, *, now: datetime) -> Throttle:
    """Lock and return what is remembered of an account name or an address.

    The lock lasts until the try is judged, so that tries made at once by many processes count one by one.
    Subjects are kept as digests: people type passwords into the wrong field.
    """
    fresh = insert(LogInThrottle).values(subject=digest(subject), failures=0, rounds=0, window_from=now)
    locking = fresh.on_conflict_do_update(index_elements=["subject"], set_={"subject": fresh.excluded.subject})
    columns = (LogInThrottle.window_from, LogInThrottle.failures, LogInThrottle.rounds, LogInThrottle.locked_until)
    row = session.execute(locking.returning(*columns)).one()
    return Throttle(
        window_from=row.window_from, failures=row.failures, rounds=row.rounds, locked_until=row.locked_until
    )


def count_failure(session: Session, subject: str, throttle: Throttle, limit: Limit, *, now: datetime) -> Throttle:
    """Add a wrong try to a locked row."""
    counted = after_failure(throttle, limit, now)
    _write(session, subject, counted)
    return counted


def forget_failures(session: Session, subject: str, *, now: datetime) -> None:
    """Start anew after a right password, or after a reset by an administrator."""
    _write(session, subject, Throttle(window_from=now))


def sweep_throttles(session: Session, *, now: datetime) -> None:
    """Delete what is so old that it no longer counts."""
    session.execute(delete(LogInThrottle).where(LogInThrottle.window_from < now - 2 * FORGOTTEN_AFTER))


def _write(session: Session, subject: str, throttle: Throttle) -> None:
    session.execute(
        update(LogInThrottle)
        .where(LogInThrottle.subject == digest(subject))
        .values(
            window_from=throttle.window_from,
            failures=throttle.failures,
            rounds=throttle.rounds,
            locked_until=throttle.locked_until,
        )
    )
