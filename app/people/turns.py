"""Turns of life: a death, a stay, a move, a return, and what each feature does then, with what comes of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.clock import business_day
from app.people.rules import Status


class TurnKind(StrEnum):
    """What happens in a person's life that every feature has to know of."""

    DEATH = "death"
    HOSPITAL = "hospital"
    DISCHARGE = "discharge"
    INSTITUTION = "institution"
    MOVE = "move"
    RETURN = "return"


# What the register says from the turn's day on.
STATUSES: Mapping[TurnKind, Status] = {
    TurnKind.DEATH: Status.DECEASED,
    TurnKind.HOSPITAL: Status.IN_HOSPITAL,
    TurnKind.DISCHARGE: Status.ACTIVE,
    TurnKind.INSTITUTION: Status.IN_INSTITUTION,
    TurnKind.MOVE: Status.MOVED_AWAY,
    TurnKind.RETURN: Status.ACTIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn of life as it is recorded: of whom, from which day on, until when, where to, by whom and why.

    ``id`` is missing while its consequences are only foreseen. ``until_on`` is known of some stays; a move without
    ``to_area_code`` leads out of the places that the product knows. ``back_to`` is what a discharge leads back to where
    that is not home.
    """

    id: int | None
    kind: TurnKind
    senior_id: int
    from_on: date
    by: Actor
    now: datetime
    until_on: date | None = None
    to_area_code: str | None = None
    reason: str = ""
    back_to: Status | None = None

    @property
    def status(self) -> Status | None:
        """Return what the register says from the day on; nothing for a move to a place that the product knows."""
        if self.kind is TurnKind.MOVE and self.to_area_code:
            return None
        return self.back_to or STATUSES[self.kind]

    @property
    def comes_home(self) -> bool:
        """Say whether somebody who was away is at home from the day on."""
        return self.kind in (TurnKind.DISCHARGE, TurnKind.RETURN) and self.status is Status.ACTIVE

    @property
    def is_over(self) -> bool:
        """Say whether it is a stay that had ended before it was recorded."""
        return self.until_on is not None and self.until_on <= self.today

    @property
    def today(self) -> date:
        """Return the day on which it is recorded."""
        return business_day(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that a turn does, or would do: how many of what, how much money, and that in words.

    ``detail`` is what taking it back needs, as JSON has it; ``words`` may be lazy, and name no person.
    """

    code: str
    count: int
    words: Any
    amount_fen: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEffect:
    """What a feature does when somebody's life takes a turn.

    ``foresee`` says what would happen and writes nothing; ``carry_out`` does it, in the one transaction of the turn;
    ``take_back`` gets what ``carry_out`` answered, and says what it took back and, with codes that begin with
    ``kept_``, what it cannot.

    ``find_after`` looks once more for what was spent after the turn's day, and may write findings; the keys of what it
    found stand in ``detail["refs"]``, and beside each its money in ``detail["fens"]``. ``claim`` gives such spends
    back where two people asked for it. ``settle`` does what had to wait until the days of grace were over.
    ``left_over`` names the dead who have something by now that ``settle`` lets go.
    """

    name: str
    foresee: Callable[[Session, Turn], Sequence[Effect]]
    carry_out: Callable[[Session, Turn], Sequence[Effect]]
    take_back: Callable[[Session, Turn, Sequence[Effect]], Sequence[Effect]]
    find_after: Callable[[Session, Turn], Sequence[Effect]] | None = None
    spenders: Callable[[Session, datetime], Collection[int]] | None = None
    claim: Callable[[Session, Turn, Sequence[str]], Sequence[Effect]] | None = None
    settle: Callable[[Session, Turn], Sequence[Effect]] | None = None
    left_over: Callable[[Session, date], Collection[int]] | None = None
