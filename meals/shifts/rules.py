"""What a shift comes to: sold, undone and what is left of both, by payer and payment; what must lie in the drawer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

# The notes and coins in circulation, the largest first.
DENOMINATIONS_FEN = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
FLOAT_FEN_AT_MOST = 10_000_000
COUNTED_FEN_AT_MOST = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What some sales come to: price = payers + concession + points + cash + unpaid."""

    count: int = 0
    subsidised: int = 0
    price_fen: int = 0
    city_fen: int = 0
    district_fen: int = 0
    street_fen: int = 0
    community_fen: int = 0
    charity_fen: int = 0
    concession_fen: int = 0
    points_fen: int = 0
    cash_fen: int = 0
    unpaid_fen: int = 0

    @property
    def public_fen(self) -> int:
        """Return what the public purse and charity bear."""
        return self.city_fen + self.district_fen + self.street_fen + self.community_fen + self.charity_fen

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(**{name: getattr(self, name) + getattr(other, name) for name in NAMES})

    def __sub__(self, other: "Sum") -> "Sum":
        return Sum(**{name: getattr(self, name) - getattr(other, name) for name in NAMES})


NAMES = tuple(each.name for each in fields(Sum))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sales made in a time, and sales undone in it: those may have been made before."""

    sold: Sum = field(default_factory=Sum)
    undone: Sum = field(default_factory=Sum)

    @property
    def net(self) -> Sum:
        """Return what is left when what was undone is taken off."""
        return self.sold - self.undone

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(sold=self.sold + other.sold, undone=self.undone + other.undone)

    def __sub__(self, other: "Totals") -> "Totals":
        return Totals(sold=self.sold - other.sold, undone=self.undone - other.undone)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept at closing."""
        return {"sold": asdict(self.sold), "undone": asdict(self.undone)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Totals":
        """Read what was kept; a sum of an older form counts as nothing."""
        sums = {side: kept.get(side, {}) for side in ("sold", "undone")}
        return cls(**{side: Sum(**{name: found.get(name, 0) for name in NAMES}) for side, found in sums.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCount:
    """What a till counted by itself: sales that were answered in this shift, and those that were not yet."""

    waiting: int
    count: int
    price_fen: int
    points_fen: int
    cash_fen: int

    def agrees_with(self, sold: Sum) -> bool:
        """Say whether the server has exactly these sales, as far as sums can tell."""
        return (self.count, self.price_fen, self.points_fen, self.cash_fen) == (
            sold.count,
            sold.price_fen,
            sold.points_fen,
            sold.cash_fen,
        )


def expect_cash(*, float_fen: int, totals: Totals) -> int:
    """Return what must lie in the drawer: the float, what was taken, less what was handed back."""
    return float_fen + totals.net.cash_fen


def add_up(counts: Mapping[int, int]) -> int:
    """Add up notes and coins: how many of each, by its worth in fen."""
    return sum(worth * count for worth, count in counts.items())
