"""Keeps the sums of sales up to date, and proves that they are what a fresh computation gives."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.folding import is_quiet

FOLD = text("SELECT fold_meals(:before)")
# What is kept, beside the same sums made anew of all sales booked before the same moment.
KEPT_IS_FRESH = text(
    """
    WITH kept AS (SELECT until FROM meal_fold),
         every AS (SELECT coalesce(array_agg(id), '{}') AS ids FROM canteen),
         day AS (SELECT d.* FROM kept, every,
                 meal_day_delta(every.ids, '-infinity', kept.until, '-infinity', 'infinity') AS d),
         guest AS (SELECT d.* FROM kept, every,
                   meal_guest_delta(every.ids, '-infinity', kept.until, '-infinity', 'infinity') AS d),
         band AS (SELECT d.* FROM kept, every,
                  meal_band_delta(every.ids, '-infinity', kept.until, '-infinity', 'infinity') AS d)
    SELECT NOT EXISTS ((SELECT * FROM day EXCEPT SELECT * FROM meal_day)
                       UNION ALL (SELECT * FROM meal_day EXCEPT SELECT * FROM day))
       AND NOT EXISTS ((SELECT * FROM guest EXCEPT SELECT * FROM meal_guest)
                       UNION ALL (SELECT * FROM meal_guest EXCEPT SELECT * FROM guest))
       AND NOT EXISTS ((SELECT * FROM band EXCEPT SELECT * FROM meal_band)
                       UNION ALL (SELECT * FROM meal_band EXCEPT SELECT * FROM band))
    """
)
FORGET = tuple(text(f"DELETE FROM {table}") for table in ("meal_day", "meal_guest", "meal_band", "meal_fold"))  # noqa: S608 - names of tables


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
    """Forget what is kept and make it anew: after sales were brought in that bear an earlier time."""
    for statement in FORGET:
        session.execute(statement)
    session.scalar(FOLD, {"before": before})
