"""What is printed: a sale's receipt, a shift's reading. No tier and nothing about the guest's means."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from app.clock import local
from app.money import yuan
from meals.page_words import PAYER_NAMES, PAYER_ORDER, name_of
from meals.printing.layout import RULE, Line, Look
from meals.queries import Sale
from meals.shifts.reading import Shift


def receipt_lines(sale: Sale, *, canteen: Any, reprint: tuple[datetime, str] | None) -> Sequence[Line]:
    """Write the receipt of a sale.

    :param reprint: when and by whom it is printed, where it was printed before
    """
    marks = [Line(_("Reprint"), look=Look.MARK)] if reprint else []
    if sale.reversed_at:
        marks.append(Line(_("Undone"), look=Look.MARK))
    unpaid = sale.price_fen - sale.public_fen - sale.concession_fen - sale.points_fen - sale.cash_fen
    parts = (
        (_("Subsidy"), sale.public_fen),
        (PAYER_NAMES["concession"], sale.concession_fen),
        (PAYER_NAMES["points"], sale.points_fen),
        (_("Not paid"), unpaid),
    )
    head = [
        Line(name_of(canteen), look=Look.TITLE),
        *marks,
        Line(_("Number %(number)s", number=sale.number)),
        Line(_moment(sale.occurred_at), _("Till %(number)s", number=sale.till) if sale.till else ""),
        Line(_("%(name)s, card ending in %(tail)s", name=sale.guest, tail=sale.card_tail[-4:])),
        RULE,
    ]
    foot = [Line(_("Printed %(time)s by %(name)s", time=_moment(reprint[0]), name=reprint[1]))] if reprint else []
    return [
        *head,
        *(_item(item) for item in sale.items),
        RULE,
        Line(_("Full price"), yuan(sale.price_fen)),
        *(Line(str(word), f"-{yuan(fen)}") for word, fen in parts if fen),
        Line(str(PAYER_NAMES["cash"]), f"{yuan(sale.cash_fen)} {_('yuan')}", Look.TOTAL),
        RULE,
        Line(_("Thank you, enjoy your meal"), look=Look.MARK),
        *foot,
    ]


def shift_lines(shift: Shift, *, canteen: str) -> Sequence[Line]:
    """Write the reading of a shift: X while it is open, Z when it is closed."""
    net = shift.totals.net
    payers = [(str(PAYER_NAMES[kind]), getattr(net, f"{kind}_fen")) for kind in (*PAYER_ORDER, "concession")]
    kept = [("points", net.points_fen), ("cash", net.cash_fen)]
    counted = [
        Line(_("Counted"), yuan(shift.counted_fen or 0)),
        Line(_("Difference"), yuan(shift.difference_fen or 0), Look.TOTAL),
        *([Line(_("Reason: %(reason)s", reason=shift.reason))] if shift.reason else []),
    ]
    return [
        Line(canteen, look=Look.TITLE),
        Line(f"{'Z' if shift.closed_at else 'X'} {shift.name}", look=Look.TITLE),
        Line(_("Opened"), f"{_moment(shift.opened_at)} {shift.opened_by}"),
        *([Line(_("Closed"), f"{_moment(shift.closed_at)} {shift.closed_by}")] if shift.closed_at else []),
        RULE,
        Line(_("Sold"), str(shift.totals.sold.count)),
        Line(_("Undone"), str(shift.totals.undone.count)),
        Line(_("Full price"), yuan(net.price_fen)),
        *(Line(word, yuan(fen)) for word, fen in payers if fen),
        *(Line(str(PAYER_NAMES[kind]), yuan(fen)) for kind, fen in kept),
        *([Line(_("Not paid"), yuan(net.unpaid_fen))] if net.unpaid_fen else []),
        RULE,
        Line(_("Float"), yuan(shift.float_fen)),
        Line(_("Must lie in the drawer"), yuan(shift.expected_fen)),
        *(counted if shift.closed_at else []),
        RULE,
        Line(_("Signature")),
        Line(),
    ]


def trial_lines(till: str) -> Sequence[Line]:
    """Write a page that shows whether a printer understands us."""
    return [
        Line(_("Test page"), look=Look.TITLE),
        Line(till, look=Look.MARK),
        RULE,
        Line("重阳 红烧肉、青菜、汤 龘", "16.00"),
        Line("ABC abc 0123456789", "0.05"),
        Line(_("Cash"), "2.00", Look.TOTAL),
    ]


def _item(item: Mapping[str, Any]) -> Line:
    count = item.get("count", 1)
    name = name_of(_Named(item))
    return Line(f"{name} x{count}" if count > 1 else name, yuan(item["price_fen"] * count))


class _Named:
    def __init__(self, item: Mapping[str, Any]) -> None:
        self.name, self.name_en = str(item["name"]), str(item.get("name_en", ""))


def _moment(moment: datetime) -> str:
    return local(moment).strftime("%Y-%m-%d %H:%M")
