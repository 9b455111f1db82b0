"""Which turn of life may follow which status, and how alike two people are on paper. Pure."""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from app.people.rules import Status
from app.people.turns import STATUSES, TurnKind

# Nobody in the register was born before.
EARLIEST = date(1900, 1, 1)
HOME = frozenset({None, Status.ACTIVE})
# Stays have an end that may be known; what else happens goes on.
STAYS = frozenset({TurnKind.HOSPITAL, TurnKind.INSTITUTION})
BACK = frozenset({TurnKind.DISCHARGE, TurnKind.RETURN})
FROM: Mapping[TurnKind, frozenset[Status | None]] = {
    TurnKind.DEATH: frozenset({*HOME, Status.IN_HOSPITAL, Status.IN_INSTITUTION, Status.MOVED_AWAY}),
    TurnKind.HOSPITAL: frozenset({*HOME, Status.IN_INSTITUTION}),
    TurnKind.DISCHARGE: frozenset({Status.IN_HOSPITAL}),
    TurnKind.INSTITUTION: frozenset({*HOME, Status.IN_HOSPITAL}),
    TurnKind.MOVE: frozenset({*HOME, Status.IN_HOSPITAL, Status.IN_INSTITUTION}),
    TurnKind.RETURN: frozenset({Status.IN_INSTITUTION, Status.MOVED_AWAY}),
}


class Objection(StrEnum):
    """Why a turn cannot be recorded."""

    DEAD = "dead"
    ALREADY = "already"
    NOT_FROM_HERE = "not_from_here"
    AHEAD = "ahead"
    END_BEFORE = "end_before"
    NO_END = "no_end"


def object_to(
    kind: TurnKind,
    *,
    status: Status | None,
    day_before: Status | None,
    from_on: date,
    until_on: date | None,
    today: date,
    since: Collection[Status] = (),
) -> Objection | None:
    """Say why a turn cannot follow what the register says of its day, of the day before, and of the days since.

    :param status: what the register says of the turn's first day, before it is recorded
    :param since: what became of the person afterwards, on days that the turn would write over
    """
    if status is Status.DECEASED:
        return Objection.DEAD
    if from_on > today:
        return Objection.AHEAD
    return (
        _object_to_end(kind, from_on, until_on)
        or _object_to_status(kind, status, day_before)
        or _object_to_since(kind, since)
    )


def _object_to_end(kind: TurnKind, from_on: date, until_on: date | None) -> Objection | None:
    if until_on is None:
        return None
    if kind not in STAYS:
        return Objection.NO_END
    return Objection.END_BEFORE if until_on <= from_on else None


def _object_to_status(kind: TurnKind, status: Status | None, day_before: Status | None) -> Objection | None:
    if status in FROM[kind]:
        return None
    if kind in BACK:
        # A stay with an end is over by itself; that it is over may still be told.
        return None if day_before in FROM[kind] else Objection.NOT_FROM_HERE
    return Objection.ALREADY if status is STATUSES[kind] else Objection.NOT_FROM_HERE


def _object_to_since(kind: TurnKind, since: Collection[Status]) -> Objection | None:
    """Refuse what is told late and contradicts what happened since: somebody at home is not put into hospital again."""
    if kind is TurnKind.DEATH or all(status is STATUSES[kind] for status in since):
        return None
    return Objection.NOT_FROM_HERE


class Likeness(StrEnum):
    """Why somebody of a list may be somebody we know though the ID number is another."""

    DIGIT = "digit"
    SWAPPED = "swapped"
    NAME_AND_BIRTH = "name_and_birth"
    NAME_AND_STREET = "name_and_street"


def compare_numbers(one: str, other: str) -> Likeness | None:
    """Say whether two ID numbers of 18 characters are one slip of the pen apart: a digit, or two neighbours swapped.

    The check digit follows from the others, so that a slip may show there too and is not counted again.
    """
    places = [place for place, (left, right) in enumerate(zip(one[:17], other[:17], strict=True)) if left != right]
    if len(places) == 1 or (not places and one != other):
        return Likeness.DIGIT
    if len(places) == 2 and places[1] == places[0] + 1:
        first, second = places
        if one[first] == other[second] and one[second] == other[first]:
            return Likeness.SWAPPED
    return None


def slips_of(number: str) -> set[str]:
    """Return the first 17 characters of every number that is one slip of the pen away from this one."""
    body = number[:17]
    found = {
        f"{body[:place]}{digit}{body[place + 1 :]}"
        for place in range(17)
        for digit in "0123456789"
        if digit != body[place]
    }
    found |= {f"{body[:place]}{body[place + 1]}{body[place]}{body[place + 2 :]}" for place in range(16)}
    return found - {body}
