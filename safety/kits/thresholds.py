"""Thresholds that a home may have of its own: whoever judges names them, and this is where they are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A number of the rules that one home may have otherwise: its name in the document, what it is, and its bounds."""

    name: str
    label: Any
    unit: Any
    least: int
    most: int


_thresholds: dict[str, Threshold] = {}


def register_thresholds(thresholds: Sequence[Threshold]) -> None:
    """Let a home have these otherwise; called once, from the manifest of whoever judges."""
    _thresholds.update({each.name: each for each in thresholds})


def list_thresholds() -> Sequence[Threshold]:
    """Return what a home may have otherwise, in the order in which it was named."""
    return tuple(_thresholds.values())


def find_threshold(name: str) -> Threshold | None:
    """Return one of them, or nothing."""
    return _thresholds.get(name)


def find_faults(overrides: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Return the bounds of each number that lies outside of them; unknown names are left to the caller."""
    known = {name: found for name in overrides if (found := find_threshold(name))}
    return {
        name: (bounds.least, bounds.most)
        for name, bounds in known.items()
        if not bounds.least <= overrides[name] <= bounds.most
    }
