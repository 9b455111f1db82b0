"""A bed's life as one picture: where each stage, month, device and event stands on twelve months. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from care_beds.beds.rules import State

MONTHS, LEFT, MONTH_WIDE = 12, 92.5, 90.0
BASE, TALLEST = 178.0, 72.0
# A stage thinner than this has no word in it; a word may reach this far beyond the last month.
THINNEST_WORD, WORD_OVER = 34.0, 8.0
STAGES: Mapping[State, str] = {
    State.APPLIED: "application",
    State.ASSESSED: "assessment",
    State.SURVEYED: "planning",
    State.PLANNED: "agreement",
    State.AGREED: "fitting",
    State.ADAPTED: "fitting",
    State.ACCEPTED: "fitting",
    State.IN_SERVICE: "service",
    State.SUSPENDED: "pause",
    State.CLOSING: "closing",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A day on which a bed came into a state."""

    state: State
    on: date


@dataclass(frozen=True, slots=True)
class Happened:
    """Something to be marked on the line of devices or of events."""

    on: date
    word: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A month's visits, planned and done; met, not met, or not judged."""

    planned: int
    done: int
    is_met: bool | None


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a month begins, and where its name stands."""

    month: date
    x: float
    middle: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stage from one day to another."""

    stage: str
    x: float
    wide: float
    has_word: bool

    @property
    def middle(self) -> float:
        """Return where its word stands."""
        return self.x + self.wide / 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A month's visits as a bar, beside what was planned."""

    month: date
    x: float
    y: float
    tall: float
    done: int
    planned: int
    is_short: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on a line, with a word where there is room for one."""

    x: float
    word: str
    is_bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Everything that the picture draws, in its own units."""

    ticks: Sequence[Tick]
    spans: Sequence[Span]
    bars: Sequence[Bar]
    devices: Sequence[Mark]
    events: Sequence[Mark]
    today_x: float | None
    planned: int
    planned_y: float

    @property
    def right(self) -> float:
        """Return where the twelve months end."""
        return LEFT + MONTHS * MONTH_WIDE


def first_month(begun: date, today: date) -> date:
    """Return the first of the twelve months: the one of the application, or so that two are left after today."""
    latest = _months_on(today.replace(day=1), 3 - MONTHS)
    return max(begun.replace(day=1), latest)


def list_months(first: date) -> Sequence[date]:
    """Return the twelve months from the first."""
    return [_months_on(first, n) for n in range(MONTHS)]


def draw_life(
    moves: Sequence[Moved],
    *,
    first: date,
    today: date,
    months: Mapping[date, Counted] | None = None,
    devices: Iterable[Happened] = (),
    events: Iterable[Happened] = (),
) -> Life:
    """Put a bed's life on twelve months.

    :param moves: when it came into each state, in order
    """
    shown = list_months(first)
    known = months or {}
    planned = max((known[month].planned for month in shown if month in known), default=0)
    most = max([planned, 1, *(known[month].done for month in shown if month in known)])
    return Life(
        ticks=[Tick(month, *_tick(n)) for n, month in enumerate(shown)],
        spans=_spans(moves, first, today),
        bars=[_bar(n, month, known[month], most) for n, month in enumerate(shown) if month in known],
        devices=_marks(devices, first),
        events=_marks(events, first),
        today_x=_x(today, first) if _holds(today, first) else None,
        planned=planned,
        planned_y=round(BASE - planned * TALLEST / most, 1),
    )


def count_days(moves: Sequence[Moved], *, until: date) -> int:
    """Return on how many days a bed has served: those on which it rested are not among them."""
    total = 0
    for n, move in enumerate(moves):
        after = moves[n + 1].on if n + 1 < len(moves) else until + timedelta(days=1)
        if move.state is State.IN_SERVICE:
            total += max((after - move.on).days, 0)
    return total


def _spans(moves: Sequence[Moved], first: date, today: date) -> Sequence[Span]:
    found: list[Span] = []
    end = _months_on(first, MONTHS)
    for n, move in enumerate(moves):
        stage = STAGES.get(move.state)
        until = moves[n + 1].on if n + 1 < len(moves) else today
        from_on, until = max(move.on, first), min(until, end)
        if stage is None or until < from_on or (until == from_on and n + 1 < len(moves)):
            continue
        x, wide = _x(from_on, first), max(_x(until, first) - _x(from_on, first), 3.0)
        if found and found[-1].stage == stage:
            x, wide = found[-1].x, x + wide - found[-1].x
            found.pop()
        found.append(Span(stage, x, round(wide - 2, 1), wide >= THINNEST_WORD))
    return found


def _bar(n: int, month: date, counted: Counted, most: int) -> Bar:
    tall = round(counted.done * TALLEST / most, 1)
    x = round(LEFT + n * MONTH_WIDE + 28, 1)
    is_short = counted.is_met is False
    return Bar(month, x, round(BASE - tall, 1), tall, counted.done, counted.planned, is_short)


def _marks(happened: Iterable[Happened], first: date) -> Sequence[Mark]:
    """Put marks on a line; a word stands beside its mark if nothing else does."""
    shown = sorted((each for each in happened if _holds(each.on, first)), key=lambda each: each.on)
    places = [_x(each.on, first) for each in shown]
    found = []
    for n, (each, x) in enumerate(zip(shown, places, strict=True)):
        following = places[n + 1] if n + 1 < len(places) else LEFT + MONTHS * MONTH_WIDE + WORD_OVER
        has_room = following - x >= _wide(each.word)
        found.append(Mark(x, each.word if has_room else "", each.is_bad))
    return found


def _wide(word: str) -> float:
    """Return how much room a word takes beside its mark; Chinese is written twice as wide."""
    return 18 + sum(13.0 if ord(character) > 0x2E7F else 7.0 for character in word)


def _tick(n: int) -> tuple[float, float]:
    x = LEFT + n * MONTH_WIDE
    return x, x + MONTH_WIDE / 2


def _x(day: date, first: date) -> float:
    """Return where a day stands: months are all as wide, days within one evenly spread."""
    n = (day.year - first.year) * 12 + day.month - first.month
    long = (_months_on(day.replace(day=1), 1) - day.replace(day=1)).days
    return round(LEFT + (n + (day.day - 1) / long) * MONTH_WIDE, 1)


def _holds(day: date, first: date) -> bool:
    return first <= day < _months_on(first, MONTHS)


def _months_on(month: date, count: int) -> date:
    n = month.year * 12 + month.month - 1 + count
    return date(n // 12, n % 12 + 1, 1)
