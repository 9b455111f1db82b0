"""What each senior has, as the ledger will have it: points by lot, and what was subsidised before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from meals.rules import Used


@dataclass(slots=True)
class Lot:
    """Points that are good until a day, that day included."""

    expires_on: date
    remaining_fen: int


@dataclass(slots=True)
class Purse:
    """The points of one senior, and the subsidised meals of the day and month."""

    lots: list[Lot] = field(default_factory=list)
    day: date = date.min
    meals: list[Mapping[str, Any]] = field(default_factory=list)
    month: Used = field(default_factory=Used)

    def grant(self, amount_fen: int, expires_on: date) -> None:
        """Add points; what is good for less time is spent first."""
        self.lots.append(Lot(expires_on, amount_fen))
        self.lots.sort(key=lambda lot: lot.expires_on)

    def points_on(self, day: date) -> int:
        """Return how many fen of points are good on a day."""
        return sum(lot.remaining_fen for lot in self.lots if lot.expires_on >= day)

    def spend(self, points_fen: int, day: date) -> list[tuple[Lot, int]]:
        """Take points from the lots that end first, and say how much from which."""
        taken = []
        for lot in self.lots:
            part_fen = min(lot.remaining_fen, points_fen) if lot.expires_on >= day else 0
            if part_fen:
                lot.remaining_fen -= part_fen
                points_fen -= part_fen
                taken.append((lot, part_fen))
        return taken

    def turn_to(self, day: date) -> None:
        """Begin a day: yesterday's meals no longer count, nor last month's."""
        if day == self.day:
            return
        if (day.year, day.month) != (self.day.year, self.day.month):
            self.month = Used()
        self.day, self.meals = day, []

    def note(self, meal: Mapping[str, Any]) -> None:
        """Count a subsidised meal."""
        self.meals = [*self.meals, meal]
        self.month = Used(self.month.subsidised + 1, self.month.public_fen + meal["public_fen"])

    def forget(self, meal: Mapping[str, Any]) -> None:
        """Take a subsidised meal back, as if it had not been."""
        self.meals = [each for each in self.meals if each is not meal]
        self.month = Used(self.month.subsidised - 1, self.month.public_fen - meal["public_fen"])
