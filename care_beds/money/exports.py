"""Paid visits as a file: one row each, with who paid it, how much, and why."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app import clock
from app.auth import Actor
from app.clock import business_day
from app.exports.registry import ExportList, Filters
from app.sheets_out import As, Column, Row
from app.web.wording import full_day, in_language
from care_beds.money.access import READERS
from care_beds.money.forms import PaymentsIn
from care_beds.money.payment_pages import read_filters as with_days
from care_beds.money.reading import PaymentFilter, list_payments, sum_payments
from care_beds.money.terms import Payer
from care_beds.money.words import PAYER_NAMES, tell_payment

ROWS_AT_ONCE = 500


def read_filters(given: Filters) -> PaymentFilter:
    """Read the filters of paid visits from an address; what cannot be read is left out, as on the page."""
    shape = PaymentsIn()
    try:
        asked = shape.load(dict(given))
    except ValidationError as error:
        asked = shape.load({name: value for name, value in given.items() if name not in error.messages_dict})
    asked.pop("after")
    return with_days(asked, business_day(clock.now()))


def _tell(given: Filters) -> str:
    filters = read_filters(given)
    days = f"{full_day(filters.from_on)} – {full_day(filters.until_on)}"
    return ", ".join([days, *([str(PAYER_NAMES[Payer(filters.payer)])] if filters.payer else ())])


def _columns() -> Sequence[Column]:
    return [
        Column(_("Day"), As.DAY),
        Column(_("Bed"), width=18),
        Column(_("Person")),
        Column(_("Service"), width=20),
        Column(_("Provider"), width=28),
        Column(_("Planned (minutes)"), As.NUMBER),
        Column(_("There (minutes)"), As.NUMBER),
        Column(_("Charged (minutes)"), As.NUMBER),
        Column(_("Price (yuan)"), As.FEN),
        Column(_("Paid by")),
        Column(_("Why"), width=60),
        Column(_("Paid"), As.MOMENT, 20),
        Column(_("Number of the insurance"), width=20),
        Column(_("Undone"), As.MOMENT, 20),
        Column(_("Why it was undone"), width=30),
        Column(_("Transaction"), width=38),
    ]


def _rows(session: Session, actor: Actor, given: Filters, _named: bool) -> Iterator[Row]:
    filters, after = read_filters(given), None
    while True:
        page = list_payments(session, actor=actor, filters=filters, after=after, limit=ROWS_AT_ONCE)
        for each in page.items:
            yield (
                each.visit_on,
                each.bed_number,
                each.senior,
                in_language(each.names),
                each.provider,
                each.planned_minutes,
                each.present_minutes,
                each.minutes,
                each.price_fen,
                PAYER_NAMES[each.payer],
                tell_payment(each),
                each.paid_at,
                each.external_ref,
                each.reversed_at,
                each.reversal_reason,
                each.txn_id,
            )
        after = page.next
        if after is None:
            return


def _count(session: Session, actor: Actor, given: Filters) -> int:
    return sum(each.visits for each in sum_payments(session, actor=actor, filters=read_filters(given)))


VISIT_PAYMENTS = ExportList(
    what="visit_payments",
    title=_l("Paid visits"),
    roles=frozenset(READERS),
    has_names=False,
    columns=_columns,
    tell=_tell,
    count=_count,
    rows=_rows,
)
