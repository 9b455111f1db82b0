"""The export for an auditor: what is sealed, as CSV files that ``subsidies/ledger/verify_export.py`` checks.

A whole export begins with the first transaction of each book. One of a period holds whole leaves: every leaf that
has a transaction booked in it, so that each book begins and ends where a seal says how it stood; leaves, blocks
and seals are always all there.
"""

import csv
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.clock import ZONE
from app.errors import Refused
from app.people import queries as people
from subsidies.ledger.verify_export import COLUMNS, FORMAT, MANIFEST, row_check
from subsidies.seals.export_sql import COUNTS, FILES, SCOPE
from subsidies.seals.models import Seal
from subsidies.seals.queries import last_block
from subsidies.seals.sealing import text_of
from subsidies.seals.texts import seal_hash, written

ROWS_AT_ONCE = 5000
STEP = 1000


class NotEmpty(Refused):
    """The directory of an export must be empty or new."""

    code = "export_directory_not_empty"
    title = _l("The directory is not empty")
    detail = _l("Name a directory that is empty or does not exist yet: an export never mixes with other files.")


class NothingSealed(Refused):
    """Without a seal there is nothing that an auditor could check."""

    code = "nothing_sealed"
    title = _l("Nothing is sealed yet")
    detail = _l("Seal the books first: flask ledger seal.")


class PeriodIsEmpty(Refused):
    """A period ends after it begins."""

    code = "period_is_empty"
    title = _l("The period is empty")
    detail = _l("Name a later day as the end: the day of --until is itself not part of the period.")


@dataclass(frozen=True, slots=True)
class Period:
    """Business days; the end is not part of it. Nothing: open to that side."""

    since: date | None
    until: date | None

    @property
    def is_whole(self) -> bool:
        """Say whether it leaves nothing out."""
        return self.since is None and self.until is None

    def moments(self) -> dict[str, datetime | None]:
        """Return where it begins and ends."""
        return {"since": _midnight(self.since), "until": _midnight(self.until)}


def export_ledger(
    session: Session,
    *,
    folder: Path,
    period: Period,
    salt: bytes,
    progress: Callable[[int], object] = lambda _rows: None,
) -> Mapping[str, int]:
    """Write the files of an export, and return how many rows each has; memory stays flat.

    The manifest comes last: without it an export is not complete.

    :param salt: keeps the references to persons from being guessed
    :param progress: told how many more rows were written
    :raises NotEmpty: if there are other files in the directory
    :raises NothingSealed: if no seal was made yet
    :raises PeriodIsEmpty: if it ends before it begins
    """
    if period.since and period.until and period.until <= period.since:
        raise PeriodIsEmpty
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty
    seal = session.scalar(select(Seal).order_by(Seal.height.desc()).limit(1))
    if seal is None:
        raise NothingSealed
    folder.mkdir(parents=True, exist_ok=True)
    asked = {"height": seal.height, **period.moments()}
    rows = {name: _write(folder, name, _rows(session, name, asked, salt), progress) for name in FILES}
    manifest = {
        "format": FORMAT,
        "from": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
        "height": seal.height,
        "seal_hash": seal_hash(text_of(seal)).hex(),
        "sealed_at": written(seal.sealed_at),
        "rows": rows,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return rows


def count_rows(session: Session, *, period: Period) -> int:
    """Return about how many rows an export will have."""
    height = last_block(session) or 0
    return int(session.execute(text(SCOPE + COUNTS), {"height": height, **period.moments()}).scalar_one())


def _rows(session: Session, name: str, asked: Mapping[str, Any], salt: bytes) -> Iterator[Sequence[Any]]:
    statement = FILES[name]
    if "scope" in statement:
        statement = SCOPE + statement
    # The double colons are casts.
    rows = session.execute(
        text(statement.replace("::", "\\:\\:")), asked, execution_options={"yield_per": ROWS_AT_ONCE}
    )
    return _with_persons(session, rows, salt) if name == "books" else iter(rows)


def _with_persons(session: Session, rows: Any, salt: bytes) -> Iterator[Sequence[Any]]:
    """Put a salted reference to the person after the number of each book."""
    while some := list(islice(rows, STEP)):
        numbers = people.id_numbers_of(session, senior_ids=[row[0] for row in some])
        for home, *rest in some:
            number = numbers.get(home)
            yield (home, reference_of(number, salt) if number else "", *rest)


def reference_of(id_number: str, salt: bytes) -> str:
    """Return what stands for a person in an export; whoever has the salt can compute it from an ID number."""
    return hmac.new(salt, id_number.encode(), hashlib.sha256).hexdigest()[:32]


def _write(folder: Path, name: str, rows: Iterator[Sequence[Any]], progress: Callable[[int], object]) -> int:
    count = 0
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join([*(column for column, _kind in COLUMNS[name]), "check"]) + "\n")
        for count, row in enumerate(rows, 1):
            text = _line([_cell(value) for value in row])
            stream.write(f"{text},{row_check(name, text)}\n")
            if count % STEP == 0:
                progress(STEP)
    progress(count % STEP)
    return count


def _line(cells: Sequence[str]) -> str:
    """Write a row as CSV."""
    target = StringIO()
    csv.writer(target, lineterminator="").writerow(cells)
    return target.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    # A row is one line. Neither sign can stand in a document (JSON) otherwise, so that the reader gets the same back.
    return written(value) if isinstance(value, datetime) else str(value).translate({10: 11, 13: 12})


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=ZONE) if day else None
