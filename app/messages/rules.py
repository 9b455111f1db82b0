"""When a message is tried again, when a channel rests, and when a phone is left in peace. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.clock import ZONE, local

# A day and a half all in all: over a night, and over a gateway's working day.
WAITS: Sequence[timedelta] = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20, 40, 60, 120, 240, 360, 480, 720)
)
RESTS: Sequence[timedelta] = tuple(timedelta(seconds=seconds) for seconds in (15, 30, 60, 120, 300))


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of a day in which nothing is sent that can wait; over midnight when they begin later than they end."""

    since: time
    until: time


def wait_after(tries: int) -> timedelta | None:
    """Return how long to wait after so many tries in vain, or nothing when it was tried often enough."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def rest_after(faults: int) -> timedelta:
    """Return how long a channel rests after so many faults in a row."""
    return RESTS[min(faults, len(RESTS)) - 1]


def end_of_quiet(quiet: Quiet | None, now: datetime) -> datetime | None:
    """Return when the quiet hours end that it is now, or nothing outside of them."""
    if quiet is None or quiet.since == quiet.until:
        return None
    here = local(now)
    at = here.time()
    over_midnight = quiet.since > quiet.until
    inside = (at >= quiet.since or at < quiet.until) if over_midnight else quiet.since <= at < quiet.until
    if not inside:
        return None
    day = here.date() + timedelta(days=int(over_midnight and at >= quiet.since))
    return datetime.combine(day, quiet.until, tzinfo=ZONE)
