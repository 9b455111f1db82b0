"""Price rules: what a meal costs whom. Values in, values out: no clock, no database.

The order of a decision, which is also the order of its reasons:

1. what bars a subsidy for this guest or canteen; no policy; outside the meal windows; counts used up;
2. the first band that fits the guest gives the discount: what the *guest* pays is computed first and
   rounded by the document's one rule (half up to a fen unless it says otherwise), the rest comes off;
3. caps on public money cut the funders' part (a cap wins over rounding);
4. the discount is divided between its payers to the fen, the remainder going to the named one;
5. points pay what they may of the guest's part, cash pays what is left.

A meal that gets no subsidy is still sold: the guest's points and cash pay the whole price.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from meals.pricing.counters import cut_to_caps, find_used_up, left_after, reshare, share_out
from meals.pricing.discount import discount_for
from meals.pricing.facts import (
    Diner,
    Earlier,
    Item,
    ItemKind,
    Left,
    Quote,
    Reason,
    Share,
    Taken,
    Used,
    Why,
    public_part,
    reason_from_json,
)
from meals.pricing.terms import Limit, MealDiscount, Payer, Per, PointsBase, PointsRule, SaleRules, Window

__all__ = [
    "NOTHING_TAKEN",
    "Diner",
    "Earlier",
    "Item",
    "ItemKind",
    "Left",
    "Limit",
    "MealDiscount",
    "Payer",
    "Per",
    "Quote",
    "Reason",
    "SaleRules",
    "Share",
    "Taken",
    "Used",
    "Why",
    "Window",
    "minutes_left",
    "price_meal",
    "reason_from_json",
    "window_at",
]

ALL_POINTS = PointsRule()
NOTHING_TAKEN = Taken()


@dataclass(frozen=True, slots=True)
class _Subsidy:
    shares: tuple[Share, ...]
    band: int | None
    reasons: tuple[Reason, ...]

    @property
    def off_fen(self) -> int:
        return sum(share.amount_fen for share in self.shares)


def price_meal(
    *,
    price_fen: int,
    diner: Diner,
    policy: MealDiscount | None,
    window: str | None,
    taken: Taken = NOTHING_TAKEN,
    points_available_fen: int = 0,
    items: Sequence[Item] = (),
    barred: Reason | None = None,
) -> Quote:
    """Divide a meal's price between funders, the canteen, the guest's points and cash.

    :param policy: the document for the canteen's area and day, ``None`` where there is none
    :param window: the name of the meal window of the moment, ``None`` outside all of them
    :param taken: what the guest was subsidised before, in this window, day and month
    :param points_available_fen: points that may pay for meals on the day
    :param items: the lines of the bill, where they are known; they add up to ``price_fen``
    :param barred: why there can be no subsidy whatever the policy says (licence lapsed, moved away, in hospital)
    :raises ValueError: if the price or points are negative, or the lines do not add up
    """
    _check_bill(price_fen, items, points_available_fen)
    found = barred or _subsidy(policy=policy, diner=diner, window=window, taken=taken, price_fen=price_fen, items=items)
    given = _Subsidy(shares=(), band=None, reasons=(found,)) if isinstance(found, Reason) else found
    guest_fen = price_fen - given.off_fen
    rule = policy.points if policy else ALL_POINTS
    points_fen, paying = _pay(rule, price_fen=price_fen, guest_fen=guest_fen, available_fen=points_available_fen)
    return Quote(
        price_fen=price_fen,
        shares=given.shares,
        points_fen=points_fen,
        cash_fen=guest_fen - points_fen,
        subsidised=bool(given.shares),
        window=window,
        band=given.band,
        reasons=(Reason(Why.PRICE, {"price_fen": price_fen}), *given.reasons, *paying),
        left=tuple(left_after(policy.limits, taken, given.shares)) if policy else (),
    )


def window_at(policy: MealDiscount, at: time) -> Window | None:
    """Find the meal window of a wall clock time in the policy's area."""
    minute = at.hour * 60 + at.minute
    return next((window for window in policy.windows if window.from_minute <= minute < window.until_minute), None)


def minutes_left(window: Window, at: time) -> int:
    """Return how many minutes a window stays open; a begun minute counts."""
    return max(window.until_minute - (at.hour * 60 + at.minute), 0)


def _check_bill(price_fen: int, items: Sequence[Item], points_available_fen: int) -> None:
    if price_fen < 0 or points_available_fen < 0:
        raise ValueError("a price and a balance are not negative")
    if items and sum(item.unit_price_fen * item.count for item in items) != price_fen:
        raise ValueError("the lines of a bill add up to its price")
    if any(item.unit_price_fen < 0 or item.count < 1 for item in items):
        raise ValueError("a line of a bill has a price and a count")


def _subsidy(
    *,
    policy: MealDiscount | None,
    diner: Diner,
    window: str | None,
    taken: Taken,
    price_fen: int,
    items: Sequence[Item],
) -> _Subsidy | Reason:
    """Work out who bears how much of a discount, or why there is none."""
    if policy is None:
        return Reason(Why.NO_POLICY)
    if window is None:
        return Reason(Why.OUTSIDE_WINDOWS, {"windows": tuple(_hours(each) for each in policy.windows)})
    used_up = find_used_up(policy.limits, taken, window)
    if used_up:
        return used_up
    discount = discount_for(policy, diner, price_fen=price_fen, items=items)
    if isinstance(discount, Reason):
        return discount
    payers = policy.payers_of(policy.bands[discount.band])
    shares = share_out(payers, discount.off_fen)
    cut = cut_to_caps(policy.limits, taken, public_fen=public_part(shares))
    if isinstance(cut, Reason):
        return cut
    if cut.reason:
        shares = reshare(payers, shares, cut.public_fen)
    told = [Reason(Why.SHARE, {"payer": str(share.payer), "amount_fen": share.amount_fen}) for share in shares]
    steps = (*discount.reasons, *((cut.reason,) if cut.reason else ()), *told)
    return _Subsidy(shares=tuple(shares), band=discount.band, reasons=steps)


def _pay(rule: PointsRule, *, price_fen: int, guest_fen: int, available_fen: int) -> tuple[int, tuple[Reason, ...]]:
    """Divide the guest's part between points and cash."""
    base_fen = guest_fen if rule.of is PointsBase.GUEST else price_fen
    allowed_fen = min(guest_fen, base_fen * rule.may_pay_percent // 100)
    points_fen = min(allowed_fen, available_fen)
    steps = [Reason(Why.POINTS, {"points_fen": points_fen}), Reason(Why.CASH, {"cash_fen": guest_fen - points_fen})]
    if points_fen < allowed_fen:
        steps.append(Reason(Why.POINTS_SHORT, {"available_fen": available_fen}))
    elif allowed_fen < guest_fen:
        steps.append(Reason(Why.POINTS_LIMITED, {"percent": rule.may_pay_percent, "of": str(rule.of)}))
    return points_fen, tuple(steps)


def _hours(window: Window) -> str:
    """Write a window as ``lunch 10:00-13:30``."""
    return f"{window.name} {clock_text(window.from_minute)}-{clock_text(window.until_minute)}"


def is_unusual(*, paid_fen: int, sales: int, large_fen: int, too_many: int) -> bool:
    """Say whether those who follow a guest should look twice: much paid at once, or sold to often on one day."""
    return paid_fen >= large_fen or sales >= too_many


def clock_text(minute: int) -> str:
    """Write minutes since midnight as a clock shows them: 1440 is ``24:00``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
