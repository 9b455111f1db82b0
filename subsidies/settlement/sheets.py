"""Lines of a statement as a list to export: every id is text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor, Role
from app.exports.registry import ExportList, Filters
from app.money import yuan
from app.sheets_out import As, Column, Row
from subsidies.settlement.bank_files import statement_number
from subsidies.settlement.errors import StatementNotFound
from subsidies.settlement.models import Line
from subsidies.settlement.reach import Reach
from subsidies.settlement.reading import funder_names, get_statement, what_of_line
from subsidies.settlement.views import StatementLine
from subsidies.settlement.wording import line_name

AT_ONCE = 1000
LINE_COLUMNS: Sequence[Column] = (
    Column(_l("Line"), As.NUMBER, 8),
    Column(_l("When"), As.MOMENT, 20),
    Column(_l("Kind"), As.TEXT, 12),
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


def lines_export(what: str, *, roles: Iterable[Role], reach: Callable[[Session, Actor], Reach]) -> ExportList:
    """Return the lines of one statement as a list to export; the filter ``statement`` names it.

    :param reach: which statements whoever asks may see
    """

    def find(session: Session, actor: Actor, filters: Filters) -> StatementLine:
        return get_statement(session, statement_id=_number(filters), reach=reach(session, actor)).line

    def rows(session: Session, actor: Actor, filters: Filters, _named: bool) -> Iterator[Row]:
        return line_rows(session, statement_id=find(session, actor, filters).id)

    return ExportList(
        what=what,
        title=_l("Lines of a statement"),
        roles=frozenset(roles),
        has_names=False,
        columns=lambda: LINE_COLUMNS,
        tell=lambda filters: statement_number(_number(filters)),
        count=lambda session, actor, filters: find(session, actor, filters).lines,
        rows=rows,
    )


def _number(filters: Filters) -> int:
    text = filters.get("statement", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise StatementNotFound
    return int(text)


def line_rows(session: Session, *, statement_id: int) -> Iterator[Sequence[Any]]:
    """Yield a row for each line of a statement that was loaded before, in order."""
    names: dict[int, str] = {}
    query = select(Line, what_of_line()).where(Line.statement_id == statement_id).order_by(Line.n)
    for line, what in session.execute(query.execution_options(yield_per=AT_ONCE)):
        unknown = [funder for funder in line.funders if funder not in names]
        if unknown:
            names.update(funder_names(session, unknown))
        yield _row(line, what, names)


def _row(line: Line, what: str, names: dict[int, str]) -> Sequence[Any]:
    return (
        line.n,
        line.occurred_at,
        line_name(line.kind, what),
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
