"""What the books count by place and day: points spent where they were spent, granted and ended where people live."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import TextualSelect, case, func, or_, select, text, true
from sqlalchemy.orm import Session

from app.areas import queries as areas
from app.areas.rules import path_of
from app.clock import ZONE
from app.day_counts import Anchor, CountedRow, DayCount, Days, RowsAsked, counted
from app.money import yuan
from app.paging import Page, cut_page, read_cursor, write_cursor
from app.people.access import show_name
from subsidies.desk.reading import senior
from subsidies.models import WALLET, Posting, Txn

# What was given back is taken off on the day it was given back.
SPENT = """
SELECT a.area_code, m.booked_on AS on_day, 'points_spent' AS code,
       CAST(sum(CASE WHEN m.debit = :wallet THEN m.amount_fen ELSE -m.amount_fen END) AS bigint) AS value
  FROM ledger_sums(:since, :until) AS m
  JOIN ledger.account AS a ON a.id = CASE WHEN m.debit = :wallet THEN m.credit ELSE m.debit END
 WHERE a.kind = 'merchant' AND :wallet IN (m.debit, m.credit)
 GROUP BY 1, 2
"""
GIVEN = """
SELECT s.residence_area_code AS area_code, CAST(t.booked_at AT TIME ZONE 'Asia/Shanghai' AS date) AS on_day,
       CASE t.kind WHEN 'grant' THEN 'points_granted' ELSE 'points_expired' END AS code,
       sum(CASE WHEN (t.kind = 'grant') = (p.credit = :wallet) THEN p.amount_fen ELSE -p.amount_fen END) AS value
  FROM ledger.txn AS t
  JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id
  JOIN senior AS s ON s.id = t.home
 WHERE t.booked_at >= CAST(:since AS timestamp) AT TIME ZONE 'Asia/Shanghai'
   AND t.booked_at < CAST(:until AS timestamp) AT TIME ZONE 'Asia/Shanghai' + INTERVAL '1 day'
   AND t.kind IN ('grant', 'expiry') AND :wallet IN (p.debit, p.credit)
 GROUP BY 1, 2, 3
"""
GIVEN_IN_ALL = """
SELECT '' AS area_code, m.booked_on AS on_day,
       CASE m.kind WHEN 'grant' THEN 'points_granted' ELSE 'points_expired' END AS code,
       sum(CASE WHEN (m.kind = 'grant') = (m.credit = :wallet) THEN m.amount_fen ELSE -m.amount_fen END) AS value
  FROM ledger_sums(:since, :until) AS m
 WHERE m.kind IN ('grant', 'expiry') AND :wallet IN (m.debit, m.credit)
 GROUP BY 1, 2, 3
"""
# Each person once, however many programmes gave them points since the month began; only those who count as people of
# sixty and older on the day, as the register counts them.
GRANTED = """
SELECT s.residence_area_code AS area_code, g.on_day, 'people_granted' AS code, count(*) AS value
  FROM (SELECT DISTINCT CAST(d AS date) AS on_day, t.home
          FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS d
          JOIN ledger.txn AS t ON t.kind = 'grant'
           AND t.booked_at >= date_trunc('month', d) AT TIME ZONE 'Asia/Shanghai'
           AND t.booked_at < (d + INTERVAL '1 day') AT TIME ZONE 'Asia/Shanghai'
         WHERE t.booked_at >= date_trunc('month', CAST(:since AS timestamp)) AT TIME ZONE 'Asia/Shanghai') AS g
  JOIN senior AS s ON s.id = g.home AND s.birth_on <= g.on_day - INTERVAL '60 years'
 WHERE NOT EXISTS (
       SELECT FROM senior_status AS t
        WHERE t.senior_id = s.id AND t.status IN ('deceased', 'moved_away')
          AND t.from_on <= g.on_day AND (t.until_on IS NULL OR t.until_on > g.on_day))
 GROUP BY 1, 2
"""
# The same people of a place, one by one, with what they were granted.
GRANTED_TO = """
SELECT s.id, s.name, s.residence_area_code, g.fen, g.last_at
  FROM senior AS s
 CROSS JOIN LATERAL (
       SELECT sum(p.amount_fen) AS fen, max(t.booked_at) AS last_at
         FROM ledger.txn AS t
         JOIN ledger.posting AS p ON p.home = t.home AND p.txn_id = t.id AND p.credit = :wallet
        WHERE t.home = s.id AND t.kind = 'grant' AND t.booked_at >= :from_at AND t.booked_at < :until_at) AS g
 WHERE s.residence_area_code LIKE :within AND s.id > :after AND g.fen IS NOT NULL
   AND s.birth_on <= CAST(:day AS date) - INTERVAL '60 years'
   AND NOT EXISTS (
       SELECT FROM senior_status AS t
        WHERE t.senior_id = s.id AND t.status IN ('deceased', 'moved_away')
          AND t.from_on <= :day AND (t.until_on IS NULL OR t.until_on > :day))
 ORDER BY s.id LIMIT :rows
"""


def count_spent(_session: Session, days: Days) -> TextualSelect:
    """Count points where they were spent."""
    return counted(SPENT, since=days.since, until=days.until, wallet=WALLET)


def count_given(_session: Session, days: Days) -> TextualSelect:
    """Count points granted and ended where their holders live."""
    return counted(GIVEN, since=days.since, until=days.until, wallet=WALLET)


def count_given_in_all(_session: Session, days: Days) -> TextualSelect:
    """Count the same in the kept sums, which know no place of a person."""
    return counted(GIVEN_IN_ALL, since=days.since, until=days.until, wallet=WALLET)


def count_granted_people(_session: Session, days: Days) -> TextualSelect:
    """Count the people who were granted points since the month began."""
    return counted(GRANTED, since=days.since, until=days.until)


def list_given(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    """List movements of points of the people who live in a place: granted, or ended. Person by person, as they live."""
    kind = "expiry" if asked.code == "points_expired" else "grant"
    sign = (Posting.credit if kind == "grant" else Posting.debit) == WALLET
    fen = func.sum(case((sign, Posting.amount_fen), else_=-Posting.amount_fen)).label("fen")
    # Person by person, so that only the books of a street are opened and not those of everybody in these days.
    moved = (
        select(Txn.seq, Txn.id, Txn.booked_at, fen)
        .join(Posting, (Posting.home == Txn.home) & (Posting.txn_id == Txn.id))
        .where(
            Txn.home == senior.c.id,
            Txn.kind == kind,
            Txn.booked_at >= _midnight(asked.since),
            Txn.booked_at < _midnight(asked.until + timedelta(days=1)),
            or_(Posting.debit == WALLET, Posting.credit == WALLET),
        )
        .group_by(Txn.seq, Txn.id, Txn.booked_at)
        .correlate(senior)
        .lateral("moved")
    )
    query = (
        select(senior.c.id.label("home"), senior.c.name, senior.c.residence_area_code, moved)
        .join(moved, true())
        .where(areas.within(senior.c.residence_area_code, [asked.area_code]))
    )
    if asked.after is not None:
        home, seq = read_cursor(asked.after, int, int)
        query = query.where(or_(senior.c.id > home, (senior.c.id == home) & (moved.c.seq > seq)))
        query = query.where(senior.c.id >= home)
    rows = session.execute(query.order_by(senior.c.id, moved.c.seq).limit(asked.limit + 1)).all()
    page = cut_page(rows, asked.limit, lambda row: write_cursor(row.home, row.seq))
    items = [
        _row(
            asked,
            row,
            at=row.booked_at,
            endpoint="ledger.show_transaction",
            args={"senior_id": row.home, "txn_id": row.id},
        )
        for row in page.items
    ]
    return Page(items=items, next=page.next)


def list_granted_people(session: Session, asked: RowsAsked) -> Page[CountedRow]:
    """List the people of a place who were granted points since the month began, each once."""
    given = {
        "within": f"{path_of(asked.area_code)}%",
        "wallet": WALLET,
        "day": asked.until,
        "from_at": _midnight(asked.until.replace(day=1)),
        "until_at": _midnight(asked.until + timedelta(days=1)),
        "after": read_cursor(asked.after, int)[0] if asked.after is not None else 0,
        "rows": asked.limit + 1,
    }
    rows = session.execute(text(GRANTED_TO), given).all()
    page = cut_page(rows, asked.limit, lambda row: write_cursor(row.id))
    items = [
        _row(asked, row, at=row.last_at, endpoint="seniors.show", args={"senior_id": row.id}) for row in page.items
    ]
    return Page(items=items, next=page.next)


def _row(asked: RowsAsked, row: Any, *, at: datetime, endpoint: str, args: dict[str, Any]) -> CountedRow:
    return CountedRow(
        at=at,
        title=show_name(asked.actor, row.name, row.residence_area_code),
        words=_("%(yuan)s yuan", yuan=yuan(int(row.fen))),
        endpoint=endpoint,
        args=args,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)


DAY_COUNTS = (
    DayCount(name="points_spent", anchor=Anchor.PLACE, count=count_spent),
    DayCount(name="points_given", anchor=Anchor.PERSON, count=count_given, totals=count_given_in_all, rows=list_given),
    DayCount(
        name="people_granted",
        anchor=Anchor.STAND,
        count=count_granted_people,
        is_slow=True,
        rows=list_granted_people,
    ),
)
