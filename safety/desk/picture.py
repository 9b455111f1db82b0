"""The picture of a day at home: what was heard where in 24 hours, and the longest time without a sound. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

DAY = timedelta(hours=24)
MINUTES = 24 * 60
BIN_MINUTES = 10
MOST_LANES = 8
# What a person does; a device that only says it lives is no sign of anybody.
SIGNS = frozenset({"motion", "door", "contact", "seat", "bed", "appliance", "flush"})
CALLS = frozenset({"sos", "smoke", "gas", "water", "fall", "tamper"})
# A door left is no sign that somebody is there; it is drawn all the same.
THROUGH = "door"


@dataclass(frozen=True, slots=True)
class Heard:
    """One event as far as the picture needs it."""

    at: datetime
    kind: str
    place: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane, in minutes from the picture's begin; the more was heard, the stronger (1 to 3)."""

    x: int
    width: int
    strength: int
    sort: str


@dataclass(frozen=True, slots=True)
class PlaceLane:
    """One place of the home with what was heard there."""

    place: str
    bars: Sequence[Bar]
    count: int


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the table beside the picture: how often something was heard at each place."""

    begins_at: datetime
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Quiet:
    """A time in which nothing was heard."""

    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        """Return how long."""
        return int((self.until - self.since).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class DayPicture:
    """The whole picture; without anything heard it has no lanes."""

    since: datetime
    until: datetime
    lanes: Sequence[PlaceLane]
    marks: Sequence[tuple[int, datetime]]
    hours: Sequence[Hour]
    last: Heard | None
    longest: Quiet | None


def draw_day(heard: Iterable[Heard], *, until: datetime) -> DayPicture:
    """Draw the 24 hours before a moment.

    :param heard: in any order; what lies outside, and heartbeats and batteries, are left out
    """
    since = until - DAY
    kept = sorted(
        (each for each in heard if since <= each.at <= until and each.kind in SIGNS | CALLS), key=lambda each: each.at
    )
    signs = [each for each in kept if each.kind in SIGNS]
    return DayPicture(
        since=since,
        until=until,
        lanes=_lanes(kept, since),
        marks=_marks(since, until),
        hours=_hours(kept),
        last=signs[-1] if signs else None,
        longest=_longest(signs, until),
    )


def _lanes(heard: Sequence[Heard], since: datetime) -> list[PlaceLane]:
    counts = Counter(each.place for each in heard)
    # Busiest first would change from day to day: places keep their order by name, the quietest are left out.
    shown = sorted(place for place, _count in counts.most_common(MOST_LANES))
    return [
        PlaceLane(place, _bars([each for each in heard if each.place == place], since), counts[place])
        for place in shown
    ]


def _bars(heard: Sequence[Heard], since: datetime) -> list[Bar]:
    bins = Counter((_minute(each, since) // BIN_MINUTES, _sort(each.kind)) for each in heard)
    last = MINUTES // BIN_MINUTES - 1
    return [
        Bar(x=min(place, last) * BIN_MINUTES, width=BIN_MINUTES, strength=min(3, 1 + count // 3), sort=sort)
        for (place, sort), count in sorted(bins.items())
    ]


def _sort(kind: str) -> str:
    if kind in CALLS:
        return "call"
    return "door" if kind == THROUGH else "sign"


def _minute(each: Heard, since: datetime) -> int:
    return int((each.at - since).total_seconds() // 60)


def _marks(since: datetime, until: datetime) -> list[tuple[int, datetime]]:
    """Return every sixth hour of the clock with its minute in the picture; hours are whole everywhere we work."""
    first = (since + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    hours = [first + timedelta(hours=step) for step in range(24)]
    return [(int((hour - since).total_seconds() // 60), hour) for hour in hours if hour.hour % 6 == 0 and hour <= until]


def _hours(heard: Sequence[Heard]) -> list[Hour]:
    found: dict[datetime, Counter[str]] = {}
    for each in heard:
        begins_at = each.at.replace(minute=0, second=0, microsecond=0)
        found.setdefault(begins_at, Counter())[each.place] += 1
    return [Hour(begins_at, sorted(counts.items())) for begins_at, counts in sorted(found.items())]


def _longest(signs: Sequence[Heard], until: datetime) -> Quiet | None:
    moments = [*(each.at for each in signs), until]
    gaps = [Quiet(before, after) for before, after in pairwise(moments)]
    return max(gaps, key=lambda gap: gap.until - gap.since, default=None)
