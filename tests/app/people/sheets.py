"""Files of seniors for tests, and short ways to take them in."""

import csv
import io
from datetime import date

import pytest
from flask_babel import force_locale
from openpyxl import Workbook
from sqlalchemy import func, select

from app import clock as app_clock
from app.people.importing import Mode, Report, import_file
from app.people.models import Senior
from tests.app.areas.factories import make_place
from tests.app.people.factories import OTHER_STREET, STREET, make_id_number

CHINESE = {
    "name": "姓名",
    "id_number": "身份证号",
    "birth_date": "出生日期",
    "sex": "性别",
    "phone": "联系电话",
    "hukou_area": "户籍地",
    "residence_area": "居住地",
    "income_class": "收入类别",
}


@pytest.fixture(autouse=True)
def english(app):
    """Speak a language: no request has said which."""
    with force_locale("en"):
        yield


@pytest.fixture(autouse=True)
def places(session, clock):
    make_place(session, STREET, "北山街道")
    make_place(session, OTHER_STREET, "朝晖街道")


def a_row(number: int = 1, **changes) -> dict[str, str]:
    birth_on = date(1941, 3, 5)
    return {
        "name": f"老人{number}",
        "id_number": make_id_number(birth_on, serial=number),
        "birth_date": "1941-03-05",
        "sex": "male" if number % 2 else "female",
        "phone": "13800138000",
        "hukou_area": STREET,
        "residence_area": STREET,
    } | changes


def as_csv(rows: list[dict[str, str]], encoding: str = "utf-8", header: list[str] | None = None) -> bytes:
    text = io.StringIO()
    names = list(rows[0])
    writer = csv.writer(text)
    writer.writerow(header or names)
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    return text.getvalue().encode(encoding)


def as_xlsx(rows: list[list[object]], *, title: str = "老人", merge: str = "", extra_first: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    if extra_first:
        book.create_sheet("说明", 0).append(["先读我"])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def take(session, data: bytes, mode: Mode | None = Mode.ALL, actor=None, **options) -> Report:
    return import_file(
        session,
        data=data,
        name="老人.csv",
        mode=mode,
        actor=actor,
        now=app_clock.now(),
        **{"most_rows": 10_000} | options,
    )


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in report.faults]


def count(session, model=Senior) -> int:
    return session.scalar(select(func.count()).select_from(model))
