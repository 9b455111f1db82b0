"""Who fits which line of a tier table: lines that nobody reaches, and ages that fall between lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.areas.rules import path_of
from app.people.rules import OLDEST, IncomeClass, LivingSituation
from meals.pricing.discount import fits
from meals.pricing.facts import Diner
from meals.pricing.terms import When

AGES = range(OLDEST + 1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Ages that get nothing above ages that get something; ``last`` is the last such age."""

    first: int
    last: int

    @property
    def open_ended(self) -> bool:
        """Whether it goes on to the end of life."""
        return self.last >= OLDEST


def is_reachable(when: When, earlier: Sequence[When]) -> bool:
    """Say whether some age of these conditions is left over by the earlier lines that are at least as wide.

    A line hidden only by several narrower ones together (every income class in a line of its own) counts as
    reachable: that is not a slip one makes, and to find it takes time exponential in the conditions.
    """
    wider = [other for other in earlier if _is_as_wide(other, when)]
    return any(_age_fits(when, age) and not any(_age_fits(other, age) for other in wider) for age in AGES)


def find_gap(whens: Sequence[When], area_code: str) -> Gap | None:
    """Find ages without a line above ages with one: for anybody at all, then for a local of no special class."""
    local = Diner(
        age=0,
        hukou_area=path_of(area_code),
        residence_area=path_of(area_code),
        income=str(IncomeClass.NONE),
        ability=0,
        living=str(LivingSituation.WITH_FAMILY),
    )
    for_anybody = [any(_age_fits(when, age) for when in whens) for age in AGES]
    locals_by_age = [replace(local, age=age) for age in AGES]
    for_local = [any(fits(when, diner) for when in whens) for diner in locals_by_age]
    return _first_hole(for_anybody) or _first_hole(for_local)


def _is_as_wide(other: When, when: When) -> bool:
    """Say whether all that these conditions let in, but for age, is let in by the other ones."""
    classes = ((other.income, when.income), (other.ability, when.ability), (other.living, when.living))
    places = ((other.hukou, when.hukou), (other.residence, when.residence))
    return all(not wide or (narrow and narrow <= wide) for wide, narrow in classes) and all(
        wide is None or (narrow is not None and narrow.startswith(wide)) for wide, narrow in places
    )


def _age_fits(when: When, age: int) -> bool:
    return (when.age_from or 0) <= age and (when.age_until is None or age < when.age_until)


def _first_hole(covered: Sequence[bool]) -> Gap | None:
    if True not in covered:
        return None
    first = next((age for age in range(covered.index(True), len(covered)) if not covered[age]), None)
    if first is None:
        return None
    after = next((age for age in range(first, len(covered)) if covered[age]), len(covered))
    return Gap(first, after - 1)
