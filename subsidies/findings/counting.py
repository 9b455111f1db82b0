"""What findings count by place and day: those found, and those nobody had decided when the day ended."""

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from app.day_counts import Anchor, DayCount, Days, counted
from subsidies.findings.rules import UNDECIDED

FOUND = """
SELECT f.area_code, CAST(f.found_at AT TIME ZONE 'Asia/Shanghai' AS date) AS on_day, 'findings_found' AS code,
       count(*) AS value
  FROM finding AS f
 WHERE f.found_at >= CAST(:since AS timestamp) AT TIME ZONE 'Asia/Shanghai'
   AND f.found_at < CAST(:until AS timestamp) AT TIME ZONE 'Asia/Shanghai' + INTERVAL '1 day'
 GROUP BY 1, 2
"""
# What is undecided now or was changed since: only those may have been open then. The last step before says whether.
OPEN = """
SELECT f.area_code, CAST(d AS date) AS on_day, 'findings_open' AS code, count(*) AS value
  FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS d
  JOIN finding AS f ON f.found_at < (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
   AND (f.state = ANY (:undecided) OR f.changed_at >= (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai')
  LEFT JOIN LATERAL (SELECT s.step FROM finding_step AS s
                      WHERE s.finding_id = f.id AND s.step IN ('confirm', 'dismiss', 'recover', 'reopen')
                        AND s.at < (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
                      ORDER BY s.id DESC LIMIT 1) AS l ON true
 WHERE coalesce(l.step, 'reopen') = 'reopen'
 GROUP BY 1, 2
"""


def count_found(_session: Session, days: Days) -> TextualSelect:
    """Count what was found, by the day it was found."""
    return counted(FOUND, since=days.since, until=days.until)


def count_open(_session: Session, days: Days) -> TextualSelect:
    """Count what nobody had decided."""
    undecided = [str(state) for state in UNDECIDED]
    return counted(OPEN, since=days.since, until=days.until, undecided=undecided)


DAY_COUNTS = (
    DayCount(name="findings_found", anchor=Anchor.PLACE, count=count_found),
    DayCount(name="findings_open", anchor=Anchor.STAND, count=count_open),
)
