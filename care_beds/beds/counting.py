"""What beds count by place and day: how each stood when the day ended."""

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from app.day_counts import Anchor, DayCount, Days, counted

STOOD = """
SELECT b.area_code, CAST(d AS date) AS on_day, 'bed_' || l.to_state AS code, count(*) AS value
  FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS d
 CROSS JOIN care_bed AS b
 CROSS JOIN LATERAL (SELECT s.to_state FROM bed_step AS s
                      WHERE s.bed_id = b.id AND s.at < (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
                      ORDER BY s.id DESC LIMIT 1) AS l
 GROUP BY 1, 2, 3
"""


def count_beds(_session: Session, days: Days) -> TextualSelect:
    """Count beds by how they stood, by the steps of their lives."""
    return counted(STOOD, since=days.since, until=days.until)


DAY_COUNTS = (DayCount(name="beds", anchor=Anchor.STAND, count=count_beds),)
