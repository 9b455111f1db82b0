"""What a check is: the numbers it needs, the days it looks at, and what it says when it finds something."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.areas.rules import path_of
from app.clock import ZONE

# Checks are told apart by the letters before their number: sales and points, care beds, shops, tills without a line.
FAMILIES = ("R", "B", "S", "OFF")
FAMILY_SIZE = 1000
Facts = Mapping[str, Any]
Limits = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number of a check that a policy document sets: its name there, its label, its bounds, its unit."""

    name: str
    label: Any
    unit: str
    least: int
    most: int
    example: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a check looks at: days that are over, ``until`` not included, and the places one document holds in."""

    since: date
    until: date
    area_code: str
    except_areas: tuple[str, ...] = ()

    def as_parameters(self) -> dict[str, Any]:
        """Return days, their first moments and the places as parameters of a statement."""
        return {
            "since": self.since,
            "until": self.until,
            "from_at": datetime.combine(self.since, time(), tzinfo=ZONE),
            "until_at": datetime.combine(self.until, time(), tzinfo=ZONE),
            "within": f"{path_of(self.area_code)}%",
            "without": [f"{path_of(code)}%" for code in self.except_areas],
        }

    def months_over(self) -> Iterable[tuple[date, date]]:
        """Yield first day and first day after of each whole month of the window."""
        first = self.since if self.since.day == 1 else next_month(self.since)
        while (following := next_month(first)) <= self.until:
            yield first, following
            first = following


@dataclass(frozen=True, slots=True)
class Source:
    """A row that a finding rests on; ``home`` is whose book or sale it is."""

    kind: str
    ref: str
    home: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check found. The key says what it is about, so that the same is never found twice."""

    key: str
    happened_on: date
    area_code: str
    facts: Facts
    sources: Sequence[Source]
    severity: str
    amount_fen: int = 0
    canteen_id: int | None = None
    provider_id: int | None = None
    senior_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check: its name, what it is for, the numbers it needs, how it looks, and how it tells what it found."""

    code: str
    title: Any
    about: Any
    parameters: Sequence[Parameter]
    find: Callable[[Session, Window, Limits], Iterable[Found]]
    explain: Callable[[Facts], Sequence[str]]
    severity: str = "medium"

    @property
    def number(self) -> int:
        """Return the number of the code, for sorting: R1, R2, then B1, then OFF1."""
        family = self.code.rstrip("0123456789")
        return FAMILIES.index(family) * FAMILY_SIZE + int(self.code[len(family) :])


def example_limits(check: Check) -> dict[str, int]:
    """Return the example numbers of a check."""
    return {each.name: each.example for each in check.parameters}


def next_month(day: date) -> date:
    """Return the first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
