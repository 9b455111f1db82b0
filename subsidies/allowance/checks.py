"""What a person would object to in an ``allowance_programme`` document of the right shape."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l

from app.people.rules import OLDEST
from app.policies.kinds import Fault, Path
from subsidies.allowance.reading import tier_terms
from subsidies.allowance.schema import MONTH_FEN_AT_MOST
from subsidies.allowance.terms import Follows, Mode, When

Loaded = Mapping[str, Any]
NOBODY = _l("Nobody is meant by this line: until must be above from.")


def find_programme_faults(loaded: Loaded, area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a body."""
    tiers = [tier_terms(tier, loaded["unit_fen"], area_code) for tier in loaded["who"]]
    whens = [tier.when for tier in tiers]
    crooked = [*_empty_ages(whens), *_out_of_reach(whens, loaded["follows"], area_code)]
    yield from crooked
    yield from (
        Fault(
            ("who", number, "points"),
            _l(
                "%(points)s points of %(unit)s fen are more than %(most)s yuan a month. Is the unit right?",
                points=loaded["who"][number]["points"],
                unit=loaded["unit_fen"],
                most=MONTH_FEN_AT_MOST // 100,
            ),
        )
        for number, tier in enumerate(tiers)
        if tier.amount_fen > MONTH_FEN_AT_MOST
    )
    if not crooked:
        yield from _overlaps(whens)
        yield from _holes(whens)
    yield from _services(loaded)
    yield from _expiry(loaded["expiry"])
    yield from _conflicts(loaded)


def _empty_ages(whens: Sequence[When]) -> Iterator[Fault]:
    for number, when in enumerate(whens):
        if when.age_until is not None and when.age_until <= (when.age_from or 0):
            yield Fault(("who", number, "when", "age"), NOBODY)


def _out_of_reach(whens: Sequence[When], follows: str, area_code: str) -> Iterator[Fault]:
    """Find lines for people of a place in which the document does not hold."""
    here = When(hukou=_own(area_code), residence=_own(area_code))
    for number, when in enumerate(whens):
        asked, own, name = (
            (when.hukou, here.hukou, "hukou")
            if follows == Follows.HUKOU
            else (when.residence, here.residence, "lives_in")
        )
        if asked and own and not (asked.startswith(own) or own.startswith(asked)):
            yield Fault(
                ("who", number, "when", name),
                _l("Nobody reaches this line: the document holds for people of another place."),
            )


def _own(area_code: str) -> str:
    return tier_terms({"when": {"hukou": True}, "points": 1}, 1, area_code).when.hukou or ""


def _overlaps(whens: Sequence[When]) -> Iterator[Fault]:
    for number, when in enumerate(whens):
        for earlier, other in enumerate(whens[:number]):
            path: Path = ("who", number)
            if not _meet(when, other):
                continue
            if _covers(other, when):
                yield Fault(
                    path, _l("Nobody reaches this line: line %(other)s takes all it is meant for.", other=earlier + 1)
                )
            else:
                yield Fault(
                    path, _l("The same people are meant by line %(other)s. Lines may not overlap.", other=earlier + 1)
                )


def _meet(one: When, other: When) -> bool:
    """Say whether somebody could fit both."""
    classes = (
        (one.income, other.income),
        (one.ability, other.ability),
        (one.living, other.living),
        (one.status, other.status),
    )
    return (
        (one.age_from or 0) < _until(other)
        and (other.age_from or 0) < _until(one)
        and all(not a or not b or a & b for a, b in classes)
        and _places_meet(one.hukou, other.hukou)
        and _places_meet(one.residence, other.residence)
    )


def _covers(wide: When, narrow: When) -> bool:
    """Say whether everybody of one line fits the other."""
    classes = (
        (wide.income, narrow.income),
        (wide.ability, narrow.ability),
        (wide.living, narrow.living),
        (wide.status, narrow.status),
    )
    places = ((wide.hukou, narrow.hukou), (wide.residence, narrow.residence))
    return (
        (wide.age_from or 0) <= (narrow.age_from or 0)
        and _until(narrow) <= _until(wide)
        and all(not a or (b and b <= a) for a, b in classes)
        and all(a is None or (b or "").startswith(a) for a, b in places)
    )


def _places_meet(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one.startswith(other) or other.startswith(one)


def _until(when: When) -> int:
    return OLDEST + 1 if when.age_until is None else when.age_until


def _holes(whens: Sequence[When]) -> Iterator[Fault]:
    """Find ages that get nothing above ages that get something, among lines that differ by age alone."""
    groups: dict[When, list[int]] = {}
    for number, when in enumerate(whens):
        groups.setdefault(replace(when, age_from=None, age_until=None), []).append(number)
    for numbers in groups.values():
        in_order = sorted(numbers, key=lambda number: whens[number].age_from or 0)
        starts = [whens[number].age_from or 0 for number in in_order[1:]] + [OLDEST + 1]
        for number, start in zip(in_order, starts, strict=True):
            if _until(whens[number]) < start:
                yield _hole(number, _until(whens[number]), start)


def _hole(number: int, first: int, start: int) -> Fault:
    path: Path = ("who", number, "when", "age")
    if start > OLDEST:
        return Fault(path, _l("People of %(first)s and more get nothing, though younger ones do.", first=first))
    told = _l(
        "People from %(first)s to %(last)s get nothing, though younger and older ones do.", first=first, last=start - 1
    )
    return Fault(path, told)


def _services(loaded: Loaded) -> Iterator[Fault]:
    for number, name in enumerate(loaded["pays_for"]):
        if name in loaded["pays_for"][:number]:
            yield Fault(("pays_for", number), _l("This service is there twice."))


def _expiry(expiry: Loaded) -> Iterator[Fault]:
    mode = expiry["mode"]
    if mode == Mode.MONTHS and "months" not in expiry:
        yield Fault(("expiry",), _l("Say for how many months the points are good: months."))
    if mode in {Mode.MONTH_END, Mode.YEAR_END} and "months" in expiry:
        yield Fault(("expiry", "months"), _l("With this mode there is no number of months."))
    if (mode == Mode.ROLLOVER) != ("then" in expiry):
        yield Fault(
            ("expiry",), _l("A rollover says what the points may pay then, and for how long: then. Others do not.")
        )


def _conflicts(loaded: Loaded) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, conflict in enumerate(loaded.get("conflicts", ())):
        path: Path = ("conflicts", number, "with")
        if conflict["other"] == loaded["code"]:
            yield Fault(path, _l("A programme does not compare with itself."))
        if conflict["other"] in seen:
            yield Fault(path, _l("This programme is there twice."))
        seen.add(conflict["other"])
