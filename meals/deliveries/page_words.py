"""What the pages of deliveries say and show: words, days and the order form's choices."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.money import yuan
from app.web.wording import group, short_day
from meals.deliveries.choices import Bringer
from meals.deliveries.reading import DeliveryFilter, DeliveryView
from meals.deliveries.summing import DeliverySums
from meals.deliveries.words import (
    CANCEL_REASONS,
    FETCH_REASON_NAMES,
    OUTCOME_NAMES,
    PLACE_NAMES,
    RECEIVER_NAMES,
    RELATION_NAMES,
    SOURCE_NAMES,
    STATE_CHIPS,
    TROUBLE_NAMES,
    tell_fee,
)
from meals.page_words import WINDOW_NAMES, days_range, glance, is_english, name_of


def write_title(filters: DeliveryFilter, sums: DeliverySums) -> str:
    """Say how many meals were brought home on some days, and how many of them came into somebody's hands."""
    count = ngettext("%(num)s meal to bring home", "%(num)s meals to bring home", sums.count) % {
        "num": group(sums.count)
    }
    days = days_range(filters.from_on, filters.until_on)
    if not sums.count:
        return str(_("%(days)s: no meal to bring home", days=days))
    return str(_("%(days)s: %(count)s, %(handed)s handed over", days=days, count=count, handed=group(sums.handed)))


def write_items(delivery: DeliveryView) -> str:
    """Write what is brought: A 套餐、银耳羹 2 份."""
    names = [f"{(is_english() and item['name_en']) or item['name']}{_count(item['count'])}" for item in delivery.items]
    return (", " if is_english() else "、").join(names)


def next_days(today: date, ahead: int) -> Sequence[tuple[str, str]]:
    """Return the days that a meal can be ordered for, as choices."""
    words = {0: _("Today"), 1: _("Tomorrow")}
    days = [(n, today + timedelta(days=n)) for n in range(ahead + 1)]
    return [(day.isoformat(), f"{words[n]} {short_day(day)}" if n in words else short_day(day)) for n, day in days]


def canteen_of(delivery: DeliveryView) -> str:
    """Name the canteen in the language of the request."""
    return (is_english() and delivery.canteen_en) or delivery.canteen


def bringer_choices(bringers: Sequence[Bringer]) -> Sequence[tuple[int, str]]:
    """Return canteens as choices."""
    return [(each.id, name_of(each)) for each in bringers]


def window_choices(bringers: Sequence[Bringer]) -> Sequence[tuple[str, str]]:
    """Return meals as choices, with their hours where all canteens have the same."""
    found: dict[str, set[str]] = {}
    for name, hours in (window for each in bringers for window in each.windows):
        found.setdefault(name, set()).add(hours)
    return [
        (name, f"{WINDOW_NAMES[name]} {next(iter(hours))}" if len(hours) == 1 else str(WINDOW_NAMES[name]))
        for name, hours in found.items()
    ]


def _count(count: int) -> str:
    return "" if count == 1 else f" × {count}"


WORDS: Mapping[str, Any] = {
    "state_chips": STATE_CHIPS,
    "source_names": SOURCE_NAMES,
    "place_names": PLACE_NAMES,
    "receiver_names": RECEIVER_NAMES,
    "trouble_names": TROUBLE_NAMES,
    "outcome_names": OUTCOME_NAMES,
    "relation_names": RELATION_NAMES,
    "reason_names": FETCH_REASON_NAMES,
    "cancel_reasons": CANCEL_REASONS,
    "window_names": WINDOW_NAMES,
    "write_items": write_items,
    "bringer_choices": bringer_choices,
    "window_choices": window_choices,
    "canteen_of": canteen_of,
    "name_of": name_of,
    "tell_fee": tell_fee,
    "glance": glance,
    "yuan": yuan,
}
