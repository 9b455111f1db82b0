"""What outreach counts by place and day: whom the month asks to visit, who was visited, whose visit is overdue."""

from datetime import timedelta

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import Level
from app.day_counts import Anchor, DayCount, Days, counted
from outreach.reading.coverage import coverage

# The coverage is worked out by rules that differ from place to place; here it is only laid out as rows.
TOLD = """
SELECT u.area_code, u.on_day, v.code, v.value
  FROM unnest(CAST(:areas AS text[]), CAST(:days AS date[]), CAST(:due AS bigint[]), CAST(:visited AS bigint[]),
              CAST(:overdue AS bigint[])) AS u (area_code, on_day, due, visited, overdue)
 CROSS JOIN LATERAL (VALUES ('outreach_due', u.due), ('outreach_visited', u.visited),
                            ('outreach_overdue', u.overdue)) AS v (code, value)
"""


def count_coverage(session: Session, days: Days) -> TextualSelect:
    """Count the coverage of each day's month as it stands, where the people live."""
    everywhere = [area.code for area in areas.list_children(session, None) if area.level == Level.PROVINCE]
    rows = []
    for place in range((days.until - days.since).days + 1):
        day = days.since + timedelta(days=place)
        rows += [(day, row) for row in coverage(session, month=day, area_codes=everywhere)]
    return counted(
        TOLD,
        areas=[row.area_code for _day, row in rows],
        days=[day for day, _row in rows],
        due=[row.due for _day, row in rows],
        visited=[row.visited for _day, row in rows],
        overdue=[row.overdue for _day, row in rows],
    )


DAY_COUNTS = (DayCount(name="outreach", anchor=Anchor.STAND, count=count_coverage, is_slow=True),)
