"""Deliveries as a file: one row each, with who brought and took it, and what was paid for the way."""

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
from meals.deliveries.forms import FilterIn
from meals.deliveries.page_words import canteen_of, write_items
from meals.deliveries.reading import DeliveryFilter, list_deliveries
from meals.deliveries.summing import sum_deliveries
from meals.deliveries.words import (
    PLACE_NAMES,
    RECEIVER_NAMES,
    SOURCE_NAMES,
    STATE_CHIPS,
    TROUBLE_NAMES,
    tell_fee,
)
from meals.page_words import WINDOW_NAMES, days_range
from meals.roles import READERS

ROWS_AT_ONCE = 500


def read_filters(given: Filters) -> DeliveryFilter:
    """Read the filters of deliveries from an address; what cannot be read is left out, as on the page."""
    asked, _faults = read_given(FilterIn(), given)
    return DeliveryFilter(**with_days(asked, business_day(clock.now())))


def _tell(given: Filters) -> str:
    filters = read_filters(given)
    words: list[Any] = [
        days_range(filters.from_on, filters.until_on),
        filters.canteen_id,
        filters.area,
        WINDOW_NAMES[filters.window] if filters.window else None,
        STATE_CHIPS[filters.state].word if filters.state else None,
    ]
    return ", ".join(str(word) for word in words if word)


def _columns() -> Sequence[Column]:
    return [
        Column(_("Day"), As.DAY),
        Column(_("Meal")),
        Column(_("Which canteen"), width=24),
        Column(_("Guest")),
        Column(_("Dishes"), width=30),
        Column(_("State")),
        Column(_("Ordered")),
        Column(_("Deliverer")),
        Column(_("Left the kitchen"), As.MOMENT, 20),
        Column(_("Handed over"), As.MOMENT, 20),
        Column(_("Who took it")),
        Column(_("Where")),
        Column(_("What happened"), width=24),
        Column(_("Cash at the door"), As.FEN),
        Column(_("For the way"), As.FEN),
        Column(_("Why"), width=40),
        Column(_("Receipt number")),
    ]


def _rows(session: Session, actor: Actor, given: Filters, _named: bool) -> Iterator[Row]:
    filters, after = read_filters(given), None
    while True:
        page = list_deliveries(session, actor=actor, filters=filters, after=after, limit=ROWS_AT_ONCE)
        for each in page.items:
            yield (
                each.meal_on,
                WINDOW_NAMES[each.window],
                canteen_of(each),
                each.guest,
                write_items(each),
                STATE_CHIPS[each.state].word,
                SOURCE_NAMES[each.source],
                each.deliverer or "",
                each.out_at,
                each.handed_at,
                RECEIVER_NAMES[each.received_by] if each.received_by else "",
                PLACE_NAMES[each.hand_place] if each.hand_place else "",
                TROUBLE_NAMES[each.tries[-1].trouble] if each.tries else "",
                each.cash_fen,
                None if each.fee_is_back else each.fee_fen,
                tell_fee(each.fee_why, each.fee_fen),
                each.sale_number or "",
            )
        after = page.next
        if after is None:
            return


def _count(session: Session, actor: Actor, given: Filters) -> int:
    return sum(sum_deliveries(session, actor=actor, filters=read_filters(given)).by_state.values())


DELIVERIES = ExportList(
    what="deliveries",
    title=_l("Meals brought home"),
    roles=frozenset(READERS),
    has_names=False,
    columns=_columns,
    tell=_tell,
    count=_count,
    rows=_rows,
)
