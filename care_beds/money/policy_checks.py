"""What a person would object to in a ``care_payment`` or ``bed_subsidy`` document of the right shape."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.policies.kinds import Fault, Path
from care_beds.money.policy_reading import Loaded, read_band, read_order
from care_beds.money.terms import MonthBand, Payer, PayerOrder


def find_payment_faults(loaded: Loaded, _area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``care_payment`` body."""
    yield from _find_funder_faults(loaded["funders"])
    seen: list[PayerOrder] = []
    for index, given in enumerate(loaded["orders"]):
        order, path = read_order(given), ("orders", index)
        if len(set(order.payers)) != len(order.payers):
            yield Fault((*path, "payers"), _l("A payer is asked once."))
        if order.payers[-1] is not Payer.SELF:
            yield Fault((*path, "payers"), _l("The last one is self, or a visit nobody can pay would stay unpaid."))
        if any(
            _covers(earlier.services, order.services) and _covers(earlier.programmes, order.programmes)
            for earlier in seen
        ):
            yield Fault(path, _l("No visit reaches this order: an earlier one is for all of it."))
        seen.append(order)
    asked = {payer for order in seen for payer in order.payers}
    if Payer.INSURANCE in asked and not loaded.get("insured"):
        yield Fault(("insured",), _l("The insurance is asked to pay, but no level has insured minutes."))
    if Payer.BED_SUBSIDY in asked and not loaded["subsidy_month_fen"]:
        yield Fault(("subsidy_month_fen",), _l("The bed subsidy is asked to pay, but has nothing for a month."))
    yield from _find_twice([level for each in loaded.get("insured", ()) for level in each["levels"]], ("insured",))


def find_subsidy_faults(loaded: Loaded, _area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``bed_subsidy`` body."""
    yield from _find_funder_faults(loaded["funders"])
    seen: list[MonthBand] = []
    for index, given in enumerate(loaded["bands"]):
        band = read_band(given)
        if any(
            _covers(earlier.levels, band.levels) and _covers(earlier.programmes, band.programmes) for earlier in seen
        ):
            yield Fault(("bands", index), _l("No bed reaches this band: an earlier one is for all of it."))
        if band.minimum_minutes < band.minimum_visits:
            yield Fault(("bands", index, "minimum_minutes"), _l("So many visits take more minutes than that."))
        seen.append(band)
    built = loaded["construction"]
    yield from _find_twice([each["kind"] for each in built.get("devices", ())], ("construction", "devices"))
    if built["bed_fen"] > built["at_most_fen"]:
        yield Fault(("construction", "at_most_fen"), _l("This is less than what each bed gets."))


def _covers(earlier: frozenset[Any], later: frozenset[Any]) -> bool:
    """Say whether all that a later line is for falls under an earlier one already; nothing named is everything."""
    return not earlier or (bool(later) and later <= earlier)


def _find_funder_faults(funders: Sequence[Loaded]) -> Iterator[Fault]:
    total = sum(each["percent"] for each in funders)
    if total != 100:
        yield Fault(("funders",), _l("The shares add up to %(total)s, they must make 100.", total=total))
    yield from _find_twice([each["funder"] for each in funders], ("funders",))
    remainders = sum(bool(each.get("remainder")) for each in funders)
    if remainders > 1:
        yield Fault(
            ("funders",), _l("Only one payer can take the remainder of rounding, here are %(n)s.", n=remainders)
        )


def _find_twice(words: Sequence[str], path: Path) -> Iterator[Fault]:
    for word in sorted({each for each in words if words.count(each) > 1}):
        yield Fault(path, _l("%(word)s is there twice.", word=word))
