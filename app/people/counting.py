"""What the register counts by place and day: people from sixty and from eighty on, and who of them has a card."""

from sqlalchemy import TextualSelect
from sqlalchemy.orm import Session

from app.day_counts import Anchor, DayCount, Days, counted

# Of a day that is over, the place is today's: the register does not keep where somebody lived before.
REGISTERED = """
SELECT f.area_code, f.on_day, v.code, v.value
  FROM (SELECT s.residence_area_code AS area_code, CAST(d AS date) AS on_day, count(*) AS people,
               count(*) FILTER (WHERE s.birth_on <= d - INTERVAL '80 years') AS old,
               count(*) FILTER (WHERE c.has_card) AS cards,
               count(*) FILTER (WHERE c.has_card AND s.birth_on <= d - INTERVAL '80 years') AS old_cards
          FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS d
          JOIN senior AS s ON s.birth_on <= d - INTERVAL '60 years'
           AND s.registered_at < (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
         CROSS JOIN LATERAL (SELECT EXISTS (
               SELECT FROM card AS k
                WHERE k.senior_id = s.id AND k.issued_at < (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
                  AND (k.state = 'issued' OR k.changed_at >= (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai')
               ) AS has_card) AS c
         WHERE NOT EXISTS (
               SELECT FROM senior_status AS t
                WHERE t.senior_id = s.id AND t.status IN ('deceased', 'moved_away')
                  AND t.from_on <= CAST(d AS date) AND (t.until_on IS NULL OR t.until_on > CAST(d AS date)))
         GROUP BY 1, 2) AS f
 CROSS JOIN LATERAL (VALUES ('people_60', f.people), ('people_80', f.old), ('cards_60', f.cards),
                            ('cards_80', f.old_cards)) AS v (code, value)
"""


def count_registered(_session: Session, days: Days) -> TextualSelect:
    """Count people who are registered and live here, where they live."""
    return counted(REGISTERED, since=days.since, until=days.until)


DAY_COUNTS = (DayCount(name="people", anchor=Anchor.STAND, count=count_registered, is_slow=True),)
