"""Under which circumstances a line came about: whoever books lines of a sort registers how to tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another thing of the same day, to compare with."""

    at: datetime
    words: str
    place: str
    amount_fen: int
    state: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known beside the books: names and values, other things of that day, and where it can be put right."""

    facts: Sequence[tuple[str, str]]
    others: Sequence[Other] = ()
    href: str = ""
    correct: str = ""


Find = Callable[[Session, int, UUID, Actor], Circumstances | None]

_known: dict[str, Find] = {}


def register_circumstances(what: str, find: Find) -> None:
    """Let disputes tell the circumstances of lines of a sort, by the ``what`` of their cause."""
    _known[what] = find


def find_circumstances(
    session: Session, *, cause: Mapping[str, object], home: int, txn_id: UUID, actor: Actor
) -> Circumstances | None:
    """Tell the circumstances of a line, or nothing where nobody knows any."""
    find = _known.get(str(cause.get("what", "")))
    return find(session, home, txn_id, actor) if find else None
