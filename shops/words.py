"""What sorts of shops, categories, periods and reasons are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.money import yuan
from shops.rules import Limit, Per

SORT_NAMES: Mapping[str, Any] = {
    "supermarket": _l("Supermarket of kindness"),
    "barber": _l("Barber"),
    "pharmacy": _l("Pharmacy"),
    "laundry": _l("Laundry"),
    "repair": _l("Repairs"),
    "bathhouse": _l("Bathhouse"),
}
CATEGORY_NAMES: Mapping[str, Any] = {
    "grain": _l("Rice and flour"),
    "oil": _l("Cooking oil"),
    "food": _l("Other food"),
    "dairy": _l("Milk and eggs"),
    "hygiene": _l("Washing and hygiene"),
    "household": _l("Household goods"),
    "bedding": _l("Bedding and clothes"),
    "medicine_aid": _l("Medical supplies"),
    "haircut": _l("Haircut"),
    "bath": _l("Bath"),
    "laundry": _l("Laundry service"),
    "repair": _l("Small repairs"),
    "tobacco": _l("Tobacco"),
    "alcohol": _l("Alcohol"),
}
PER_NAMES: Mapping[str, Any] = {
    Per.DAY: _l("A day"),
    Per.WEEK: _l("A week"),
    Per.MONTH: _l("A month"),
    Per.EVER: _l("Until further notice"),
}
TRADING_NAMES: Mapping[str, Any] = {
    "open": _l("Trading"),
    "suspended": _l("Suspended"),
    "ended": _l("Ended"),
    "submitted": _l("Waits for a second signature"),
    "rejected": _l("Not taken in"),
}
TRADING_CHIPS = {
    "open": ("ok", "ok"),
    "suspended": ("warn", "warn"),
    "ended": ("", "stop"),
    "submitted": ("info", "clock"),
    "rejected": ("", "stop"),
}


def is_english() -> bool:
    """Say whether the reader's language is English."""
    return str(get_locale() or "").startswith("en")


def in_language(words: Mapping[str, str]) -> str:
    """Choose the reader's language of a text that is kept in both."""
    return words["en"] if is_english() else words["zh"]


def name_of(thing: Any) -> str:
    """Return what a shop or an article is called in the reader's language."""
    return str((is_english() and thing.name_en) or thing.name)


def category_name(category: str | None) -> str:
    """Name a category; without one, all of them."""
    return str(CATEGORY_NAMES[category]) if category else str(_("All articles"))


def limit_words(limit: Limit) -> str:
    """Say how much a limit allows."""
    if limit.count is None:
        return str(_("%(yuan)s yuan in points", yuan=yuan(limit.fen or 0)))
    return str(_("%(n)s pieces", n=limit.count))
