"""What somebody's purses hold beside the points for care and meals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from shops.policy import list_purses
from shops.rules import PURPOSES
from shops.wording import in_units
from subsidies import queries as ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is left in one purse, and until when the first of it is good."""

    purpose: str
    name: Mapping[str, str]
    unit: Mapping[str, str]
    unit_fen: int
    fen: int
    first_expiry: date

    @property
    def units(self) -> str:
        """Return what is left in the units of the purse."""
        return in_units(self.fen, self.unit_fen)


# Where no rules of a purse hold any more, its points are still there.
NAMELESS = {"goods": {"zh": "购物点数", "en": "Goods points"}, "everyday": {"zh": "便民点数", "en": "Service points"}}
YUAN = {"zh": "元", "en": "yuan"}


def is_for_shops(purpose: str) -> bool:
    """Say whether points of a purpose pay in shops alone."""
    return set(purpose.split(".")) <= set(PURPOSES)


def pays_beyond_shops(purpose: str) -> bool:
    """Say whether points of a purpose pay for anything else."""
    return not is_for_shops(purpose)


def list_held(session: Session, *, home: int, area_code: str, on: date) -> Sequence[Held]:
    """List what somebody's purses hold on a day, named as the rules where they live name them. Asks nobody's leave."""
    lots = [lot for lot in ledger.get_wallet(session, home=home, on=on).lots if is_for_shops(lot.purpose)]
    if not lots:
        return []
    rules = {purse.purpose: purse for purse in reversed(list_purses(session, area_code=area_code, on=on))}
    return [_held(purpose, lots, rules.get(purpose)) for purpose in PURPOSES if _of(lots, purpose)]


def _of(lots: Sequence[Any], purpose: str) -> list[Any]:
    """Return the lots of a purse; points that pay in several stand under the first."""
    return [lot for lot in lots if next(each for each in PURPOSES if each in lot.purpose.split(".")) == purpose]


def _held(purpose: str, lots: Sequence[Any], rules: Any) -> Held:
    own = _of(lots, purpose)
    return Held(
        purpose=purpose,
        name=rules.name if rules else NAMELESS[purpose],
        unit=rules.unit if rules else YUAN,
        unit_fen=rules.unit_fen if rules else 100,
        fen=sum(lot.remaining_fen for lot in own),
        first_expiry=min(lot.expires_on for lot in own),
    )
