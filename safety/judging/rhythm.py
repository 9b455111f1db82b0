"""How long a home may be quiet, by half-hours of the day and by where somebody was last seen. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from app.clock import local
from safety.judging.presence import OUT
from safety.judging.terms import DAY, SafetyRules

BIN = 30
BINS = DAY // BIN
# A table is 48 numbers of two hexadecimal digits, each of six minutes: up to 25 h.
UNIT = 6
LONGEST = 255 * UNIT
ANYWHERE = "*"
# Nobody is quiet for longer without an alarm, whatever a document says.
FARTHEST_DAYS = 4


def pack(minutes: Sequence[float]) -> str:
    """Write a table of minutes."""
    return "".join(f"{min(max(round(each / UNIT), 0), 255):02x}" for each in minutes)


def unpack(table: str, position: int) -> int:
    """Read one number of a table."""
    return int(table[2 * position : 2 * position + 2], 16) * UNIT


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was learned of a home, ready to judge by: empty for a home of which nothing is known.

    ``allowed`` are the tables by spot, ``usual`` what 95 of 100 days stay under; ``days`` is from how many days.
    """

    days: int = 0
    allowed: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Write it for a column."""
        return {"days": self.days, "allowed": dict(self.allowed), "usual": dict(self.usual)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any] | None) -> "Rhythm":
        """Read it from a column."""
        return cls(**raw) if raw else cls()

    def allowed_minutes(self, spot: str, position: int, rules: SafetyRules) -> int:
        """Return how long it may be quiet in a half-hour of the day, last seen at a spot."""
        table = self.allowed.get(spot)
        if table is None and spot == OUT:
            return rules.away_most_minutes
        table = table or self.allowed.get(ANYWHERE)
        if table is None:
            return prior_of(position, rules)
        return unpack(table, position)

    def usual_minutes(self, spot: str, position: int) -> int | None:
        """Return what quiet stays under on 95 of 100 days at this hour, if enough days are known."""
        table = self.usual.get(spot) or (None if spot == OUT else self.usual.get(ANYWHERE))
        return (unpack(table, position) or None) if table else None

    def is_never_quiet(self, spot: str, position: int) -> bool:
        """Say whether somebody is known to be seen at a spot, and never to be quiet after it at this hour."""
        return spot != OUT and spot in self.usual and not unpack(self.usual[spot], position)


def prior_of(position: int, rules: SafetyRules) -> int:
    """Return how long an unknown home may be quiet in a half-hour of the day."""
    most = min(rules.quiet_night_minutes, rules.quiet_most_minutes)
    return _prior_day(rules.day_from, rules.day_until, rules.quiet_day_minutes, most)[position]


@lru_cache(maxsize=256)
def _prior_day(day_from: int, day_until: int, quiet_day_minutes: int, quiet_night_minutes: int) -> tuple[int, ...]:
    """Return it for each half-hour of the day; asked many times an event, and the same for most homes."""
    rules = SafetyRules(
        day_from=day_from,
        day_until=day_until,
        quiet_day_minutes=quiet_day_minutes,
        quiet_night_minutes=quiet_night_minutes,
    )
    return tuple(
        max(rules.prior_quiet(position * BIN), rules.prior_quiet(position * BIN + BIN - 1)) for position in range(BINS)
    )


def minute_of(second: int) -> int:
    """Return the minute of the local day that a second since 1970 lies in."""
    wall = local(datetime.fromtimestamp(second, UTC))
    return wall.hour * 60 + wall.minute


def position_of(moment: datetime) -> int:
    """Return the half-hour of the day that a moment lies in."""
    return minute_of(int(moment.timestamp())) // BIN


def find_crossing(seen: int, spot: str, rhythm: Rhythm, rules: SafetyRules) -> int:
    """Return the second at which quiet since ``seen`` becomes longer than is allowed at that time of day."""
    begun = datetime.fromtimestamp(seen, UTC)
    wall = local(begun)
    position = position_of(begun)
    edge = seen - (wall.minute % BIN) * 60 - wall.second
    for _ in range(FARTHEST_DAYS * BINS):
        due = max(edge, seen + rhythm.allowed_minutes(spot, position, rules) * 60)
        edge += BIN * 60
        if due < edge:
            return due
        position = (position + 1) % BINS
    return seen + int(timedelta(days=FARTHEST_DAYS).total_seconds())
