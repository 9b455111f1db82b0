"""What meals count by place and day: meals eaten, those with subsidy, and the seats of canteens that were open."""

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from app.day_counts import Anchor, DayCount, Days, counted

# From the kept sums with what came after: a late or undone sale changes the day it was eaten on.
EATEN = """
SELECT k.area_code, m.meal_on AS on_day, v.code, v.value
  FROM (SELECT d.canteen_id, d.meal_on, sum(d.meals) AS meals,
               coalesce(sum(d.meals) FILTER (WHERE d.is_subsidised), 0) AS subsidised
          FROM meal_day_sums(ARRAY(SELECT id FROM canteen), :since, :until) AS d
         GROUP BY 1, 2) AS m
  JOIN canteen AS k ON k.id = m.canteen_id
 CROSS JOIN LATERAL (VALUES ('meals', m.meals), ('meals_subsidised', m.subsidised)) AS v (code, value)
UNION ALL
SELECT k.area_code, CAST(d AS date), 'seats', k.seats
  FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS d
 CROSS JOIN canteen AS k
 WHERE CAST(k.created_at AT TIME ZONE 'Asia/Shanghai' AS date) <= CAST(d AS date)
   AND (k.closed_from IS NULL OR k.closed_from > CAST(d AS date))
   AND CAST(extract(isodow FROM d) AS smallint) = ANY (k.weekdays)
   AND NOT EXISTS (SELECT FROM canteen_closure AS c WHERE c.canteen_id = k.id AND c.closed_on = CAST(d AS date))
"""


def count_meals(_session: Session, days: Days) -> TextualSelect:
    """Count meals and seats where the canteens stand."""
    return counted(EATEN, since=days.since, until=days.until)


DAY_COUNTS = (DayCount(name="meals", anchor=Anchor.PLACE, count=count_meals),)
