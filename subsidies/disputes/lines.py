"""The lines that can be disputed: those of the ledger, and those that features show beside them without points."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.errors import NotFound
from subsidies.reading.wallets import MovementView, get_transaction
from subsidies.wording import MOVEMENT_NAMES, Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A line of a statement as whoever answers about it needs it.

    :param is_booked: whether the ledger has it; a meal paid in cash alone is no transaction
    :param cause: what it was for; its ``what`` says who can tell the circumstances
    """

    home: int
    id: UUID
    name: Any
    change_fen: int
    occurred_at: datetime
    booked_at: datetime
    device: str
    explanation: Explanation
    cause: Mapping[str, object]
    is_booked: bool = False
    kind: str = ""


Find = Callable[[Session, int, UUID], AskedLine | None]

_finders: list[Find] = []


def register_lines(find: Find) -> None:
    """Let a feature answer for lines that it shows families and the ledger does not have."""
    if find not in _finders:
        _finders.append(find)


def get_line(session: Session, *, home: int, line_id: UUID) -> AskedLine:
    """Return a line of a senior's statement.

    :raises NotFound: if neither the ledger nor a feature has one with this id
    """
    for find in (_find_booked, *_finders):
        found = find(session, home, line_id)
        if found is not None:
            return found
    raise NotFound


def _find_booked(session: Session, home: int, line_id: UUID) -> AskedLine | None:
    try:
        movement = get_transaction(session, home=home, txn_id=line_id)
    except NotFound:
        return None
    return _of_movement(movement)


def _of_movement(movement: MovementView) -> AskedLine:
    return AskedLine(
        home=movement.home,
        id=movement.id,
        name=MOVEMENT_NAMES[movement.kind],
        change_fen=movement.change_fen,
        occurred_at=movement.occurred_at,
        booked_at=movement.booked_at,
        device=movement.device,
        explanation=movement.explanation,
        cause=movement.cause,
        is_booked=True,
        kind=movement.kind,
    )
