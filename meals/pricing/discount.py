"""How much comes off a bill for a guest, before any counter has its say."""

from collections.abc import Sequence
from dataclasses import dataclass

from meals.pricing.facts import Diner, Facts, Item, ItemKind, Reason, Why
from meals.pricing.terms import Band, MealDiscount, Rounding, When


@dataclass(frozen=True, slots=True)
class Discount:
    """What comes off by the tier table, and the steps that led there."""

    off_fen: int
    band: int
    reasons: tuple[Reason, ...]


def fits(when: When, diner: Diner) -> bool:
    """Say whether a band is for this guest: every condition that it names must hold."""
    return (
        (when.age_from is None or diner.age >= when.age_from)
        and (when.age_until is None or diner.age < when.age_until)
        and (not when.income or diner.income in when.income)
        and (not when.ability or diner.ability in when.ability)
        and (not when.living or diner.living in when.living)
        and _lies_within(diner.hukou_area, when.hukou)
        and _lies_within(diner.residence_area, when.residence)
    )


def find_band(bands: Sequence[Band], diner: Diner) -> int | None:
    """Find the first band that fits a guest, by its place in the table."""
    return next((index for index, band in enumerate(bands) if fits(band.when, diner)), None)


def discount_for(
    policy: MealDiscount, diner: Diner, *, price_fen: int, items: Sequence[Item] = ()
) -> Discount | Reason:
    """Work out what comes off a bill, or the reason why nothing does."""
    index = find_band(policy.bands, diner)
    if index is None:
        return Reason(Why.NO_BAND, {"age": diner.age})
    band = policy.bands[index]
    basis_fen = _basis_fen(band, price_fen=price_fen, items=items)
    if basis_fen is None:
        return Reason(Why.NO_SET_MEAL, {"at_most_fen": band.set_meal_at_most_fen})
    if basis_fen < band.minimum_bill_fen:
        return Reason(Why.BILL_UNDER_MINIMUM, {"minimum_fen": band.minimum_bill_fen, "bill_fen": basis_fen})
    wanted_fen = basis_fen - _guest_part_fen(band, policy.rounding, basis_fen)
    at_most_fen = band.off_at_most_fen
    off_fen = wanted_fen if at_most_fen is None else min(wanted_fen, at_most_fen)
    if off_fen == 0:
        return Reason(Why.NOTHING_OFF)
    reasons = [_tier(band.when, diner), *_counted(band, basis_fen, price_fen), _how(band, off_fen)]
    if off_fen < wanted_fen:
        reasons.append(Reason(Why.OFF_CAPPED, {"at_most_fen": at_most_fen}))
    return Discount(off_fen=off_fen, band=index, reasons=tuple(reasons))


def _lies_within(code: str | None, path: str | None) -> bool:
    return path is None or (code is not None and code.startswith(path))


def _basis_fen(band: Band, *, price_fen: int, items: Sequence[Item]) -> int | None:
    """Return the part of the bill that counts; ``None`` if the band wants a set meal and there is none.

    One card is one person: of several set meals the dearest allowed one counts, once.
    """
    if band.set_meal_at_most_fen is not None:
        meals = [item.unit_price_fen for item in items if item.kind is ItemKind.SET_MEAL]
        basis_fen = max((price for price in meals if price <= band.set_meal_at_most_fen), default=None)
    else:
        delivery = (item.unit_price_fen * item.count for item in items if item.kind is ItemKind.DELIVERY)
        basis_fen = price_fen - sum(delivery)
    if basis_fen is None or band.price_cap_fen is None:
        return basis_fen
    return min(basis_fen, band.price_cap_fen)


def _guest_part_fen(band: Band, rounding: Rounding, basis_fen: int) -> int:
    """Return what the guest pays of the basis: fixed amounts as they are, a percentage by the rounding rule."""
    if band.off_fen is not None:
        return max(basis_fen - band.off_fen, 0)
    if band.pays_fen is not None:
        return min(basis_fen, band.pays_fen)
    if band.pays_percent is not None:
        return min(basis_fen, rounding.apply(basis_fen, band.pays_percent))
    raise ValueError("a band says how much the guest pays, or how much comes off")


def _tier(when: When, diner: Diner) -> Reason:
    return Reason(Why.TIER, {"age": diner.age, **tier_facts(when)})


def tier_facts(when: When) -> Facts:
    """Return the conditions that a band names, plain, for words and for storing."""
    facts: Facts = {
        "age_from": when.age_from,
        "age_until": when.age_until,
        "income": tuple(sorted(when.income)),
        "ability": tuple(sorted(when.ability)),
        "living": tuple(sorted(when.living)),
        "hukou": when.hukou,
        "residence": when.residence,
    }
    return {name: fact for name, fact in facts.items() if fact is not None and fact != ()}


def _counted(band: Band, basis_fen: int, price_fen: int) -> list[Reason]:
    if basis_fen == price_fen:
        return []
    kind = "set_meal" if band.set_meal_at_most_fen is not None else "bill"
    return [Reason(Why.COUNTED, {"counted_fen": basis_fen, "kind": kind})]


def _how(band: Band, off_fen: int) -> Reason:
    if band.off_fen is not None:
        return Reason(Why.OFF_FIXED, {"off_fen": off_fen, "minimum_fen": band.minimum_bill_fen})
    if band.pays_fen is not None:
        return Reason(Why.PAYS_FIXED, {"pays_fen": band.pays_fen, "off_fen": off_fen})
    return Reason(Why.PAYS_PERCENT, {"percent": band.pays_percent, "off_fen": off_fen})
