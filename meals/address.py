"""Filters that stand in a page's address."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from meals.page_words import days_range, name_of
from meals.queries import SaleFilter, ScanFilter

Chips = list[tuple[str, dict[str, None]]]


def with_days(asked: dict[str, Any], today: date) -> dict[str, Any]:
    """Fill in the days of the address: this month so far, where none are given."""
    until_on = asked["until_on"] or max(today, asked["from_on"] or today)
    from_on = asked["from_on"] or (until_on if asked["until_on"] else today.replace(day=1))
    return {**asked, "from_on": from_on, "until_on": until_on}


def shared_chips(filters: SaleFilter | ScanFilter, asked: Mapping[str, Any], canteens: Sequence[Any]) -> Chips:
    """Make removable chips of the days and the canteen: words, and the parts of the address to take away."""
    chips: Chips = []
    if asked["from_on"] or asked["until_on"]:
        chips.append((days_range(filters.from_on, filters.until_on), {"from": None, "until": None}))
    if filters.canteen_id is not None:
        named = next((name_of(each) for each in canteens if each.id == filters.canteen_id), str(filters.canteen_id))
        chips.append((named, {"canteen": None}))
    return chips
