"""Shifts as a file: one row each, with what was taken, expected and counted."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app import clock
from app.address import read_given
from app.auth import Actor
from app.clock import business_day
from app.exports.registry import ExportList, Filters
from app.sheets_out import As, Column, Row
from meals.address import with_days
from meals.page_words import PAYER_NAMES, PAYER_ORDER, days_range
from meals.queries import SaleFilter
from meals.roles import READERS
from meals.shifts.pages import FilterIn, canteen_name
from meals.shifts.reading import list_shifts

ROWS_AT_ONCE = 500


def read_filters(given: Filters) -> SaleFilter:
    """Read the filters of shifts from an address; what cannot be read is left out, as on the page."""
    asked, _faults = read_given(FilterIn(), given)
    return SaleFilter(**with_days(asked, business_day(clock.now())))


def _tell(given: Filters) -> str:
    filters = read_filters(given)
    words: list[Any] = [days_range(filters.from_on, filters.until_on), filters.canteen_id, filters.area]
    return ", ".join(str(word) for word in words if word)


def _columns() -> Sequence[Column]:
    payers = [PAYER_NAMES[kind] for kind in (*PAYER_ORDER, "concession", "points", "cash")]
    money = [_("Full price"), *payers, _("Not paid (points were gone)")]
    drawer = [_("Float"), _("Must lie in the drawer"), _("Counted"), _("Difference")]
    return [
        Column(_("Day"), As.DAY),
        Column(_("Which canteen"), width=24),
        Column(_("Till"), As.NUMBER, 8),
        Column(_("Shift")),
        Column(_("Opened"), As.MOMENT, 20),
        Column(_("Opened by")),
        Column(_("Closed"), As.MOMENT, 20),
        Column(_("Closed by")),
        Column(_("Meals"), As.NUMBER),
        Column(_("Undone"), As.NUMBER),
        *(Column(title, As.FEN) for title in (*money, *drawer)),
        Column(_("Reason"), width=30),
    ]


def _rows(session: Session, actor: Actor, given: Filters, _named: bool) -> Iterator[Row]:
    filters, after = read_filters(given), None
    while True:
        page = list_shifts(session, actor=actor, filters=filters, after=after, limit=ROWS_AT_ONCE)
        for shift in page.items:
            net = shift.totals.net
            borne = [getattr(net, f"{kind}_fen") for kind in (*PAYER_ORDER, "concession", "points", "cash")]
            is_closed = shift.closed_at is not None
            yield (
                shift.day,
                canteen_name(shift),
                shift.till_number,
                shift.name,
                shift.opened_at,
                shift.opened_by,
                shift.closed_at,
                shift.closed_by,
                *(value if is_closed else None for value in (net.count, shift.totals.undone.count)),
                *(value if is_closed else None for value in (net.price_fen, *borne, net.unpaid_fen)),
                shift.float_fen,
                shift.expected_fen if is_closed else None,
                shift.counted_fen,
                shift.difference_fen,
                shift.reason,
            )
        after = page.next
        if after is None:
            return


def _count(session: Session, actor: Actor, given: Filters) -> int:
    return sum(1 for _row in _rows(session, actor, given, False))


SHIFTS = ExportList(
    what="shifts",
    title=_l("Shifts and drawers"),
    roles=frozenset(READERS),
    has_names=False,
    columns=_columns,
    tell=_tell,
    count=_count,
    rows=_rows,
)
