"""Lists of meals as files: sales, the people they reached, and sums by day."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app import clock
from app.address import read_given
from app.areas.rules import is_code
from app.auth import Actor
from app.clock import business_day
from app.exports.registry import ExportList, Filters
from app.sheets_out import As, Column, Row
from meals import queries
from meals.address import with_days
from meals.desk.reached import list_reached
from meals.page_words import (
    PAYER_NAMES,
    PAYER_ORDER,
    SALE_STATE_NAMES,
    WINDOW_NAMES,
    days_range,
    is_english,
)
from meals.queries import Page, SaleFilter
from meals.roles import READERS
from meals.sale_pages import FilterIn, make_chips

ROWS_AT_ONCE = 1_000


def read_sales(given: Filters) -> SaleFilter:
    """Read the filters of sales from an address; what cannot be read is left out, as on the page."""
    asked, _faults = read_given(FilterIn(), given)
    return SaleFilter(**with_days(asked, business_day(clock.now())))


def _tell_sales(given: Filters) -> str:
    filters = read_sales(given)
    words = [word for word, _without in make_chips(filters, {"from_on": None, "until_on": None}, ())]
    return "，".join([days_range(filters.from_on, filters.until_on), *words])


def _count_sales(session: Session, actor: Actor, given: Filters) -> int:
    sums = queries.sum_checkouts(session, actor=actor, filters=read_sales(given))
    return sums.count + sums.reversed


def _sale_columns() -> Sequence[Column]:
    return [
        Column(_("Number")),
        Column(_("Time"), As.MOMENT, 20),
        Column(_("Which canteen"), width=24),
        Column(_("Till")),
        Column(_("Guest")),
        Column(_("Age"), As.NUMBER, 8),
        Column(_("Card"), width=24),
        Column(_("Meal")),
        Column(_("Full price"), As.FEN),
        Column(_("Public money"), As.FEN),
        Column(_("Canteen's own discount"), As.FEN),
        Column(_("Points spent"), As.FEN),
        Column(_("Cash"), As.FEN),
        Column(_("State")),
        Column(_("Entry in the ledger"), width=38),
    ]


def _sale_rows(session: Session, actor: Actor, given: Filters, named: bool) -> Iterator[Row]:
    filters = read_sales(given)

    def page(after: str | None) -> Page[Any]:
        return queries.list_checkouts(
            session, actor=actor, filters=filters, after=after, limit=ROWS_AT_ONCE, named=named
        )

    for line in _all(page):
        yield (
            line.number,
            line.occurred_at,
            line.canteen_en if is_english() and line.canteen_en else line.canteen,
            line.till,
            line.guest,
            line.age,
            line.card_tail,
            WINDOW_NAMES[line.window] if line.window else None,
            line.price_fen,
            line.public_fen,
            line.concession_fen,
            line.points_fen,
            line.cash_fen,
            SALE_STATE_NAMES[line.state],
            line.id,
        )


def _guest_place(given: Filters) -> dict[str, Any]:
    area, canteen = given.get("area", ""), given.get("canteen", "")
    return {
        "month": _month(given),
        "area": area if is_code(area) else None,
        "canteen_id": int(canteen) if canteen.isascii() and canteen.isdigit() and len(canteen) < 18 else None,
    }


def _tell_guests(given: Filters) -> str:
    place = _guest_place(given)
    words = [f"{place['month']:%Y-%m}", place["area"], place["canteen_id"]]
    return ", ".join(str(word) for word in words if word)


def _count_guests(session: Session, actor: Actor, given: Filters) -> int:
    place = _guest_place(given)
    return queries.count_reached(session, actor=actor, month=place["month"], area=place["area"])


def _guest_columns() -> Sequence[Column]:
    money = [_("Full price"), _("Public money"), _("Points spent"), _("Cash")]
    return [
        Column(_("Book")),
        Column(_("Guest")),
        Column(_("Meals"), As.NUMBER),
        *(Column(title, As.FEN) for title in money),
    ]


def _guest_rows(session: Session, actor: Actor, given: Filters, named: bool) -> Iterator[Row]:
    place = _guest_place(given)

    def page(after: str | None) -> Page[Any]:
        return list_reached(session, actor=actor, **place, after=after, limit=ROWS_AT_ONCE, named=named)

    for line in _all(page):
        yield (line.home, line.guest, line.meals, line.price_fen, line.public_fen, line.points_fen, line.cash_fen)


def _day_columns() -> Sequence[Column]:
    payers = [PAYER_NAMES[kind] for kind in PAYER_ORDER]
    others = [_("Public money"), _("Canteen's own discount"), _("Points spent"), _("Cash"), _("Full price")]
    counts = [Column(_("Meals"), As.NUMBER), Column(_("With subsidy"), As.NUMBER)]
    return [Column(_("Day"), As.DAY), *counts, *(Column(title, As.FEN) for title in (*payers, *others))]


def _day_rows(session: Session, actor: Actor, given: Filters, _named: bool) -> Iterator[Row]:
    filters = read_sales(given)
    filters.check()
    asked: dict[str, Any] = {
        "actor": actor,
        "from_on": filters.from_on,
        "until_on": filters.until_on,
        "area": filters.area,
    }
    sums = queries.sum_by_day_and_canteen(session, **asked)
    payers = queries.sum_by_day_and_payer(session, **asked)
    for day, found in sums.by_day.items():
        borne = [payers.get(day, {}).get(kind, 0) for kind in PAYER_ORDER]
        others = (found.public_fen, found.concession_fen, found.points_fen, found.cash_fen, found.price_fen)
        yield (day, found.meals, found.subsidised, *borne, *others)


def _count_days(session: Session, actor: Actor, given: Filters) -> int:
    return sum(1 for _row in _day_rows(session, actor, given, False))


def _all(page_after: Callable[[str | None], Page[Any]]) -> Iterator[Any]:
    """Read a list page by page."""
    after: str | None = None
    while True:
        page = page_after(after)
        yield from page.items
        after = page.next
        if after is None:
            return


def _month(given: Filters) -> date:
    try:
        return date.fromisoformat(f"{given.get('month', '')}-01")
    except ValueError:
        return business_day(clock.now()).replace(day=1)


_SHARED: dict[str, Any] = {"roles": frozenset(READERS)}
EXPORTS = (
    ExportList(
        what="sales",
        title=_l("Meals sold"),
        has_names=True,
        columns=_sale_columns,
        tell=_tell_sales,
        count=_count_sales,
        rows=_sale_rows,
        **_SHARED,
    ),
    ExportList(
        what="guests",
        title=_l("People reached"),
        has_names=True,
        columns=_guest_columns,
        tell=_tell_guests,
        count=_count_guests,
        rows=_guest_rows,
        **_SHARED,
    ),
    ExportList(
        what="meal_days",
        title=_l("Meals and money by day"),
        has_names=False,
        columns=_day_columns,
        tell=_tell_sales,
        count=_count_days,
        rows=_day_rows,
        **_SHARED,
    ),
)
