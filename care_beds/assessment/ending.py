"""Levels that run out: from that day on nobody knows the person's level, until somebody has assessed them again."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.abilities import set_ability_level

SENIORS_AT_ONCE = 200
# The level of today rests on a result that holds no more. What a later result gave, or what has ended, is left alone;
# an older result that would hold longer does not come back.
OVER = text(
    """
    SELECT a.id, a.senior_id, a.valid_until
      FROM assessment AS a
      JOIN LATERAL (
           SELECT l.source FROM senior_ability AS l
            WHERE l.senior_id = a.senior_id AND l.from_on <= :today
            ORDER BY l.from_on DESC, l.id DESC LIMIT 1) AS latest ON latest.source = 'assessment:' || a.id
     WHERE a.state = 'signed' AND a.valid_until <= :today
     ORDER BY a.id LIMIT :limit
    """
)


def end_levels(session: Session, *, now: datetime, limit: int = SENIORS_AT_ONCE) -> int:
    """End the levels that ran out, each from the day its result no longer holds, and return of how many seniors."""
    rows = session.execute(OVER, {"today": business_day(now), "limit": limit}).all()
    for row in rows:
        set_ability_level(
            session,
            senior_id=row.senior_id,
            level=None,
            from_on=row.valid_until,
            source=f"assessment_end:{row.id}",
            by=None,
            now=now,
        )
    return len(rows)
