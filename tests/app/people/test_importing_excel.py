"""Excel files of seniors: dates and numbers in cells, merged cells, other sheets, unknown columns."""

from datetime import date

import pytest
from sqlalchemy import select

from app import vault
from app.people.models import Senior
from app.spreadsheets import SheetFault
from tests.app.people.factories import (
    STREET,
)
from tests.app.people.sheets import CHINESE, a_row, as_csv, as_xlsx, count, english, places, take, told  # noqa: F401 - fixtures too


def header_and(*rows: list[object]) -> list[list[object]]:
    return [["name", "id_number", "birth_date", "sex", "hukou_area", "residence_area", "phone"], *rows]


def excel_row(number: int = 1, **changes) -> list[object]:
    row = a_row(number, **changes)
    row["birth_date"] = changes.get("birth_date", date(1941, 3, 5))
    row["phone"] = changes.get("phone", 13800138000)
    row["hukou_area"] = changes.get("hukou_area", int(STREET))
    names = ["name", "id_number", "birth_date", "sex", "hukou_area", "residence_area", "phone"]
    return [row[name] for name in names]


def test_excel_with_dates_and_numbers_in_cells_is_read(session):
    report = take(session, as_xlsx(header_and(excel_row(1), excel_row(2))))
    assert (report.new, report.refused) == (2, 0), report.faults
    assert {vault.unseal(sealed) for sealed in session.scalars(select(Senior.phone_sealed))} == {"13800138000"}


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"id_number": 330106194103050013}, "id_number", "cell_rounded"),
        ({"name": "=A1&B1"}, "name", "cell_formula"),
        ({"phone": "#N/A"}, "phone", "cell_error"),
        ({"phone": 138.5}, "phone", "phone_characters"),
        ({"sex": True}, "sex", "not_a_choice"),
    ],
)
def test_odd_excel_cells_are_named(session, changes, column, code):
    report = take(session, as_xlsx(header_and(excel_row(1, **changes))), mode=None)
    assert told(report) == [(2, column, code)]


def test_something_right_of_the_header_is_told(session):
    report = take(session, as_xlsx(header_and([*excel_row(1), "?"])), mode=None)
    assert told(report) == [(2, "", "cell_beyond_header")]
    assert report.faults[0].params == {"cell": "H2"}


def test_row_numbers_are_those_of_excel(session):
    report = take(session, as_xlsx([[], *header_and([], excel_row(1, sex="?"))]), mode=None)
    assert told(report) == [(4, "sex", "not_a_choice")]


def test_merged_cells_are_refused_with_their_place(session):
    with pytest.raises(SheetFault) as refusal:
        take(session, as_xlsx(header_and(excel_row(1), excel_row(2)), merge="A2:A3"))
    assert refusal.value.params == {"sheet": "老人", "cells": "A2:A3"}


def test_the_wrong_sheet_in_front_is_refused_by_name(session):
    with pytest.raises(SheetFault) as refusal:
        take(session, as_xlsx(header_and(excel_row(1)), extra_first=True))
    assert (refusal.value.code, refusal.value.params) == ("sheet_wrong", {"sheet": "说明"})


def test_an_unknown_column_is_refused_with_its_cell(session):
    rows = header_and(excel_row(1))
    rows[0][6] = "鞋码"
    with pytest.raises(SheetFault) as refusal:
        take(session, as_xlsx(rows))
    assert refusal.value.params == {"cell": "G1", "name": "鞋码"}
