"""The canteens a canteen role can be given for, told by the feature that has canteens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Workplace:
    """A canteen as this floor knows it: an id, a name and where it lies."""

    id: int
    name: str
    area_code: str


class Lister(Protocol):
    """Names workplaces: those within some areas, or those of some ids."""

    def __call__(
        self, session: Session, *, area_codes: Collection[str] | None, ids: Collection[int] | None
    ) -> Sequence[Workplace]:
        """Return the workplaces; exactly one of the two is given."""


_listers: list[Lister] = []


def register_workplaces(lister: Lister) -> None:
    """Let a feature name its workplaces; called once, from its manifest."""
    if lister not in _listers:
        _listers.append(lister)


def list_workplaces(session: Session, *, area_codes: Collection[str]) -> list[Workplace]:
    """Return all workplaces within these areas."""
    return [place for lister in _listers for place in lister(session, area_codes=area_codes, ids=None)]


def find_workplaces(session: Session, *, ids: Collection[int]) -> list[Workplace]:
    """Return the workplaces of these ids; unknown ones are left out."""
    return [place for lister in _listers for place in lister(session, area_codes=None, ids=ids)]
