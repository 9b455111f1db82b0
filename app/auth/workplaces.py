"""The canteens, providers of care and shops that a role can be given for, told by the features that have them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session


class Trade(StrEnum):
    """What is done at a workplace; ids are told apart by it."""

    CANTEEN = "canteen"
    PROVIDER = "provider"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Workplace:
    """A canteen, a provider or a shop as this floor knows it: an id, a name and where it lies."""

    id: int
    name: str
    area_code: str


class Lister(Protocol):
    """Names workplaces: those within some areas, or those of some ids."""

    def __call__(
        self, session: Session, *, area_codes: Collection[str] | None, ids: Collection[int] | None
    ) -> Sequence[Workplace]:
        """Return the workplaces; exactly one of the two is given."""


_listers: list[tuple[Trade, Lister]] = []


def register_workplaces(lister: Lister, trade: Trade = Trade.CANTEEN) -> None:
    """Let a feature name its workplaces; called once, from its manifest."""
    if (trade, lister) not in _listers:
        _listers.append((trade, lister))


def list_workplaces(session: Session, *, area_codes: Collection[str], trade: Trade = Trade.CANTEEN) -> list[Workplace]:
    """Return all workplaces of a trade within these areas."""
    return [place for lister in _listers_of(trade) for place in lister(session, area_codes=area_codes, ids=None)]


def find_workplaces(session: Session, *, ids: Collection[int], trade: Trade = Trade.CANTEEN) -> list[Workplace]:
    """Return the workplaces of a trade with these ids; unknown ones are left out."""
    return [place for lister in _listers_of(trade) for place in lister(session, area_codes=None, ids=ids)]


def _listers_of(trade: Trade) -> list[Lister]:
    return [lister for each, lister in _listers if each is trade]
