"""What a person would object to in a meal policy document of the right shape."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.policies.kinds import Fault, Path
from meals.documents.ages import find_gap, is_reachable
from meals.documents.reading import band_terms

Loaded = Mapping[str, Any]

AMOUNTS = ("guest_pays_percent", "off_percent", "off_fen", "guest_pays_fen")
PERCENTAGES = {"guest_pays_percent", "off_percent"}


def find_discount_faults(loaded: Loaded, area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``meal_discount`` body."""
    yield from _windows(loaded["windows"])
    yield from find_limit_faults(loaded.get("limits", ()))
    yield from find_payer_faults(loaded["payers"], ("payers",))
    bands = loaded["bands"][:-1] if loaded["bands"][-1] == {} else loaded["bands"]
    if not bands:
        yield Fault(("bands",), _l("No band gives a discount."))
    amounts = [fault for index, band in enumerate(bands) for fault in _band(band, ("bands", index))]
    yield from amounts
    if not amounts:
        yield from _tiers(bands, area_code)


def find_sale_rules_faults(_loaded: Loaded, _area_code: str) -> Iterator[Fault]:
    """Name what makes no sense in a ``sale_rules`` body: its bounds say all there is to say."""
    yield from ()


def _windows(windows: Sequence[Loaded]) -> Iterator[Fault]:
    seen: list[Loaded] = []
    for index, window in enumerate(windows):
        path: Path = ("windows", index)
        if window["until_minute"] <= window["from_minute"]:
            yield Fault(
                (*path, "until"),
                _l("A window ends after it begins, on the same day. For one past midnight write two, one until 24:00."),
            )
        if any(window["name"] == other["name"] for other in seen):
            yield Fault((*path, "name"), _l("This window is there twice."))
        if any(_overlap(window, other) for other in seen):
            yield Fault(path, _l("This window overlaps another one."))
        seen.append(window)


def _overlap(one: Loaded, other: Loaded) -> bool:
    return bool(one["from_minute"] < other["until_minute"] and other["from_minute"] < one["until_minute"])


def find_limit_faults(limits: Sequence[Loaded]) -> Iterator[Fault]:
    """Name what makes no sense in a list of counters."""
    seen: set[tuple[str, str]] = set()
    for index, limit in enumerate(limits):
        path: Path = ("limits", index)
        counted = [name for name in ("subsidised", "public_fen") if name in limit]
        if len(counted) != 1:
            yield Fault(path, _l("A limit counts either subsidised meals or public_fen, one of them."))
        elif (limit["per"], counted[0]) in seen:
            yield Fault(path, _l("This limit is there twice."))
        if "partly" in limit and "public_fen" not in limit:
            yield Fault((*path, "partial"), _l("Only a limit of public_fen can be used in part."))
        seen.update((limit["per"], name) for name in counted)


def find_payer_faults(payers: Sequence[Loaded], path: Path) -> Iterator[Fault]:
    """Name what makes no sense in a list of payers."""
    total = sum(share["percent"] for share in payers)
    if total != 100:
        yield Fault(path, _l("The shares add up to %(total)s, they must make 100.", total=total))
    remainders = sum(bool(share.get("remainder")) for share in payers)
    if remainders > 1:
        yield Fault(path, _l("Only one payer can take the remainder of rounding, here are %(n)s.", n=remainders))
    if remainders == 0 and len(payers) > 1:
        yield Fault(path, _l("Say which payer takes the remainder of rounding: remainder: true."))
    for name, count in Counter(share["payer"] for share in payers).items():
        if count > 1:
            yield Fault(path, _l("The payer %(name)s is there %(count)s times.", name=name, count=count))


def _band(band: Loaded, path: Path) -> Iterator[Fault]:
    given = [name for name in AMOUNTS if name in band]
    if len(given) != 1:
        names = ", ".join(AMOUNTS)
        yield Fault(path, _l("A band says one of %(names)s; only the last one may be empty.", names=names))
        return
    if "minimum_bill_fen" in band and "off_fen" not in band:
        yield Fault((*path, "minimum_bill_fen"), _l("A minimum bill goes with off_fen only."))
    if "off_at_most_fen" in band and "off_fen" in band:
        yield Fault((*path, "off_at_most_fen"), _l("off_fen is a fixed amount and needs no upper bound."))
    if "price_cap_fen" in band and given[0] not in PERCENTAGES:
        yield Fault((*path, "price_cap_fen"), _l("A price cap goes with a percentage only."))
    if "guest_pays_fen" in band and not {"set_meal", "off_at_most_fen"} & set(band):
        yield Fault(path, _l("With guest_pays_fen the discount has no bound: add set_meal or off_at_most_fen."))
    age = band.get("when", {}).get("age", {})
    if age.get("age_until") is not None and age["age_until"] <= age.get("age_from", 0):
        yield Fault((*path, "when", "age"), _l("Nobody is of this age: until must be above from."))
    if "payers" in band:
        yield from find_payer_faults(band["payers"], (*path, "payers"))


def _tiers(loaded: Sequence[Loaded], area_code: str) -> Iterable[Fault]:
    bands = [band_terms(band, area_code) for band in loaded]
    for index, band in enumerate(bands):
        if not is_reachable(band.when, [earlier.when for earlier in bands[:index]]):
            yield Fault(
                ("bands", index), _l("Nobody reaches this band: all it is for fit an earlier one. Change the order.")
            )
    gap = find_gap([band.when for band in bands], area_code)
    if gap:
        yield Fault(
            ("bands",),
            _l(
                "Guests of %(first)s and more get nothing, though younger ones do. Fill this gap in the ages.",
                first=gap.first,
            )
            if gap.open_ended
            else _l(
                "Guests from %(first)s to %(last)s get nothing, though younger and older ones do."
                " Fill this gap in the ages.",
                first=gap.first,
                last=gap.last,
            ),
        )
