"""The words of meals on pages: kinds, states, meals, payers, reasons, and how large sums are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.money import yuan
from app.web.language import ENGLISH, current_language
from app.web.wording import group, join, short_day
from meals.till_words import WORDS as TILL_WORDS

KIND_NAMES = {
    "central_kitchen": _l("Central kitchen"),
    "canteen": _l("Community canteen"),
    "meal_point": _l("Meal point"),
}
DISH_KIND_NAMES = {"set_meal": _l("Set meal"), "dish": _l("Dish"), "delivery": _l("Delivery")}
WINDOW_NAMES = {"breakfast": _l("Breakfast"), "lunch": _l("Lunch"), "dinner": _l("Dinner")}
SALE_STATE_NAMES = {"subsidised": _l("With subsidy"), "full_price": _l("Full price"), "reversed": _l("Undone")}
SCAN_REASONS = {
    "card_unknown": _l("Card not known"),
    "card_lost": _l("Lost card"),
    "card_cancelled": _l("Cancelled card"),
    "card_replaced": _l("Card replaced by a new one"),
    "code_unreadable": _l("Meal code not read whole"),
    "code_foreign": _l("Meal code from elsewhere"),
    "code_forged": _l("Meal code not genuine"),
    "code_unknown": _l("Meal code not known"),
    "code_expired": _l("Meal code too old"),
    "code_used": _l("Meal code used before"),
    "code_without_card": _l("Meal code of a card that does not pay"),
    "senior_deceased": _l("Holder registered as deceased"),
    "senior_in_institution": _l("Holder lives in an institution"),
    "canteen_closed": _l("Canteen closed on the day"),
}
PAYER_NAMES = {
    "city": _l("City"),
    "district": _l("District"),
    "street": _l("Street"),
    "community": _l("Community"),
    "charity": _l("Charity"),
    "concession": _l("Canteen's own discount"),
    "points": _l("Points"),
    "cash": _l("Cash"),
    "unpaid": _l("Unpaid"),
}
PAYER_ORDER = ("city", "district", "street", "community", "charity")
WEEKDAY_NAMES = (
    (1, _l("Monday")),
    (2, _l("Tuesday")),
    (3, _l("Wednesday")),
    (4, _l("Thursday")),
    (5, _l("Friday")),
    (6, _l("Saturday")),
    (7, _l("Sunday")),
)
BROUGHT_BACK = _l("Nobody took the meal brought home")
THOUSAND_YUAN_FEN, TEN_THOUSAND_YUAN_FEN = 100_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Chip:
    """A state on a page: colour, icon and word."""

    state: str
    icon: str
    word: Any


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum for reading at a glance, and its unit."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


SALE_CHIPS = {
    "subsidised": Chip("", "", _l("Sold")),
    "full_price": Chip("info", "info", _l("Full price")),
    "reversed": Chip("", "undo", _l("Undone")),
}
PAPER_CHIPS = {
    "valid": Chip("ok", "ok", _l("Valid")),
    "ending": Chip("warn", "clock", _l("Ends soon")),
    "lapsed": Chip("danger", "stop", _l("Lapsed")),
}
OPENING_CHIPS = {
    "open": Chip("ok", "ok", _l("Open today")),
    "weekday": Chip("info", "clock", _l("Not a day it opens")),
    "closure": Chip("warn", "warn", _l("Closed today")),
    "given_up": Chip("", "stop", _l("Given up")),
}
SCAN_CHIPS = {
    "card_unknown": Chip("warn", "warn", SCAN_REASONS["card_unknown"]),
    "card_replaced": Chip("warn", "warn", SCAN_REASONS["card_replaced"]),
    "canteen_closed": Chip("info", "info", SCAN_REASONS["canteen_closed"]),
    **{
        code: Chip("warn", "warn", SCAN_REASONS[code])
        for code in ("code_unreadable", "code_foreign", "code_unknown", "code_expired", "code_used")
    },
}


def scan_chip(reason: str) -> Chip:
    """Return the state of a failed scan."""
    return SCAN_CHIPS.get(reason) or Chip("danger", "stop", SCAN_REASONS.get(reason, reason))


def undo_reason(reason: str) -> Any:
    """Return why a sale was undone: one of the till's reasons in words, or as it was typed."""
    return BROUGHT_BACK if reason == "delivery_returned" else TILL_WORDS.get(f"reason.{reason}", reason)


def is_english() -> bool:
    """Say whether this request is answered in English."""
    return current_language() == ENGLISH


def pick(words: Mapping[str, Any]) -> Any:
    """Return the side of a text in both languages that this request reads."""
    return words["en" if is_english() else "zh"]


def name_of(thing: Any) -> str:
    """Return a thing's name in the language of the request; what has no English name keeps its own."""
    english: str = getattr(thing, "name_en", "")
    return english if english and is_english() else str(thing.name)


def days_range(first: date, last: date) -> str:
    """Write some days: 11月1日至21日; 1 to 21 Nov."""
    if first == last:
        return short_day(first)
    if (first.year, first.month) == (last.year, last.month):
        if is_english():
            return f"{first.day} to {short_day(last)}"
        return f"{short_day(first)}至{last.day}日"
    return str(_("%(first)s to %(last)s", first=short_day(first), last=short_day(last)))


def glance(amount_fen: int) -> Amount:
    """Write a sum so that it can be kept in mind: 60.3 万元; 603 401 yuan. Small ones keep their fen."""
    if abs(amount_fen) < THOUSAND_YUAN_FEN:
        return Amount(yuan(amount_fen), _("yuan"))
    if is_english() or abs(amount_fen) < TEN_THOUSAND_YUAN_FEN:
        return Amount(group(round(amount_fen / 100)), _("yuan"))
    return Amount(f"{amount_fen / TEN_THOUSAND_YUAN_FEN:.1f}", "万元")


def scale_label(amount_fen: int) -> str:
    """Write a number of the chart's scale: 1 万; 10 000."""
    whole = amount_fen // 100
    if whole >= 10_000 and not is_english():
        return f"{whole / 10_000:g} 万"
    return group(whole)


def weekdays_of(days: Iterable[int]) -> str:
    """Write the days on which something happens: every day, Monday to Friday, or each by name."""
    chosen = sorted(set(days))
    names = dict(WEEKDAY_NAMES)
    if len(chosen) == 7:
        return str(_("Every day"))
    if len(chosen) > 2 and chosen == list(range(chosen[0], chosen[-1] + 1)):
        return str(_("%(first)s to %(last)s", first=names[chosen[0]], last=names[chosen[-1]]))
    return join([str(names[day]) for day in chosen])
