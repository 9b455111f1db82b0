"""What features hand over of one person: moments of their life here, tabs of their page, warnings and acts.

Everything says for which roles it is; the page asks nobody else, and narrows the actor to what these roles reach.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, literal, tuple_

from app.clock import ZONE

Roles = frozenset[Any]


@dataclass(frozen=True, slots=True)
class Before:
    """Where a page of a timeline goes on: before this moment, and before this key within it."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something that happened to a person. Its key is its own in the whole product, and names nobody.

    ``words`` say more in one line; ``state`` is ok, warn, danger, info or nothing; ``endpoint`` with ``args``
    leads to where it is told in full, and is left out for whoever may not go there.
    """

    at: datetime
    key: str
    sort: str
    icon: str
    title: Any
    words: Any = ""
    state: str = ""
    endpoint: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[datetime, str]:
        """Return where the moment stands among others."""
        return self.at, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentSource:
    """Who tells moments of one sort, and whom.

    ``moments(session, *, senior_id, actor, before, limit)`` returns the newest first, at most ``limit``, only
    what comes after ``before`` in that order, and only what the actor may see. Sources of one sort share its label.
    """

    sort: str
    label: Any
    roles: Roles
    moments: Callable[..., Sequence[Moment]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeniorTab:
    """A tab of a person's page. Tabs of one code are shown as one, with the label of the first.

    ``panel(session, *, senior_id, actor, now)`` returns its piece of the page, empty where there is nothing to tell.
    """

    code: str
    label: Any
    order: int
    roles: Roles
    panel: Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeniorWarning:
    """What somebody who opens a person's page must know now: warn, danger or info, in a few words."""

    state: str
    icon: str
    title: Any
    words: Any = ""
    endpoint: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningSource:
    """Who warns, and whom: ``warnings(session, *, senior_id, actor, now)`` returns the worst first."""

    roles: Roles
    warnings: Callable[..., Sequence[SeniorWarning]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeniorAct:
    """A page that does something for a person, whom its endpoint takes as ``argument``, with ``args`` beside it."""

    label: Any
    icon: str
    endpoint: str
    roles: Roles
    order: int = 50
    argument: str = "senior_id"
    args: Mapping[str, Any] = field(default_factory=dict)


def key_of(prefix: str, column: Any) -> ColumnElement[str]:
    """Return the column of a moment's key, in the order in which Python sorts texts: ``meal:17``."""
    written: ColumnElement[str] = (literal(f"{prefix}:", Text) + cast(column, Text)).collate("C")
    return written


def day_moment(day: date) -> datetime:
    """Return the moment a day begins, for what is known by its day alone."""
    return datetime.combine(day, time(), ZONE)


def is_before(at: Any, key: ColumnElement[str], before: Before | None) -> Sequence[ColumnElement[bool]]:
    """Return the condition that a row comes after ``before`` in a timeline; an index by ``at`` serves it."""
    return () if before is None else (tuple_(at, key) < tuple_(before.at, before.key),)


def cut_moments(moments: Iterable[Moment], *, before: Before | None, limit: int) -> list[Moment]:
    """Put moments in order, newest first, and keep a page of them."""
    kept = [each for each in moments if before is None or each.place < (before.at, before.key)]
    return sorted(kept, key=lambda each: each.place, reverse=True)[:limit]
