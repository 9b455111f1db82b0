"""Loaded parts of the documents turned into terms."""

from collections.abc import Mapping, Sequence
from typing import Any

from care_beds.money.terms import Funder, FunderShare, MonthBand, Payer, PayerOrder

Loaded = Mapping[str, Any]


def read_order(given: Loaded) -> PayerOrder:
    """Read one order of payers."""
    return PayerOrder(
        tuple(Payer(payer) for payer in given["payers"]),
        frozenset(given.get("services", ())),
        frozenset(given.get("programmes", ())),
    )


def read_band(given: Loaded) -> MonthBand:
    """Read one band of months."""
    return MonthBand(
        month_fen=given["month_fen"],
        minimum_visits=given["minimum_visits"],
        minimum_minutes=given["minimum_minutes"],
        levels=frozenset(given.get("levels", ())),
        programmes=frozenset(given.get("programmes", ())),
    )


def read_funders(given: Sequence[Loaded]) -> tuple[FunderShare, ...]:
    """Read the funders' shares."""
    return tuple(FunderShare(Funder(each["funder"]), each["percent"], each.get("remainder", False)) for each in given)
