"""Counters: how often and how much a guest may be subsidised in a meal, a day, a month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.money import allocate
from meals.pricing.facts import Earlier, Facts, Left, Reason, Share, Taken, Why, public_part
from meals.pricing.terms import Limit, Partial, Payer, PayerShare, Per, public_only


@dataclass(frozen=True, slots=True)
class Cut:
    """What the caps leave of the funders' part, and the cap that cut it, where one did."""

    public_fen: int
    reason: Reason | None = None


def find_used_up(limits: Sequence[Limit], taken: Taken, window: str | None) -> Reason | None:
    """Find the first count that leaves no subsidised meal, in the order of the document."""
    for limit in limits:
        if limit.subsidised is not None and taken.per(limit.per).subsidised >= limit.subsidised:
            last = _last_seen(taken.last) if limit.per is not Per.MONTH else {}
            return Reason(
                Why.COUNT_USED, {"per": str(limit.per), "window": window, "allowed": limit.subsidised, **last}
            )
    return None


def cut_to_caps(limits: Sequence[Limit], taken: Taken, *, public_fen: int) -> Cut | Reason:
    """Hold the funders' part to every cap, in the order of the document.

    A cap that is partly used gives the rest, or nothing at all, as the document says.
    """
    cut = Cut(public_fen)
    for limit in limits:
        if limit.public_fen is None:
            continue
        left_fen = max(limit.public_fen - taken.per(limit.per).public_fen, 0)
        if cut.public_fen <= left_fen:
            continue
        params: Facts = {"per": str(limit.per), "cap_fen": limit.public_fen, "left_fen": left_fen}
        if left_fen == 0 or limit.partial is Partial.NONE:
            return Reason(Why.CAP_USED, params)
        cut = Cut(left_fen, Reason(Why.CAP_CUT, params))
    return cut


def share_out(payers: Sequence[PayerShare], off_fen: int) -> list[Share]:
    """Divide a discount between its payers to the fen; the named one takes the remainder of rounding."""
    remainder_to = next((index for index, share in enumerate(payers) if share.remainder), len(payers) - 1)
    parts = allocate(off_fen, [share.percent for share in payers], remainder_to)
    return [Share(share.payer, part) for share, part in zip(payers, parts, strict=True) if part]


def reshare(payers: Sequence[PayerShare], shares: Sequence[Share], public_fen: int) -> list[Share]:
    """Divide a smaller public part anew; the canteen's concession stays what it was."""
    concession = [share for share in shares if share.payer is Payer.CONCESSION]
    return concession + share_out(public_only(payers), public_fen)


def left_after(limits: Sequence[Limit], taken: Taken, shares: Sequence[Share]) -> Iterator[Left]:
    """Yield what each counter has left after a sale with these shares; without any it was not subsidised."""
    for limit in limits:
        used = taken.per(limit.per)
        meals = fen = None
        if limit.subsidised is not None:
            meals = max(limit.subsidised - used.subsidised - int(bool(shares)), 0)
        if limit.public_fen is not None:
            fen = max(limit.public_fen - used.public_fen - public_part(shares), 0)
        yield Left(limit.per, meals, fen)


def _last_seen(last: Earlier | None) -> Facts:
    if last is None:
        return {}
    return {"at": last.at.strftime("%H:%M"), "canteen": last.canteen, "till": last.till, "here": last.here}
