"""Tables that leave the house, opened again by readers that are not ours."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from app.sheets_out import As, Column, neutral, write_csv, write_xlsx

COLUMNS = [
    Column("Card"),
    Column("Name"),
    Column("Yuan", As.FEN),
    Column("Count", As.NUMBER),
    Column("On", As.DAY),
    Column("At", As.MOMENT, 20),
]
AT = datetime(2026, 11, 20, 3, 48, 7, tzinfo=UTC)
ROW = ("6021884033170425904", "=HYPERLINK(1)", -12650, 3, date(2026, 11, 20), AT)


def test_csv_has_its_mark_and_no_formula() -> None:
    written = b"".join(write_csv(COLUMNS, [ROW]))
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert rows[0] == ["Card", "Name", "Yuan", "Count", "On", "At"]
    assert rows[1] == [ROW[0], "'=HYPERLINK(1)", "-126.50", "3", "2026-11-20", "2026-11-20 11:48:07"]


def test_csv_comes_piece_by_piece() -> None:
    pieces = list(write_csv([Column("n", As.NUMBER)], ((n,) for n in range(1200))))
    assert len(pieces) == 3
    assert b"".join(pieces).decode("utf-8-sig").split() == ["n", *map(str, range(1200))]


def test_excel_keeps_ids_as_text_and_money_as_numbers() -> None:
    target = io.BytesIO()
    assert write_xlsx(target, COLUMNS, [ROW, (None,) * 6], name="2026/10: [lines]") == 2
    sheet = load_workbook(target).worksheets[0]
    cells = next(sheet.iter_rows(min_row=2, max_row=2))
    assert [cell.value for cell in cells] == [
        ROW[0],
        "=HYPERLINK(1)",
        -126.5,
        3,
        datetime(2026, 11, 20),
        datetime(2026, 11, 20, 11, 48, 7),
    ]
    assert [cell.data_type for cell in cells[:2]] == ["s", "s"]
    assert cells[0].number_format == "@"
    assert sheet.title == "2026 10   lines"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "  =1", "＝1"])
def test_what_a_spreadsheet_would_calculate_is_text(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "文晖二食堂", "1-0042", "6021"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text
