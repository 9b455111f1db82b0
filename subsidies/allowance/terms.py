"""The terms of an allowance programme, as rules read them, and when its points end."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ANY_PURPOSE = "any"


class Mark(StrEnum):
    """How certain a term is: found at an address, or a default of ours that somebody must confirm."""

    FOUND = "FOUND"
    INFER = "INFER"


class By(StrEnum):
    """How one comes into a programme."""

    DATA = "data"
    APPLICATION = "application"


class Follows(StrEnum):
    """By which of a person's places a programme finds its people."""

    HUKOU = "hukou"
    RESIDENCE = "residence"


class Rule(StrEnum):
    """How two programmes stand to each other, strictest first."""

    EXCLUSIVE = "exclusive"
    HIGHER_ONLY = "higher_only"
    COMPATIBLE = "compatible"


class Mode(StrEnum):
    """When points end."""

    MONTH_END = "month_end"
    MONTHS = "months"
    YEAR_END = "year_end"
    ROLLOVER = "rollover"


class Lookback(StrEnum):
    """What becomes of points when a fact turns out later than the day they were granted."""

    STOP = "stop"
    CLAW_BACK = "claw_back"


# Whoever moved away, lives in an institution or died gets nothing where a table does not say otherwise (INFER).
RECEIVING = frozenset({"active", "in_hospital"})


@dataclass(frozen=True, slots=True)
class When:
    """Whom a line of the table is for; what is left empty does not matter. Places are paths of areas."""

    age_from: int | None = None
    age_until: int | None = None
    income: frozenset[str] = frozenset()
    ability: frozenset[int] = frozenset()
    living: frozenset[str] = frozenset()
    hukou: str | None = None
    residence: str | None = None
    status: frozenset[str] = RECEIVING

    def fits_age(self, age: int) -> bool:
        """Say whether an age in whole years is meant."""
        return (self.age_from or 0) <= age and (self.age_until is None or age < self.age_until)


@dataclass(frozen=True, slots=True)
class Tier:
    """One line of the table: for whom, and how much a month."""

    when: When
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a document says of another programme, by its code."""

    other: str
    rule: Rule
    mark: Mark = Mark.INFER


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a month's points end, and for a rollover what they may pay afterwards, and for how long."""

    mode: Mode
    months: int = 0
    then_pays_for: tuple[str, ...] = ()
    then_months: int = 0

    @property
    def then_purpose(self) -> str:
        """Return what points may pay once they rolled over, as a lot keeps it."""
        return purpose_of(self.then_pays_for)


@dataclass(frozen=True, slots=True)
class Late:
    """What happens when a fact is known late: after a death, after any other change, and what was too little."""

    death: Lookback = Lookback.CLAW_BACK
    other: Lookback = Lookback.STOP
    top_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One published document of a programme. ``path`` is that of its area."""

    document_id: int
    code: str
    area_code: str
    path: str
    who: tuple[Tier, ...]
    by: By
    pays_for: tuple[str, ...]
    expiry: Expiry
    funder: str
    follows: Follows = Follows.HUKOU
    conflicts: tuple[Conflict, ...] = ()
    issue_day: int = 1
    late: Late = Late()

    @property
    def purpose(self) -> str:
        """Return the word that a lot of this programme carries."""
        return purpose_of(self.pays_for)


def purpose_of(services: Collection[str]) -> str:
    """Write which services points may pay as one word: sorted, joined by dots; none named means every one."""
    return ".".join(sorted(services)) or ANY_PURPOSE


def list_services(purpose: str) -> tuple[str, ...]:
    """Read that word again."""
    return () if purpose == ANY_PURPOSE else tuple(purpose.split("."))


def last_good_day(expiry: Expiry, issued_on: date) -> date:
    """Return the last day on which points issued on a day are good. Months count from the month of issue."""
    if expiry.mode is Mode.MONTH_END:
        return _month_end(issued_on, 1)
    if expiry.mode is Mode.YEAR_END or expiry.months == 0:
        return date(issued_on.year, 12, 31)
    return _month_end(issued_on, expiry.months)


def _month_end(day: date, months: int) -> date:
    """Return the last day of the last of some months, the day's own month being the first."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
