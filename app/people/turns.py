"""Turns of life: a death, a stay, a move, a return, and what each feature does then, with what comes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.auth.actor import Actor
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
    ``to_area_code`` leads out of the places that the product knows.
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
    """

    name: str
    foresee: Callable[[Session, Turn], Sequence[Effect]]
    carry_out: Callable[[Session, Turn], Sequence[Effect]]
    take_back: Callable[[Session, Turn, Sequence[Effect]], Sequence[Effect]]
