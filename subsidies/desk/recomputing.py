"""Doing a decision again: from the facts as they were kept, under the documents then in force."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Line:
    """One figure or step: what was kept, what comes out again."""

    name: Any
    kept: str
    again: str

    @property
    def is_same(self) -> bool:
        """Say whether both are the same."""
        return self.kept == self.again


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """A decision done again: the facts it rests on, the figures side by side, and the steps in words.

    :ivar facts: names and values as they were kept
    :ivar lines: what must come out the same
    :ivar steps: the arithmetic of the second time, in words of the page's language
    :ivar documents: ids of the documents it was done by the second time
    :ivar missing: why it cannot be done again; then there is nothing else
    """

    facts: Sequence[tuple[Any, str]] = ()
    lines: Sequence[Line] = ()
    steps: Sequence[str] = ()
    documents: Sequence[int] = ()
    missing: Any = ""

    @property
    def is_same(self) -> bool:
        """Say whether everything came out the same."""
        return not self.missing and all(line.is_same for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The movement whose decision is done again."""

    home: int
    id: UUID
    kind: str
    cause: Mapping[str, Any]
    amount_fen: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)


Recomputer = Callable[[Session, Booked], Recomputed | None]
_recomputers: dict[str, Recomputer] = {}


def register_recomputer(what: str, recomputer: Recomputer) -> None:
    """Let a feature do its decisions again: those of movements whose cause's ``what`` is this one."""
    _recomputers[what] = recomputer


def can_recompute(cause: Mapping[str, Any]) -> bool:
    """Say whether somebody knows how to do such a decision again."""
    return str(cause.get("what")) in _recomputers


def recompute(session: Session, booked: Booked) -> Recomputed | None:
    """Do the decision behind a movement again; nothing where nobody knows how, or nothing was decided."""
    recomputer = _recomputers.get(str(booked.cause.get("what")))
    return recomputer(session, booked) if recomputer else None
