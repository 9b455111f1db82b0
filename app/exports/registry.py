"""Which lists may be exported: each is registered by the feature that has it, under a word that stays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.auth import Actor, Role
from app.errors import NotFound
from app.sheets_out import Column, Row

Filters = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ExportList:
    """A list as a file: what it is called, its columns, how many rows it has, and the rows themselves.

    ``rows`` reads piece by piece and knows whether names are written out or masked; ``has_names`` says whether
    there is anything to mask; ``tell`` puts the filters into words for whoever decides.
    """

    what: str
    title: Any
    roles: frozenset[Role]
    has_names: bool
    columns: Callable[[], Sequence[Column]]
    tell: Callable[[Filters], str]
    count: Callable[[Session, Actor, Filters], int]
    rows: Callable[[Session, Actor, Filters, bool], Iterable[Row]]


_lists: dict[str, ExportList] = {}


def register_export(found: ExportList) -> None:
    """Let a list be exported."""
    _lists[found.what] = found


def get_export_list(what: str) -> ExportList:
    """Return a list that may be exported.

    :raises NotFound: if there is none of this word
    """
    if what not in _lists:
        raise NotFound
    return _lists[what]
