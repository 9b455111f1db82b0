"""The canteens a canteen role can be given for, told by the feature that has canteens."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Workplace:
    """A canteen as this floor knows it: an id, a name and where it lies."""

    id: int
    name: str
    area_code: str


Lister = Callable[[Session, Collection[str]], Sequence[Workplace]]

_listers: list[Lister] = []


def register_workplaces(lister: Lister) -> None:
    """Let a feature name the workplaces within some areas; called once, from its manifest."""
    if lister not in _listers:
        _listers.append(lister)


def list_workplaces(session: Session, *, area_codes: Collection[str]) -> list[Workplace]:
    """Return all workplaces within these areas."""
    return [workplace for lister in _listers for workplace in lister(session, area_codes)]
