"""Keeps the sums of the invented months, as the hourly task does of real ones: what was loaded bears earlier times."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.folding import SETTLED_AFTER
from meals.desk import folding as meals
from subsidies.desk import folding as points


def keep_sums(session: Session, *, now: datetime) -> None:
    """Make the kept sums anew."""
    points.rebuild(session, before=now - SETTLED_AFTER)
    meals.rebuild(session, before=now - SETTLED_AFTER)
