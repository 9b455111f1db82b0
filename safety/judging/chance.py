"""Chance that comes out the same each time: numbers counted out from a seed, for generated lives and trials."""

from collections.abc import Sequence
from math import cos, exp, log, pi, sqrt
from typing import TypeVar

Picked = TypeVar("Picked")

MASK = 2**64 - 1


class Dice:
    """A row of numbers that a seed decides (SplitMix64, Steele et al. 2014). Nothing secret may hang on it."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK

    def share(self) -> float:
        """Return a number from 0 up to, but without, 1."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / 2**53

    def chance(self, share: float) -> bool:
        """Say yes in this share of cases."""
        return self.share() < share

    def between(self, least: float, most: float) -> float:
        """Return a number between two bounds."""
        return least + (most - least) * self.share()

    def normal(self, middle: float, spread: float) -> float:
        """Return a number around a middle (Box-Muller)."""
        return middle + spread * sqrt(-2 * log(1 - self.share())) * cos(2 * pi * self.share())

    def skewed(self, median: float, spread: float) -> float:
        """Return a positive number, half of them below the median, few of them far above it (log-normal)."""
        return median * exp(self.normal(0, spread))

    def wait(self, mean: float) -> float:
        """Return how long until something that happens by chance, so long on average."""
        return -mean * log(1 - self.share())

    def pick(self, choices: Sequence[Picked]) -> Picked:
        """Pick one of a few."""
        return choices[int(self.share() * len(choices))]
