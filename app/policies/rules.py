"""How documents follow each other in time, and how two of them differ. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which a published document holds; ``until`` exclusive, ``None`` until replaced."""

    id: int
    from_on: date
    until_on: date | None


class Clash(StrEnum):
    """Why a document does not fit among those of its kind and area."""

    OVERLAP = "overlap"
    HOLE = "hole"
    REWRITES_PAST = "rewrites_past"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A clash, with the document that it is with, and the days between."""

    clash: Clash
    other: Period
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A document fits; ``closes`` is the open one before it, which then ends where the new one begins."""

    closes: int | None = None


def place(new: Period, others: Sequence[Period], *, today: date | None) -> Fit | Misfit:
    """Find a document's place among the published ones of its kind and area.

    They may neither overlap nor leave a hole between them. A successor closes an open predecessor, but not
    before ``today``: what was sold under it stays decided by it. ``None`` allows that too, for setting up
    a history.
    """
    after = min((other for other in others if other.from_on >= new.from_on), key=_from, default=None)
    before = max((other for other in others if other.from_on < new.from_on), key=_from, default=None)
    ahead = _misfit_ahead(new, after) if after else None
    return ahead or (_fit_behind(new, before, today) if before else Fit())


def _misfit_ahead(new: Period, after: Period) -> Misfit | None:
    if new.until_on is None or new.until_on > after.from_on:
        return Misfit(Clash.OVERLAP, after, after.from_on, after.until_on)
    return Misfit(Clash.HOLE, after, new.until_on, after.from_on) if new.until_on < after.from_on else None


def _fit_behind(new: Period, before: Period, today: date | None) -> Fit | Misfit:
    if before.until_on is None:
        if today is not None and new.from_on < today:
            return Misfit(Clash.REWRITES_PAST, before, new.from_on, today)
        return Fit(closes=before.id)
    if before.until_on > new.from_on:
        return Misfit(Clash.OVERLAP, before, before.from_on, before.until_on)
    return Misfit(Clash.HOLE, before, before.until_on, new.from_on) if before.until_on < new.from_on else Fit()


class Mark(StrEnum):
    """What became of a row from one document to the next."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


def compare_rows(before: Sequence[Row], after: Sequence[Row]) -> Iterator[tuple[Mark, Row]]:
    """Yield the rows of two tables in reading order, each with what became of it."""
    for step, from_old, to_old, from_new, to_new in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if step == "equal":
            yield from ((Mark.SAME, row) for row in before[from_old:to_old])
            continue
        yield from ((Mark.REMOVED, row) for row in before[from_old:to_old])
        yield from ((Mark.ADDED, row) for row in after[from_new:to_new])


def _from(period: Period) -> date:
    return period.from_on
