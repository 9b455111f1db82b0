"""Tables that leave the house: CSV and Excel files in which nothing is a formula and no number of a card is rounded.

Knows nothing of what the columns mean. Rows are read one by one, so that memory stays flat.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO, Any
from uuid import UUID

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.clock import local
from app.money import FEN_PER_YUAN, yuan

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# By it Excel knows that the file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# What spreadsheets take for the beginning of a formula (OWASP, CSV injection), once blanks are gone.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDEST, MOST_ROWS, SHEET_NAME_LENGTH = 60, 1_048_575, 31
UNFIT_FOR_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LINES_A_PIECE = 500

Row = Sequence[Any]


class As(StrEnum):
    """How the cells of a column are written. Whatever is an id is text: spreadsheets keep 15 digits of a number."""

    TEXT = "text"
    NUMBER = "number"
    FEN = "fen"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, how its cells are written, how wide it is in a sheet."""

    title: Any
    kind: As = As.TEXT
    width: int = 14


def write_csv(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """Write a table as CSV in UTF-8 with its mark, piece by piece."""
    piece = io.StringIO()
    writer = csv.writer(piece)
    piece.write(BYTE_ORDER_MARK)
    writer.writerow([neutral(str(column.title)) for column in columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([_plain(column.kind, value) for column, value in zip(columns, row, strict=True)])
        if number % _LINES_A_PIECE == 0:
            yield _take(piece)
    yield _take(piece)


def write_xlsx(target: IO[bytes], columns: Sequence[Column], rows: Iterable[Row], *, name: str = "1") -> int:
    """Write a table as one sheet of an Excel file, and return how many rows it has.

    :param name: of the sheet; characters that Excel forbids are left out
    :raises ValueError: if there are more rows than a sheet holds
    """
    # Constant memory: a row is on the disk before the next is asked for.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        sheet = book.add_worksheet(name.translate(UNFIT_FOR_SHEET_NAMES).strip()[:SHEET_NAME_LENGTH] or "1")
        sheet.freeze_panes(1, 0)
        formats = {kind: book.add_format(style) for kind, style in STYLES.items()}
        bold = book.add_format({"bold": True, "text_wrap": True})
        for place, column in enumerate(columns):
            sheet.set_column(place, place, min(column.width, WIDEST), formats[column.kind])
            sheet.write_string(0, place, str(column.title), bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise ValueError(f"a sheet holds {MOST_ROWS} rows")
            _write_row(sheet, formats, count, zip(columns, row, strict=True))
    return count


# 49 is "text", so that a cell stays what it is when somebody edits it.
STYLES: dict[As, dict[str, Any]] = {
    As.TEXT: {"num_format": 49},
    As.NUMBER: {"num_format": "#,##0"},
    As.FEN: {"num_format": "#,##0.00"},
    As.DAY: {"num_format": "yyyy-mm-dd"},
    As.MOMENT: {"num_format": "yyyy-mm-dd hh:mm:ss"},
}


def neutral(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would calculate."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def _take(piece: io.StringIO) -> bytes:
    written = piece.getvalue().encode()
    piece.seek(0)
    piece.truncate()
    return written


def _plain(kind: As, value: Any) -> str:
    if value is None:
        return ""
    if kind is As.FEN:
        return yuan(value)
    if kind is As.NUMBER:
        return str(int(value))
    return neutral(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value)


def _write_row(sheet: Any, formats: Any, number: int, cells: Iterable[tuple[Column, Any]]) -> None:
    for place, (column, value) in enumerate(cells):
        if value is None:
            continue
        style = formats[column.kind]
        if column.kind is As.FEN:
            sheet.write_number(number, place, value / FEN_PER_YUAN, style)
        elif column.kind is As.NUMBER:
            sheet.write_number(number, place, value, style)
        elif column.kind is As.DAY and isinstance(value, date):
            sheet.write_datetime(number, place, value, style)
        elif column.kind is As.MOMENT and isinstance(value, datetime):
            # Sheets know no zones: the wall clock of the product's area.
            sheet.write_datetime(number, place, local(value).replace(tzinfo=None), style)
        else:
            sheet.write_string(number, place, str(value) if isinstance(value, UUID) else _text(value), style)
