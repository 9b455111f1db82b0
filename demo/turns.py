"""Turns of life in the demonstration: a death told late, and a daily list that waits on the clerk's desk."""

import csv
import io
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.clock import business_day
from app.people.queries import id_numbers_of, names_of
from demo.staff import POSTS, find_post
from portal.turns.lists import take_in
from portal.turns.reading import whole_number

# Two of the clerk's street who are at home and have a card; those whom others watch over are left for other pages.
AT_HOME = text(
    """
    SELECT s.id FROM senior AS s
      JOIN senior_status AS t ON t.senior_id = s.id AND t.status = 'active' AND t.until_on IS NULL
      JOIN card AS c ON c.senior_id = s.id AND c.state = 'issued'
     WHERE s.residence_area_code LIKE :street AND t.from_on < :since
       AND NOT EXISTS (SELECT FROM relative_link AS l WHERE l.senior_id = s.id)
     ORDER BY EXISTS (SELECT FROM care_bed AS b WHERE b.senior_id = s.id), s.id DESC LIMIT 2
    """
)
STRANGER = ("沈无忧", "33012519380412333")
COLUMNS = ("姓名", "身份证号", "事件", "日期", "来源")


def leave_list(session: Session, *, now: datetime) -> None:
    """Leave a list on the clerk's desk: one of ours, one who is almost one of ours, and a stranger."""
    today = business_day(now)
    asked = {"since": today - timedelta(days=3), "street": f"{POSTS['clerk'].area_code}%"}
    found = session.scalars(AT_HOME, asked).all()
    if len(found) < 2:
        return
    exact, near = found
    names, numbers = names_of(session, senior_ids=found), id_numbers_of(session, senior_ids=found)
    rows = (
        (names[exact], numbers[exact], "死亡", (today - timedelta(days=2)).isoformat(), "公安"),
        (names[near], _slip(numbers[near]), "火化", (today - timedelta(days=1)).isoformat(), "殡葬"),
        (STRANGER[0], whole_number(STRANGER[1]), "死亡", (today - timedelta(days=2)).isoformat(), "卫健"),
    )
    text_of_file = io.StringIO()
    csv.writer(text_of_file).writerows([COLUMNS, *rows])
    data = text_of_file.getvalue().encode("utf-8-sig")
    take_in(session, name=f"死亡名单 {today.isoformat()}.csv", data=data, actor=find_post(session, "clerk"), now=now)


def _slip(number: str) -> str:
    """Return a number as somebody mistyped it: one digit of the running number is another."""
    return whole_number(f"{number[:15]}{(int(number[15]) + 1) % 10}{number[16]}")
