"""Lines of a statement as a file: every id is text."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import record
from app.auth import Actor
from app.money import yuan
from app.sheets_out import CSV_TYPE, XLSX_TYPE, As, Column, write_csv, write_xlsx
from subsidies.settlement.models import Line
from subsidies.settlement.reach import Reach
from subsidies.settlement.reading import funder_names, get_statement
from subsidies.settlement.wording import LINE_KIND_NAMES

AT_ONCE = 1000
LINE_COLUMNS: Sequence[Column] = (
    Column(_l("Line"), As.NUMBER, 8),
    Column(_l("When"), As.MOMENT, 20),
    Column(_l("What"), As.TEXT, 12),
    Column(_l("Correction of"), As.DAY, 14),
    Column(_l("Points (yuan)"), As.FEN),
    Column(_l("Public money (yuan)"), As.FEN),
    Column(_l("Together (yuan)"), As.FEN),
    Column(_l("Who owes it"), As.TEXT, 50),
    Column(_l("Book"), As.TEXT, 12),
    Column(_l("Entry"), As.TEXT, 10),
    Column(_l("Transaction"), As.TEXT, 38),
    Column(_l("Gives back"), As.TEXT, 38),
    Column(_l("Seal"), As.TEXT, 8),
)


@dataclass(frozen=True, slots=True)
class LineFile:
    """A file with all lines of a statement."""

    name: str
    mimetype: str
    content: bytes


def export_lines(
    session: Session, *, statement_id: int, reach: Reach, as_csv: bool, by: Actor, now: datetime
) -> LineFile:
    """Write all lines of a statement into a file, and write down that they left the house.

    :raises StatementNotFound: if there is none with this id within the reach
    """
    line = get_statement(session, statement_id=statement_id, reach=reach).line
    record(
        session,
        actor=by,
        action="settlement.exported",
        subject=f"statement:{statement_id}",
        area_code=line.area_code,
        now=now,
        new={"lines": line.lines, "amount_fen": line.total_fen},
    )
    rows, name = line_rows(session, statement_id=statement_id), f"{line.number}-{line.period.code}"
    if as_csv:
        return LineFile(f"{name}.csv", CSV_TYPE, b"".join(write_csv(LINE_COLUMNS, rows)))
    target = io.BytesIO()
    write_xlsx(target, LINE_COLUMNS, rows, name=_("Lines"))
    return LineFile(f"{name}.xlsx", XLSX_TYPE, target.getvalue())


def line_rows(session: Session, *, statement_id: int) -> Iterator[Sequence[Any]]:
    """Yield a row for each line of a statement that was loaded before, in order."""
    names: dict[int, str] = {}
    query = select(Line).where(Line.statement_id == statement_id).order_by(Line.n)
    for line in session.scalars(query.execution_options(yield_per=AT_ONCE)):
        unknown = [funder for funder in line.funders if funder not in names]
        if unknown:
            names.update(funder_names(session, unknown))
        yield _row(line, names)


def _row(line: Line, names: dict[int, str]) -> Sequence[Any]:
    return (
        line.n,
        line.occurred_at,
        LINE_KIND_NAMES[line.kind],
        line.about_on if line.is_correction else None,
        line.points_fen,
        line.public_fen,
        line.points_fen + line.public_fen,
        _owed(line, names),
        str(line.home),
        str(line.seq),
        line.txn_id,
        line.reverses,
        str(line.height),
    )


def _owed(line: Line, names: dict[int, str]) -> str:
    parts = [
        f"{names.get(funder, funder)} {yuan(points + public)}"
        for funder, points, public in zip(line.funders, line.funder_points_fen, line.funder_public_fen, strict=True)
    ]
    return "; ".join(parts)
