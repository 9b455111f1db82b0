"""What the register counts by place and day: people from sixty and from eighty on, and who of them has a card."""

from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import TextualSelect, exists, or_, select
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.clock import ZONE
from app.day_counts import Anchor, CountedRow, DayCount, Days, RowsAsked, counted
from app.paging import Page, cut_page, read_cursor, write_cursor
from app.people.access import show_name
from app.people.models import Card, Senior, SeniorStatus
from app.people.rules import Status, age_on

# Of a day that is over, the place is today's: the register does not keep where somebody lived before.
REGISTERED = """
SELECT f.area_code, f.on_day, v.code, v.value
  FROM (SELECT s.residence_area_code AS area_code, CAST(d AS date) AS on_day, count(*) AS people,
               count(*) FILTER (WHERE s.birth_on <= d - INTERVAL '80 years') AS old,
               count(c.senior_id) AS cards,
               count(c.senior_id) FILTER (WHERE s.birth_on <= d - INTERVAL '80 years') AS old_cards
          FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS d
          JOIN senior AS s ON s.birth_on <= d - INTERVAL '60 years'
           AND s.registered_at < (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
          LEFT JOIN (
               SELECT DISTINCT k.senior_id, e AS on_day
                 FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS e
                 JOIN card AS k ON k.issued_at < (e + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
                  AND (k.state = 'issued' OR k.changed_at >= (e + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai')
               ) AS c ON c.senior_id = s.id AND c.on_day = d
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


def list_registered(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    """List the people of a place behind a number, as the number counts them; their place is where they live now."""
    day = asked.until
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZONE)
    gone = exists().where(
        SeniorStatus.senior_id == Senior.id,
        SeniorStatus.status.in_([Status.DECEASED, Status.MOVED_AWAY]),
        SeniorStatus.from_on <= day,
        or_(SeniorStatus.until_on.is_(None), SeniorStatus.until_on > day),
    )
    query = select(Senior.id, Senior.name, Senior.birth_on, Senior.registered_at, Senior.residence_area_code).where(
        areas.within(Senior.residence_area_code, [asked.area_code]),
        Senior.registered_at < end,
        Senior.birth_on <= years_before(day, 80 if asked.code.endswith("_80") else 60),
        ~gone,
    )
    if asked.code.startswith("cards"):
        was_issued = or_(Card.state == "issued", Card.changed_at >= end)
        query = query.where(exists().where(Card.senior_id == Senior.id, Card.issued_at < end, was_issued))
    if asked.after is not None:
        query = query.where(Senior.id > read_cursor(asked.after, int)[0])
    rows = session.execute(query.order_by(Senior.id).limit(asked.limit + 1)).all()
    page = cut_page(rows, asked.limit, lambda row: write_cursor(row.id))
    items = [
        CountedRow(
            at=row.registered_at,
            title=show_name(asked.actor, row.name, row.residence_area_code),
            words=_("%(age)s years", age=age_on(row.birth_on, day)),
            endpoint="seniors.show",
            args={"senior_id": row.id},
        )
        for row in page.items
    ]
    return Page(items=items, next=page.next)


def years_before(day: date, years: int) -> date:
    """Return the day so many years ago; who was born on a leap day is as old on the last day of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


DAY_COUNTS = (DayCount(name="people", anchor=Anchor.STAND, count=count_registered, is_slow=True, rows=list_registered),)
