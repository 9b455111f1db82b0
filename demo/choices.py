"""Choices that look like chance and come out the same each time: numbers counted out by SHA-256."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from typing import Generic, TypeVar
from uuid import UUID

Thing = TypeVar("Thing")

RANGE = 1 << 64


class Weights(Generic[Thing]):
    """Things with the weight of each, ready to be drawn from many times."""

    def __init__(self, weights: Mapping[Thing, int]) -> None:
        self.things = tuple(weights)
        self.bounds = tuple(accumulate(weights.values()))


class Choices:
    """A stream of choices, the same for the same words, independent of every other stream."""

    def __init__(self, *words: object) -> None:
        self._seed = sha256("\n".join(str(word) for word in words).encode())
        self._count = 0
        self._ready: list[int] = []

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to, and not including, a bound."""
        return self._next() * bound >> 64

    def between(self, least: int, most: int) -> int:
        """Return a whole number between two, both included."""
        return least + self.below(most - least + 1)

    def chance(self, share: float) -> bool:
        """Say yes in a share of all cases, from 0 (never) to 1 (always)."""
        return self._next() < share * RANGE

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Return one of several things, each as likely."""
        return things[self.below(len(things))]

    def weighted(self, weights: Weights[Thing]) -> Thing:
        """Return one of several things, each as likely as its weight says."""
        return weights.things[bisect_right(weights.bounds, self.below(weights.bounds[-1]))]

    def around(self, middle: int, spread: int) -> int:
        """Return a whole number near a middle: mostly within the spread, never beyond three times of it."""
        # Three dice make a bell that is round enough for the time somebody comes to lunch.
        dice = sum(self.below(2 * spread + 1) for _ in range(3)) - 3 * spread
        return middle + dice

    def digits(self, count: int) -> str:
        """Return so many decimal digits."""
        return str(self.below(10**count)).zfill(count)

    def uuid7(self, moment: datetime) -> UUID:
        """Return an id of version 7 (RFC 9562) made at a moment."""
        bits = int(moment.timestamp() * 1000) << 80 | self._next() << 16 | self.below(1 << 16)
        bits = bits & ~(0xF << 76) | 0x7 << 76
        return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)

    def _next(self) -> int:
        if not self._ready:
            drawn = self._seed.copy()
            drawn.update(self._count.to_bytes(8))
            self._count += 1
            block = drawn.digest()
            self._ready = [int.from_bytes(block[start : start + 8]) for start in range(0, 32, 8)]
        return self._ready.pop()
