"""Keeps the sums of the books up to date, and proves that they are what a fresh computation gives."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.folding import is_quiet

FOLD = text("SELECT fold_ledger(:before)")
KEPT_IS_FRESH = text(
    """
    WITH kept AS (SELECT until FROM ledger_fold),
         fresh AS (SELECT d.* FROM kept, ledger_delta('-infinity', kept.until) AS d)
    SELECT NOT EXISTS ((SELECT * FROM fresh EXCEPT SELECT * FROM ledger_day)
                       UNION ALL (SELECT * FROM ledger_day EXCEPT SELECT * FROM fresh))
    """
)
FORGET = (text("DELETE FROM ledger_day"), text("DELETE FROM ledger_fold"))


def fold(session: Session, *, before: datetime) -> bool:
    """Keep the sums of what was booked before a moment; run again, it does nothing.

    :param before: long enough ago that no request of that time is still at work
    :return: whether there was anything to do, and nobody still at work
    """
    return is_quiet(session, before=before) and bool(session.scalar(FOLD, {"before": before}))


def is_right(session: Session) -> bool:
    """Say whether what is kept is what a fresh computation gives."""
    return bool(session.scalar(KEPT_IS_FRESH))


def rebuild(session: Session, *, before: datetime) -> None:
    """Forget what is kept and make it anew: after entries were brought in that bear an earlier time."""
    for statement in FORGET:
        session.execute(statement)
    session.scalar(FOLD, {"before": before})
