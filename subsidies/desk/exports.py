"""Movements of points as a file."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.auth import Actor
from app.exports.registry import ExportList, Filters
from app.sheets_out import As, Column, Row
from subsidies import wording
from subsidies.access import WALLET_READERS
from subsidies.desk import reading
from subsidies.desk.pages import make_chips, read_filters

ROWS_AT_ONCE = 1_000


def _tell(given: Filters) -> str:
    filters, _faults = read_filters(given)
    return "，".join(word for word, _without in make_chips(filters, filters.area))


def _count(session: Session, actor: Actor, given: Filters) -> int:
    filters, _faults = read_filters(given)
    filters.check()
    return reading.count_postings(session, filters=filters, area_codes=actor.area_codes)


def _columns() -> Sequence[Column]:
    return [
        Column(_("Booked"), As.MOMENT, 20),
        Column(_("Book")),
        Column(_("Entry"), As.NUMBER, 8),
        Column(_("Guest")),
        Column(_("Kind")),
        Column(_("Programme"), width=28),
        Column(_("Points (yuan)"), As.FEN),
        Column(_("Public money (yuan)"), As.FEN),
        Column(_("On device")),
        Column(_("Entry in the ledger"), width=38),
    ]


def _rows(session: Session, actor: Actor, given: Filters, named: bool) -> Iterator[Row]:
    filters, _faults = read_filters(given)
    after: str | None = None
    while True:
        page = reading.list_all_movements(
            session, filters=filters, area_codes=actor.area_codes, after=after, limit=ROWS_AT_ONCE, named=named
        )
        for line in page.items:
            what, programmes = wording.MOVEMENT_NAMES.get(line.kind, line.kind), ", ".join(line.programmes)
            money = (line.change_fen, line.public_fen)
            yield (line.booked_at, line.home, line.seq, line.guest, what, programmes, *money, line.device, line.id)
        after = page.next
        if after is None:
            return


MOVEMENTS = ExportList(
    what="movements",
    title=_l("Movements of points"),
    roles=frozenset(WALLET_READERS),
    has_names=True,
    columns=_columns,
    tell=_tell,
    count=_count,
    rows=_rows,
)
