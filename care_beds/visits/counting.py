"""What visits count by place and day: done, missed, still ahead, and days on which nobody could come."""

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from app.day_counts import Anchor, DayCount, Days, counted

# What was cancelled was not to be done; a day without a carer was.
DUE = """
SELECT v.area_code, v.visit_on AS on_day,
       CASE WHEN v.state IN ('finished', 'confirmed') THEN 'visits_done'
            WHEN v.state = 'missed' THEN 'visits_missed' ELSE 'visits_ahead' END AS code, count(*) AS value
  FROM care_visit AS v
 WHERE v.visit_on BETWEEN :since AND :until AND v.state <> 'cancelled'
 GROUP BY 1, 2, 3
UNION ALL
SELECT g.area_code, g.due_on, 'visits_nobody', count(*)
  FROM visit_gap AS g
 WHERE g.due_on BETWEEN :since AND :until AND g.state IN ('open', 'lapsed')
 GROUP BY 1, 2
"""


def count_visits(_session: Session, days: Days) -> TextualSelect:
    """Count visits where the beds stand."""
    return counted(DUE, since=days.since, until=days.until)


DAY_COUNTS = (DayCount(name="visits", anchor=Anchor.PLACE, count=count_visits),)
