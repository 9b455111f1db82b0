"""Filters that stand in a page's address."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError

from meals.page_words import days_range, name_of
from meals.queries import SaleFilter, ScanFilter

Chips = list[tuple[str, dict[str, None]]]


def read_address(schema: type[Schema]) -> tuple[dict[str, Any], list[str]]:
    """Return the filters of the address, and the names of those that cannot be read and were left out."""
    return read_given(schema, {name: value for name, value in request.args.items() if value})


def read_given(schema: type[Schema], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the filters among what is given, and the names of those that cannot be read and were left out."""
    try:
        asked: dict[str, Any] = schema().load(dict(given))
    except ValidationError as error:
        faults = error.messages_dict
        asked = schema().load({name: value for name, value in given.items() if name not in faults})
        return asked, sorted(faults)
    return asked, []


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
