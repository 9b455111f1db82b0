"""What tills decided otherwise than the server would, told in words."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.money import yuan
from app.web.language import ENGLISH, current_language
from meals.page_words import SCAN_REASONS, pick
from meals.rules import Reason, Why
from meals.tills.rules import Gap, write_gaps
from meals.wording import NO_SUBSIDY
from subsidies.findings.checks import Facts

PLAIN: dict[str, Any] = {
    "price_differs": _l("The bill differs from the menu of the day."),
    "period_closed": _l("The month was settled already; the sale counts in the next one."),
    "clock_suspect": _l("The till's own clock was in doubt."),
    "clock_ahead": _l("The till's clock was ahead; the moment of arrival counts."),
    "clock_behind": _l("The till's clock was far behind; the moment of arrival counts."),
    "long_ago": _l("It was sold more than a month ago; the moment of arrival counts."),
    "roster_old": _l("The till's roster was too old for a subsidy."),
    "device_revoked": _l("The device gave a subsidy after it was taken out of use."),
    "cashier_unknown": _l("The cashier named by the till does not work here."),
    "seq_reused": _l("The till gave this number before."),
    "undo_late": _l("It was undone on another day than it was sold."),
    "undone_elsewhere": _l("The till undid a sale of another canteen; nothing was booked."),
    "unreadable": _l("It could not be understood, and was kept as it came."),
    "nobody": _l("Its card or code belongs to nobody we know; it was kept as it came."),
}
WITH_AMOUNT: dict[str, Any] = {
    "points_gone": _l("%(fen)s yuan of points were no longer there and are unpaid."),
    "over_sale_limit": _l("The bill of %(fen)s yuan is above the %(at_most_fen)s yuan of an offline sale."),
    "over_pending_sum": _l("%(fen)s yuan waited in the till, at most %(at_most_fen)s may."),
    "shares_differ": _l("The till gave %(till_fen)s yuan of subsidy, the server would have given %(server_fen)s."),
    "till_locked": _l("The till was locked and gave no subsidy; the server would have given %(server_fen)s yuan."),
    "not_in_roster": _l("The till's list did not have this guest; the server would have given %(server_fen)s yuan."),
    "points_over_rule": _l("The till took %(till_fen)s yuan in points, the rules allow %(server_fen)s."),
    "shown_otherwise": _l(
        "The server had sold it already, and otherwise: the till showed %(cash_fen)s yuan in cash and %(points_fen)s in"
        " points, booked are %(booked_cash_fen)s and %(booked_points_fen)s."
    ),
    "undone_claimed": _l(
        "Its public money had been claimed back, so that it stays; %(cash_fen)s yuan in cash may have been handed back."
    ),
    "undone_twice": _l("It was undone before; %(cash_fen)s yuan in cash may have been handed back twice."),
}
WITH_COUNT: dict[str, Any] = {
    "late": _l("It came %(hours)s hours after it was sold, later than the rules allow."),
    "over_pending_sales": _l("%(sales)s sales waited in the till, at most %(at_most)s may."),
}


def tell_conflicts(facts: Facts) -> Sequence[str]:
    """Tell what a till sent, and why people should look at it."""
    where = {"canteen": _canteen(facts), "till": facts["till"], "device": facts["device"], "seq": facts["seq"] or "–"}
    first = _("Number %(seq)s of device %(till)s-%(device)s in %(canteen)s.", **where)
    price = [_("The bill was %(yuan)s yuan.", yuan=yuan(facts["price_fen"]))] if facts["price_fen"] else []
    return [first, *price, *(tell_conflict(each) for each in facts["reasons"])]


def tell_missing(facts: Facts) -> Sequence[str]:
    """Tell which numbers of a device never came."""
    gap = Gap(facts["first"], facts["last"])
    where = {"canteen": _canteen(facts), "till": facts["till"], "device": facts["device"]}
    return [
        _("Device %(till)s-%(device)s in %(canteen)s.", **where),
        _("Missing: %(numbers)s. Later numbers came.", numbers=write_gaps([gap])),
        _("Look at the device: what waits there can be exported and handed in."),
    ]


def tell_conflict(conflict: Facts) -> str:
    """Tell one conflict in a sentence."""
    code = conflict["code"]
    params = {name: value for name, value in conflict.items() if name != "code"}
    if code in PLAIN:
        return str(PLAIN[code])
    if code in WITH_AMOUNT:
        return str(WITH_AMOUNT[code]) % {name: yuan(value) for name, value in params.items() if isinstance(value, int)}
    if code in WITH_COUNT:
        return str(WITH_COUNT[code]) % params
    if code in SCAN_REASONS:
        return str(SCAN_REASONS[code])
    return _without_subsidy(Reason(Why(code), params))


def _without_subsidy(reason: Reason) -> str:
    return str(pick(NO_SUBSIDY[reason.code](reason.params).as_json()))


def _canteen(facts: Facts) -> str:
    is_english = current_language() == ENGLISH
    return str(facts["canteen_en"] if is_english and facts["canteen_en"] else facts["canteen"])
