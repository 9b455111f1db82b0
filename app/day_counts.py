"""What features count by place and day, so that a picture of a whole city can be kept in sums.

A feature hands over statements; whoever keeps the sums runs them. It knows no meal and no bed, and each feature says
in its own words what counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Date, Text, TextualSelect, column, text
from sqlalchemy.orm import Session

from app.auth.actor import Actor
from app.paging import Page


class Anchor(StrEnum):
    """What a count hangs on, and so when it may be made anew.

    ``PLACE``: on a canteen, a home, a place of work; counted again at any time it gives the same. ``PERSON``: on
    where somebody lived when it was counted; again only where the sum of all places changed, for people move.
    ``STAND``: on how things stood at the end of a day; the present tells of yesterday at the latest.
    """

    PLACE = "place"
    PERSON = "person"
    STAND = "stand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Which days to count, both included, and the moment by which what still waits is judged."""

    since: date
    until: date
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsAsked:
    """Which rows behind a number to show: of a place and days, to whom, from where on, how many."""

    code: str
    area_code: str
    since: date
    until: date
    now: datetime
    actor: Actor
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedRow:
    """A row behind a number: when, of whom (masked for whoever does not work with them), what, and its own page."""

    at: datetime | date | None
    title: str
    words: str
    endpoint: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)


Count = Callable[[Session, Days], TextualSelect]
Rows = Callable[[Session, RowsAsked], Page[CountedRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """One feature's count: rows of a place, a day, what was counted, and how much.

    ``totals`` gives the same without places and at little cost, for an anchor that asks first; ``is_slow`` says that
    a count reads a whole register, which is not done every minute; ``rows`` lists what is behind a number.
    """

    name: str
    anchor: Anchor
    count: Count
    totals: Count | None = None
    is_slow: bool = False
    rows: Rows | None = None


def counted(statement: str, **given: object) -> TextualSelect:
    """Make a statement of a count out of SQL with columns ``area_code``, ``on_day``, ``code`` and ``value``."""
    return (
        text(statement)
        .bindparams(**given)
        .columns(column("area_code", Text), column("on_day", Date), column("code", Text), column("value", BigInteger))
    )
