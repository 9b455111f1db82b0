"""Reading tables that people send: CSV and Excel files, row by row, with every oddity named by its cell.

Knows nothing of what the columns mean. Memory stays flat however long the file is.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from app.errors import Invalid

XLSX_START, OLD_EXCEL_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LONGEST_CELL = 1000
MOST_COLUMNS = 60
# Excel keeps 15 digits of a number and turns the rest into zeros.
ROUNDED_FROM = 10**15
FIRST_SHEET = "xl/worksheets/sheet1.xml"
SHARED_TEXT = "xl/sharedStrings.xml"
SLICE_BYTES = 1 << 20
# What a file may grow to when unpacked. Texts that cells share are held in memory; the rest streams by.
MOST_UNPACKED_BYTES = 400_000_000
MOST_SHARED_BYTES = 60_000_000
# What zipfile, openpyxl and the XML parser raise between them when a file is not what it seems.
BROKEN = (zipfile.BadZipFile, InvalidFileException, LookupError, ValueError, SyntaxError, OSError, AttributeError)
MERGED = re.compile(rb'mergeCell [^>]*ref="([A-Z0-9:]{2,20})"')

FILE_WORDS: dict[str, Any] = {
    "sheet_empty": _l("The file is empty. Write the column names in the first row and one person in each row below."),
    "sheet_encoding": _l("The text of the file cannot be read. Save it as “CSV UTF-8” or as .xlsx."),
    "sheet_quotes": _l(
        "Row %(row)s cannot be taken apart: a quotation mark is open. Save it as .xlsx, or mend the row."
    ),
    "sheet_old_excel": _l("This is a file of an old Excel (.xls). Save it as .xlsx."),
    "sheet_broken": _l(
        "The Excel file is damaged or protected by a password. Open it in Excel and save it anew as .xlsx."
    ),
    "sheet_too_large": _l("Unpacked, the Excel file is too large. Delete pictures and other sheets, or split it."),
    "sheet_merged": _l("Sheet “%(sheet)s” has merged cells: %(cells)s. Unmerge them, so that each row stands alone."),
    "sheet_wrong": _l(
        "The first sheet, “%(sheet)s”, does not hold the columns of the template. Move the right one to the front."
    ),
    "sheet_columns_missing": _l("These columns are missing: %(columns)s. Their names belong in the first row."),
    "sheet_column_unknown": _l(
        "Cell %(cell)s: the column “%(name)s” is not known. Delete the column, or use the template's name."
    ),
    "sheet_column_twice": _l("Cell %(cell)s: the column “%(name)s” is there twice. Keep one."),
    "sheet_too_many_columns": _l("The table has more than %(most)s columns. Use the template's."),
    "sheet_too_many_rows": _l("The file has more than %(most)s rows. Split it."),
}
CELL_WORDS: dict[str, Any] = {
    "cell_formula": _l("This is a formula. Copy the column and paste it as values."),
    "cell_error": _l("Excel could not work this cell out. Write the value itself."),
    "cell_rounded": _l("Excel has kept only 15 digits of this number. Format the column as text, and write it again."),
    "cell_too_long": _l("At most %(longest)s characters fit into a cell."),
    "cell_beyond_header": _l("There is something in cell %(cell)s, right of the last column name. Delete it."),
}


class SheetFault(Invalid):
    """The file as a whole cannot be read; ``params`` hold what the sentence names."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.params = params
        super().__init__(worded(FILE_WORDS[code], params), code=code)


def worded(words: Any, params: Mapping[str, str | int]) -> LazyString:
    """Fill a lazy sentence, in the language of whoever reads it in the end."""
    return LazyString(lambda: str(words) % params)


@dataclass(frozen=True)
class BadCell:
    """A cell whose text cannot be told; the code says why."""

    code: str
    params: Mapping[str, str | int]


Cell = str | BadCell


@dataclass(frozen=True)
class Row:
    """One row under the header: its number as Excel shows it, and its cells by column."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Layout:
    """The columns a table may have, each with other names it goes by, and those it must have."""

    columns: Mapping[str, Collection[str]]
    required: Collection[str]

    def column_of(self, header: str) -> str | None:
        """Return the column a header cell names; case, blanks and an asterisk do not matter."""
        wanted = _plain(header)
        return next((name for name, others in self.columns.items() if wanted in map(_plain, (name, *others))), None)


def read_rows(data: bytes, layout: Layout, *, most_rows: int) -> Iterator[Row]:
    """Read the rows of a CSV or Excel file under its header; wholly empty rows are left out.

    :raises SheetFault: if the file cannot be read as such a table
    """
    sheet, lines = _open(data)
    header: list[str] | None = None
    count = 0
    for number, cells in lines:
        if not any(cells):
            continue
        if header is None:
            header = _read_header(sheet, number, cells, layout)
            continue
        count += 1
        if count > most_rows:
            raise SheetFault("sheet_too_many_rows", most=most_rows)
        yield _row(number, cells, header)
    if header is None:
        raise SheetFault("sheet_empty")


def estimate_rows(data: bytes) -> int:
    """Return about how many rows a file has, for a progress bar."""
    if not data.startswith(XLSX_START):
        return data.count(b"\n")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _scan(archive, FIRST_SHEET)[0]
    except (zipfile.BadZipFile, KeyError, OSError):
        return 0


def _open(data: bytes) -> tuple[str, Iterator[tuple[int, Sequence[Cell]]]]:
    """Return the sheet's name, empty for CSV, and its numbered lines."""
    if data.startswith(OLD_EXCEL_START):
        raise SheetFault("sheet_old_excel")
    if not data.startswith(XLSX_START):
        return "", _csv_lines(data)
    return _open_workbook(data)


def _csv_lines(data: bytes) -> Iterator[tuple[int, Sequence[Cell]]]:
    encoding = _encoding_of(data)
    head = data[:65_536].decode(encoding, errors="ignore").split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    number = 0
    try:
        for number, line in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            yield number, [_text_cell(cell) for cell in line]
    except csv.Error as error:
        raise SheetFault("sheet_quotes", row=number + 1) from error


def _encoding_of(data: bytes) -> str:
    """Tell UTF-8 (what most programs write) from GB18030 (what Chinese Excel writes)."""
    has_mark = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    candidates = ["utf-16"] if has_mark else ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
                while part := text.read(SLICE_BYTES):
                    if "\x00" in part:
                        raise SheetFault("sheet_encoding")
        except UnicodeError:
            continue
        return encoding
    raise SheetFault("sheet_encoding")


def _open_workbook(data: bytes) -> tuple[str, Iterator[tuple[int, Sequence[Cell]]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {item.filename: item.file_size for item in archive.infolist()}
            if sum(sizes.values()) > MOST_UNPACKED_BYTES or sizes.get(SHARED_TEXT, 0) > MOST_SHARED_BYTES:
                raise SheetFault("sheet_too_large")
            workbook = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheet: Any = workbook.worksheets[0]
            merged = _scan(archive, sheet._worksheet_path)[1]
    except BROKEN as error:
        raise SheetFault("sheet_broken") from error
    if merged:
        raise SheetFault("sheet_merged", sheet=sheet.title, cells=", ".join(merged[:3]))
    return str(sheet.title), _sheet_lines(sheet)


def _sheet_lines(sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    # The size that a file states of itself may be wrong, and is not needed.
    sheet.reset_dimensions()
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_excel_cell(value) for value in values[: MOST_COLUMNS + 1]]
    except BROKEN as error:
        raise SheetFault("sheet_broken") from error


def _scan(archive: zipfile.ZipFile, name: str) -> tuple[int, list[str]]:
    """Count a sheet's rows and find its merged cells, without building it in memory."""
    rows, merged, rest = 0, list[str](), b""
    with archive.open(name) as stream:
        while part := stream.read(SLICE_BYTES):
            whole, _, last = (rest + part).rpartition(b"<")
            rest = b"<" + last
            rows += whole.count(b"<row ")
            merged += [found.decode() for found in MERGED.findall(whole)]
    return rows, merged + [found.decode() for found in MERGED.findall(rest)]


def _excel_cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        return BadCell("cell_error", {}) if value in ERROR_CODES else _text_cell(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_cell(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    # A day, a time or a yes; anything else is an object that openpyxl makes of a formula.
    return str(value) if isinstance(value, date | time | bool) else BadCell("cell_formula", {})


def _number_cell(value: float) -> Cell:
    if abs(value) >= ROUNDED_FROM:
        return BadCell("cell_rounded", {})
    return str(int(value)) if float(value).is_integer() else repr(value)


def _text_cell(text: str) -> Cell:
    if text.startswith("="):
        return BadCell("cell_formula", {})
    if len(text) > LONGEST_CELL:
        return BadCell("cell_too_long", {"longest": LONGEST_CELL})
    return text.strip()


def _read_header(sheet: str, number: int, cells: Sequence[Cell], layout: Layout) -> list[str]:
    header: list[str] = []
    filled = max(index for index, cell in enumerate(cells) if cell) + 1
    if filled > MOST_COLUMNS:
        raise SheetFault("sheet_too_many_columns", most=MOST_COLUMNS)
    named = [str(cell) if isinstance(cell, str) else "" for cell in cells[:filled]]
    columns = [layout.column_of(name) if name else None for name in named]
    if not set(columns) & set(layout.required):
        raise _no_table(sheet, layout)
    for index, (name, column) in enumerate(zip(named, columns, strict=True), start=1):
        cell = f"{get_column_letter(index)}{number}"
        if column is None:
            raise SheetFault("sheet_column_unknown", cell=cell, name=name[:40])
        if column in header:
            raise SheetFault("sheet_column_twice", cell=cell, name=name[:40])
        header.append(column)
    missing = [column for column in layout.required if column not in header]
    if missing:
        raise SheetFault("sheet_columns_missing", columns=", ".join(missing))
    return header


def _no_table(sheet: str, layout: Layout) -> SheetFault:
    """Tell that this is some other file, or another sheet of the right one."""
    if sheet:
        return SheetFault("sheet_wrong", sheet=sheet)
    return SheetFault("sheet_columns_missing", columns=", ".join(layout.required))


def _row(number: int, cells: Sequence[Cell], header: Sequence[str]) -> Row:
    found: dict[str, Cell] = dict(zip(header, cells, strict=False))
    for index in range(len(header), len(cells)):
        if cells[index]:
            place = f"{get_column_letter(index + 1)}{number}"
            found[""] = BadCell("cell_beyond_header", {"cell": place})
            break
    return Row(number, found)


def _plain(header: str) -> str:
    return "".join(header.split()).strip("*＊").casefold()
